package runs

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAttrs(t *testing.T) {
	r := newRun(t, Open(t.TempDir()), Pending)
	for _, v := range []any{"text", "12", "yes", 12, 1.5, true, nil, []any{1, "a"}, map[string]any{"k": "v"}} {
		if err := r.SetAttr("x", v); err != nil {
			t.Fatal(err)
		}
		got, err := r.Attr("x")
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%#v comes back as %#v, %v", v, got, err)
		}
	}
	if err := r.SetAttr("x", make(chan int)); err == nil || !strings.Contains(err.Error(), "attribute x") {
		t.Errorf("a value without a form: %v", err)
	}
	names, err := r.AttrNames()
	if err != nil || !slices.Equal(names, []string{"host", "id", "initialized", "x"}) {
		t.Errorf("names: %q, %v", names, err)
	}
	if err := r.DeleteAttr("x"); err != nil {
		t.Error(err)
	}
	if err := r.DeleteAttr("x"); err != nil {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := r.Attr("x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a deleted attribute: %v", err)
	}
	if names, err := At(t.TempDir()).AttrNames(); err != nil || len(names) != 0 {
		t.Errorf("names in no run: %q, %v", names, err)
	}
}

func TestAttrForms(t *testing.T) {
	r := newRun(t, Open(t.TempDir()), Pending)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(r.attrPath("x"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		text  string
		str   string
		isStr bool
		n     int
		isInt bool
	}{
		{"plain\n", "plain", true, 0, false},
		{"'12'\n", "12", true, 0, false},
		{"12\n", "12", true, 12, true},
		{"0123\n", "0123", true, 123, true},
		{"-15", "-15", true, -15, true},
		{"1e3\n", "1e3", true, 0, false},
		{"null\n", "", false, 0, false},
		{"", "", false, 0, false},
		{"a: [\n", "", false, 0, false},
		{strings.Repeat("1", 40), strings.Repeat("1", 40), true, 0, false},
	} {
		write(tt.text)
		if s, ok := r.AttrString("x"); s != tt.str || ok != tt.isStr {
			t.Errorf("%q as a string: %q, %v", tt.text, s, ok)
		}
		if n, ok := r.AttrInt("x"); n != tt.n || ok != tt.isInt {
			t.Errorf("%q as an int: %d, %v", tt.text, n, ok)
		}
	}
	write("1700000000123456\n")
	if got := r.AttrTime("x"); !got.Equal(time.UnixMicro(1_700_000_000_123_456)) {
		t.Errorf("time: %v", got)
	}
	if got := r.AttrTime("none"); !got.IsZero() {
		t.Errorf("no time: %v", got)
	}
	write("a: [\n")
	if _, err := r.Attr("x"); err == nil || !strings.Contains(err.Error(), r.attrPath("x")) {
		t.Errorf("broken YAML: %v", err)
	}
}

func TestAnnotations(t *testing.T) {
	r := newRun(t, Open(t.TempDir()), Pending)
	if r.Label() != "" || len(r.Tags()) != 0 || r.Marked() || len(r.Comments()) != 0 || len(r.Flags()) != 0 {
		t.Error("a new run has annotations")
	}
	for name, v := range map[string]any{
		"label": 12, "tags": []any{"a", 1, "b"}, "marked": true, "flags": map[string]any{"x": 1},
		"comments": []any{map[string]any{"body": "b", "user": "u", "host": "h", "time": 5}, "broken", map[string]any{}},
	} {
		if err := r.SetAttr(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if r.Label() != "12" || !slices.Equal(r.Tags(), []string{"a", "b"}) || !r.Marked() || r.Flags()["x"] != 1 {
		t.Errorf("label %q, tags %q, marked %v, flags %v", r.Label(), r.Tags(), r.Marked(), r.Flags())
	}
	want := []Comment{{Body: "b", User: "u", Host: "h", Time: time.UnixMicro(5)}, {}}
	if got := r.Comments(); !slices.Equal(got, want) {
		t.Errorf("comments: %v", got)
	}
}
