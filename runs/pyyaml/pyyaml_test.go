package pyyaml

import (
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		in   string
		want any
	}{
		{"", nil},
		{"~", nil},
		{"null\n", nil},
		{"# only a comment\n", nil},
		{"yes", true},
		{"Off", false},
		{"y", "y"},
		{"'yes'", "yes"},
		{"12", 12},
		{"-12", -12},
		{"1_000", 1000},
		{"0x1f", 31},
		{"010", 8},
		{"09", "09"},
		{"0b11", 3},
		{"1:30", 90},
		{"1:60", "1:60"},
		{"1:30.5", 90.5},
		{"1e3", 1000.0},
		{"1e999", math.Inf(1)}, {"-1.5e999", math.Inf(-1)},
		{"1.", 1.0},
		{".5", 0.5},
		{"-1.5e-3", -0.0015},
		{"1e", "1e"},
		{"e3", "e3"},
		{".", "."},
		{"-", []any{nil}},
		{"---", nil},
		{"-.inf", math.Inf(-1)},
		{"2010-01-01", "2010-01-01"},
		{"99999999999999999999", "99999999999999999999"},
		{"9223372036854775807", math.MaxInt64},
		{"9223372036854775808", "9223372036854775808"},
		{"-9223372036854775808", math.MinInt64},
		{"-9223372036854775809", "-9223372036854775809"},
		{"a b", "a b"},
		{"a=1 b=2.5", "a=1 b=2.5"},
		{"1 2", "1 2"},
		{"- a", []any{"a"}},
		{"a ", "a"},
		{"[1, b, yes, 1e2]", []any{1, "b", true, 100.0}},
		{"a: 1\nb: [x]\n", map[string]any{"a": 1, "b": []any{"x"}}},
		{"on: 1\n", map[string]any{"on": 1}},
		{"base: &b {x: 1}\nc:\n  <<: *b\n  y: 2\n", map[string]any{
			"base": map[string]any{"x": 1}, "c": map[string]any{"x": 1, "y": 2}}},
		{"!!str 12", "12"},
		{"|\n  a\n  b\n", "a\nb\n"},
	}
	for _, tt := range tests {
		got, err := Decode([]byte(tt.in))
		if err != nil {
			t.Errorf("Decode(%q): %v", tt.in, err)
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Decode(%q): %s", tt.in, d)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, in := range []string{"a: [", "a: b: c", "? [a]\n: b\n", "&a [*a]"} {
		if v, err := Decode([]byte(in)); err == nil {
			t.Errorf("Decode(%q) = %v, want an error", in, v)
		}
	}
}

func TestEncode(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{nil, "null\n"},
		{1, "1\n"},
		{1.0, "1.0\n"},
		{1e100, "1.0e+100\n"},
		{0.00001, "1.0e-05\n"},
		{"a", "a\n"},
		{"1e2", "'1e2'\n"},
		{"2018_06_26", "'2018_06_26'\n"},
		{"2010-05-15", "'2010-05-15'\n"},
		{"y", "'y'\n"},
		{"", "''\n"},
		{"it's", "it's\n"},
		{"a: b", "'a: b'\n"},
		{"--x", "--x\n"},
		{"-um", "'-um'\n"},
		{"a\nb", "\"a\\nb\"\n"},
		{true, "true\n"},
		{map[string]any{}, "{}\n"},
		{[]any{}, "[]\n"},
		{[]string{"a", "1"}, "- a\n- '1'\n"},
		{[]string{".", "..", "..."}, "- .\n- ..\n- '...'\n"},
		{map[string]any{"b": []any{1}, "a": map[string]any{"y": nil}}, "a:\n  'y': null\nb:\n- 1\n"},
		{[]any{map[string]any{"a": 1, "b": 2}, []any{1, 2}}, "- a: 1\n  b: 2\n- - 1\n  - 2\n"},
		{Set{"a b", "A?", "x,y", 1}, "!!set {a b: null, 'A?': null, 'x,y': null, 1: null}\n"},
	}
	for _, tt := range tests {
		got, err := Encode(tt.in)
		if err != nil {
			t.Errorf("Encode(%#v): %v", tt.in, err)
			continue
		}
		if d := cmp.Diff(tt.want, string(got)); d != "" {
			t.Errorf("Encode(%#v): %s", tt.in, d)
		}
	}
	if _, err := Encode(make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
}

func values() *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny), rapid.Map(rapid.Int(), toAny),
		rapid.Map(rapid.Float64(), toAny), rapid.Map(rapid.String(), toAny),
		rapid.Map(rapid.StringMatching(`[-+]?[0-9_.:eExXtTzZ]{1,8}|[ynYN#&*!|>'"%@:?-]{1,3}( [a-z:#])?`), toAny))
	list := rapid.Map(rapid.SliceOfN(scalar, 0, 4), func(l []any) any { return l })
	set := rapid.Map(rapid.SliceOfN(scalar, 0, 4), func(l []any) any { return append(Set{}, l...) })
	list = rapid.OneOf(list, set)
	return rapid.OneOf(scalar, list,
		rapid.Map(rapid.MapOfN(rapid.String(), rapid.OneOf(scalar, list), 0, 4), func(m map[string]any) any { return m }))
}

