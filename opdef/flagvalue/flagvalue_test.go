package flagvalue_test

import (
	"guild/runs/pyyaml"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guild/opdef/flagvalue"
)

func list(v ...any) []any { return append([]any{}, v...) }

func TestDecodeValue(t *testing.T) {
	tests := []struct {
		in   string
		want any
	}{
		{"", ""},
		{" ", " "},
		{"a", "a"},
		{"a b", "a b"},
		{"!!set {1, a b}", pyyaml.Set{1, "a b"}},
		{"{a: !!set {x}}", map[string]any{"a": pyyaml.Set{"x"}}},
		{"!!set 1", "!!set 1"},
		{"1", 1},
		{"-5", -5},
		{"+5", 5},
		{"001", 1},
		{"010", 10},
		{"09", 9},
		{"0x1F", 31},
		{"1.", 1.0},
		{".1", 0.1},
		{"1e3", 1000.0},
		{"1.e-06", 1e-06},
		{"1_2_3", "1_2_3"},
		{"1.1_2", "1.1_2"},
		{"1:2", "1:2"},
		{"2010-01-01", "2010-01-01"},
		{"yes", true},
		{"False", false},
		{"y", "y"},
		{"null", nil},
		{"~", nil},
		{"'1'", "1"},
		{`"1"`, "1"},
		{`"a\tb"`, "a\tb"},
		{"'it''s'", "it's"},
		{"''", ""},
		{"'a' b", "'a' b"},
		{"'a' 'b'", "'a' 'b'"},
		{"'a': 1", "'a': 1"},
		{"[1],[2]", "[1],[2]"},
		{"'tis", "'tis"},
		{"a: b", "a: b"},
		{"a # b", "a # b"},
		{"!important", "!important"},
		{"-x", "-x"},
		{"[]", list()},
		{"[1,2,3]", list(1, 2, 3)},
		{"[1, 1e-3, a b, no, null, '1']", list(1, 1e-3, "a b", false, nil, "1")},
		{"[1,[2,3]]", list(1, list(2, 3))},
		{"{a: 1, b: [x]}", map[string]any{"a": 1, "b": list("x")}},
		{"[a", "[a"},
		{"[1] * 2", list(1, 1)},
		{" [1,2]*3 ", list(1, 2, 1, 2, 1, 2)},
		{"[] * 2", list()},
		{"[1]*0", list()},
		{"[1] * x", "[1] * x"},
		{"[1]*-1", "[1]*-1"},
		{"'[a]'", "[a]"},
		{"[1:2]", "[1:2]"},
		{"[1e-4:1e-1]", "[1e-4:1e-1]"},
		{"[a : b : c]", "[a : b : c]"},
		{"uniform[-2.0:2.0]", "uniform[-2.0:2.0]"},
		{"foo[1:2]", "foo[1:2]"},
		{"a[0]", "a[0]"},
		{"range[1:5]", list(1, 2, 3, 4, 5)},
		{"range[0:5:2]", list(0, 2, 4)},
		{"range[5:1:-1]", list(5, 4, 3, 2, 1)},
		{"range[5:1]", list()},
		{"range[3]", list(0, 1, 2)},
		{"range[1:2:0.5]", list(1.0, 1.5, 2.0)},
		{"range[0:0.3:0.1]", list(0.0, 0.1, 0.2, 0.3)},
		{"range[1e-5:1e-4:1e-5]", list(1e-05, 2e-05, 3e-05, 4e-05, 5e-05, 6e-05, 7e-05, 8e-05, 9e-05, 0.0001)},
		{"linspace[1:5]", list(1.0, 2.0, 3.0, 4.0, 5.0)},
		{"linspace[1:10:5]", list(1.0, 3.25, 5.5, 7.75, 10.0)},
		{"linspace[1:5:1]", list(1.0)},
		{"logspace[1:3:3]", list(10.0, 100.0, 1000.0)},
		{"logspace[-5:0:6]", list(1e-05, 0.0001, 0.001, 0.01, 0.1, 1.0)},
		{"logspace[0:3:4:2]", list(1.0, 2.0, 4.0, 8.0)},
	}
	for _, tt := range tests {
		got, err := flagvalue.Decode(tt.in)
		if err != nil {
			t.Errorf("DecodeValue(%q): %v", tt.in, err)
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("DecodeValue(%q): %s", tt.in, d)
		}
	}
}

func TestDecodeValueErrors(t *testing.T) {
	for in, want := range map[string]string{
		"range[]":            "range takes 1 to 3",
		"range[foo:bar]":     "'foo' in 'range[foo:bar]' is not a number",
		"range[1:2:0]":       "has no end",
		"range[0:1:1e-9]":    "has no end",
		"range[1:5:1:2]":     "range takes 1 to 3",
		"linspace[1]":        "linspace takes 2 to 3",
		"linspace[1:2:1.5]":  "not a count",
		"linspace[1:2:-1]":   "not a count",
		"logspace[1:2:3:x]":  "'x' in",
		"logspace[1:2:1e99]": "not a count",
	} {
		if v, err := flagvalue.Decode(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("DecodeValue(%q) = %v, %v; want an error with %q", in, v, err, want)
		}
	}
}

