package opdef

import (
	"strings"
	"testing"
)

func TestUnclosed(t *testing.T) {
	for _, tt := range []struct{ text, what, end string }{
		{"[1,2", "list", "]"},
		{" [1, 2 ", "list", "]"},
		{"[", "list", "]"},
		{"[[1,2],[3", "list", "]]"},
		{"{a: 1", "map", "}"},
		{"{a: [1", "map", "]}"},
		{"['a", "list", "']"},
		{"[it's", "list", "]"},
		{"[1,2]", "", ""},
		{"['[']", "", ""},
		{"[1,2]*3", "", ""},
		{"[INFO] started", "", ""},
		{"range[1", "", ""},
		{"1,2]", "", ""},
		{"", "", ""},
	} {
		if what, end := unclosed(tt.text); what != tt.what || end != tt.end {
			t.Errorf("%q: %q, %q; want %q, %q", tt.text, what, end, tt.what, tt.end)
		}
	}
}

// TestUnclosedFlag refuses such a value where it is assigned, and leaves a way to have the text.
func TestUnclosedFlag(t *testing.T) {
	op := &Operation{Name: "op", Flags: []*Flag{{Name: "x"}, {Name: "n", Type: TypeInt}, {Name: "s", Type: TypeString}}}
	for _, assign := range []string{"x=[1,2", "n=[1,2", "x={a: 1"} {
		_, err := op.Values([]string{assign}, false)
		if err == nil || !strings.Contains(err.Error(), "is not closed") {
			t.Errorf("%s: %v", assign, err)
		}
	}
	for assign, want := range map[string]string{`x="[1,2"`: "[1,2", `s=[1,2`: "[1,2"} {
		name, _, _ := strings.Cut(assign, "=")
		if vals, err := op.Values([]string{assign}, false); err != nil || vals[name] != want {
			t.Errorf("%s: %v, %v", assign, vals, err)
		}
	}
	if vals, err := op.Values([]string{"x=[1,2"}, true); err != nil || vals["x"] != "[1,2" {
		t.Errorf("forced: %v, %v", vals, err)
	}
	// What is written of such a text is read as such.
	if v, err := op.Values([]string{"x=" + FormatValue("[1,2")}, false); err != nil || v["x"] != "[1,2" {
		t.Errorf("%s: %v, %v", FormatValue("[1,2"), v, err)
	}
}