func toAny[T any](v T) any { return v }

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values().Draw(t, "value")
		data, err := Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(data)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if d := cmp.Diff(v, back, cmpopts.EquateNaNs()); d != "" {
			t.Fatalf("%q: %s", data, d)
		}
	})
}

// TestAgainstPyYAML compares the resolver with PyYAML itself, if it is installed.
func TestAgainstPyYAML(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import yaml").Run() != nil {
		t.Skip("python3 with PyYAML is not installed")
	}
	words := []string{"yes", "on", "y", "1", "010", "09", "0x1F", "1_0", "1:30", "1.5", "1.", "~", "null", "abc", "a-b",
		"+1", "-1", "1__0", "0b101", "12:30:45", ".5", ".inf", "-.INF", "0", "-0", "0o7"}
	prog := "import sys, yaml\nfor w in sys.argv[1:]:\n    v = yaml.safe_load(w)\n    print(type(v).__name__, repr(v))"
	out, err := exec.Command(python, append([]string{"-c", prog}, words...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]string{"NoneType": "<nil>", "str": "string", "int": "int", "float": "float64", "bool": "bool"}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		want := kind[strings.Fields(line)[0]]
		if got := typeName(DecodeScalar(words[i])); got != want {
			t.Errorf("%q is a %s here and %s for PyYAML", words[i], got, line)
		}
	}
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "<nil>"
	case string:
		return "string"
	case int:
		return "int"
	case float64:
		return "float64"
	case bool:
		return "bool"
	}
	return "?"
}

func FuzzDecode(f *testing.F) {
	f.Add("a: [1, 'x']\n")
	f.Add("&a [*a]")
	f.Add("<<: 1")
	f.Fuzz(func(t *testing.T, in string) {
		v, err := Decode([]byte(in))
		if err != nil {
			return
		}
		data, err := Encode(v)
		if err != nil {
			t.Fatalf("%q decodes to %#v, which has no form: %v", in, v, err)
		}
		back, err := Decode(data)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if d := cmp.Diff(v, back, cmpopts.EquateNaNs()); d != "" {
			t.Fatalf("%q as %q: %s", in, data, d)
		}
	})
}

// FuzzPlainMap compares the fast path with the parser.
func FuzzPlainMap(f *testing.F) {
	for _, in := range []string{"a: 1\n", "'y': 2\nb: 'no'\n", "a: b: c\n", "a: b #c\n", "a:  1\n", "a: -1\nb: - 1\n", "a: x \n", "a: 1\n...\n", "<<: 1\n"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		short, ok := plainMap([]byte(in))
		if !ok {
			return
		}
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(in), &n); err != nil {
			t.Fatalf("%q is %#v and no YAML: %v", in, short, err)
		}
		long, err := DecodeNode(&n)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(long, any(short), cmpopts.EquateNaNs()); d != "" {
			t.Fatalf("%q: %s", in, d)
		}
	})
}

func TestEncodeForPeople(t *testing.T) {
	for s, want := range map[string]string{
		"y": "y", "N": "N", "yes": "'yes'", "0:01:30": "0:01:30", "1:01:30": "'1:01:30'", "0: 5": "'0: 5'", "0:": "'0:'", "0:1.5": "'0:1.5'", "01": "'01'",
	} {
		got, err := EncodeForPeople(s)
		if err != nil || string(got) != want+"\n" {
			t.Errorf("%s: %s%v", s, got, err)
		}
		if back, err := Decode(got); err != nil || back != s {
			t.Errorf("%s is read as %v, %v", got, back, err)
		}
	}
}