func TestFormatValue(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{nil, "null"},
		{pyyaml.Set{1, "a, b"}, "!!set {1: null, 'a, b': null}"},
		{true, "yes"},
		{false, "no"},
		{1, "1"},
		{1.0, "1.0"},
		{1.0 / 6, "0.16666666666666666"},
		{-0.001234, "-0.001234"},
		{1e100, "1.0e+100"},
		{"", "''"},
		{"a", "a"},
		{"y", "y"},
		{"a b", "'a b'"},
		{"a b 'c d e'", `"a b 'c d e'"`},
		{"12e321", "'12e321'"},
		{"1", "'1'"},
		{"'1'", "'''1'''"},
		{`"1"`, `'"1"'`},
		{"1,2", "1,2"},
		{"a;b", "'a;b'"},
		{"2018_06_26", "'2018_06_26'"},
		{"range[1:2]", "'range[1:2]'"},
		{"foo[1:2]", "'foo[1:2]'"},
		{"[1:2]", "'[1:2]'"},
		{"a\nb", `"a\nb"`},
		{list(), "[]"},
		{list("", "a", 1, 1.0, true, nil, "a b", "1,2", "a:b"), "['', a, 1, 1.0, yes, null, a b, '1,2', 'a:b']"},
		{map[string]any{}, "{}"},
		{map[string]any{"b": "c d", "a": 1.123, "e": list(1, "g h")}, "{a: 1.123, b: c d, e: [1, g h]}"},
	}
	for _, tt := range tests {
		if got := flagvalue.Format(tt.in); got != tt.want {
			t.Errorf("FormatValue(%#v) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestFormatAssignments(t *testing.T) {
	vals := map[string]any{"s": "a b", "f": 1.123456789, "g": 0.0000012345, "h": 12345.123456, "i": 1.0000012345, "n": nil,
		"p": "/home/me/projects/data/images/train", "q": "./a", "l": list(1, "x"), "t": strings.Repeat("x", 100)}
	want := []string{"f=1.12345", "g=1.2345e-06", "h=12345.12345", "i=1.00000", "l=[1, x]", "p=/home/…/images/train", "q=./a",
		"s='a b'", "t=" + strings.Repeat("x", 59) + "…"}
	if d := cmp.Diff(want, flagvalue.FormatAssignments(vals, true)); d != "" {
		t.Error(d)
	}
	want = []string{"a=1", "b=null", "c=0.16666666666666666"}
	if d := cmp.Diff(want, flagvalue.FormatAssignments(map[string]any{"c": 1.0 / 6, "a": 1, "b": nil}, false)); d != "" {
		t.Error(d)
	}
}

func FuzzDecodeValue(f *testing.F) {
	for _, s := range []string{"1", "[1,2]*3", "range[1:5]", "'a'", "{a: b}", "a: b", "[1:2]", "1e3", "09", "\"\\u00e9\"", "[[", "[&a [*a]]",
		"-.inf", " x ", "it's $5 \"q\"", "a\nb", "[{y: n}]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := flagvalue.Decode(s)
		if l, ok := v.([]any); err != nil || ok && len(l) > 1000 {
			return
		}
		text := flagvalue.Format(v)
		back, err := flagvalue.Decode(text)
		if err != nil {
			t.Fatalf("%q is %#v, written as %s: %v", s, v, text, err)
		}
		if d := cmp.Diff(v, back, cmpopts.EquateNaNs(), cmp.Comparer(sameText)); d != "" {
			t.Fatalf("%q is written as %s: %s", s, text, d)
		}
	})
}

// sameText ignores what YAML cannot represent: bytes that are not text.
func sameText(a, b string) bool {
	return strings.ToValidUTF8(a, "\uFFFD") == strings.ToValidUTF8(b, "\uFFFD")
}

func TestSequenceBounds(t *testing.T) {
	v, err := flagvalue.Decode("logspace[0:400:2]")
	if err != nil {
		t.Fatal(err)
	}
	if f := v.([]any)[1].(float64); !math.IsInf(f, 1) {
		t.Errorf("a value beyond all floats is %v", f)
	}
}

// Python scripts parse mappings and sets in arguments and variables with ast.literal_eval.
func TestPlainTextOfCollections(t *testing.T) {
	for want, v := range map[string]any{
		"{'a': 1.5, 'b c': [1, None, True]}": map[string]any{"b c": []any{1, nil, true}, "a": 1.5},
		"{'c': {1, 'x'}, 'd': {}}":           map[string]any{"d": map[string]any{}, "c": pyyaml.Set{1, "x"}},
		"set()":                              pyyaml.Set{},
		`{"it's": 'say "it\'s"\n'}`:          map[string]any{"it's": "say \"it's\"\n"},
		`{'a\\b': '"'}`:                      map[string]any{`a\b`: `"`},
		"[1, a b]":                           []any{1, "a b"},
	} {
		if got := flagvalue.PlainText(v); got != want {
			t.Errorf("%#v: %s, want %s", v, got, want)
		}
	}
}
