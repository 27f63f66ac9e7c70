package output

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scalarsOf applies the rules to lines and lists the scalars as KEY VALUE @STEP.
func scalarsOf(t *testing.T, rules any, lines ...string) []string {
	t.Helper()
	r, err := Parse(rules)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Scalars()
	if err != nil {
		t.Fatal(err)
	}
	var steps Steps
	var got []string
	for _, line := range lines {
		vals := m.Numbers(line)
		step := steps.Take(vals)
		for _, key := range slices.Sorted(maps.Keys(vals)) {
			got = append(got, fmt.Sprintf("%s %v @%d", key, vals[key], step))
		}
	}
	return got
}

func TestScalars(t *testing.T) {
	tests := []struct {
		name  string
		rules any
		lines []string
		want  []string
	}{
		{"default", nil, []string{"err: 0.5", " indented: 1", "text: one", "speed: 3 (fast)", "big: -1e3"},
			[]string{"err 0.5 @0", "speed 3 @0", "big -1000 @0"}},
		{"step line", nil, []string{"a: 1", "step: 7", "a: 2", "b: 3", "step: 9", "a: 4"},
			[]string{"a 1 @0", "a 2 @7", "b 3 @7", "a 4 @9"}},
		{"step in parentheses", nil, []string{"a: 1 (4)", "a: 2 (step 5)", "a: 3"},
			[]string{"a 1 @4", "a 2 @5", "a 3 @5"}},
		{"counted steps", nil, []string{"a: 1", "b: 2", "b: 3", "a: 4", "a: 5", "b: 6"},
			[]string{"a 1 @0", "b 2 @0", "b 3 @1", "a 4 @1", "a 5 @2", "b 6 @2"}},
		{"not finite", nil, []string{"a: nan", "b: -inf", "c: INF"}, []string{"a NaN @0", "b -Inf @0", "c +Inf @0"}},
		{"mapping", map[string]any{"q": `quality (\value)`, "step": `round (\step)`},
			[]string{"round 3 quality .25", "quality high"}, []string{"q 0.25 @3"}},
		{"named groups", []any{`e(?P<step>\step) (?P<one>\S+)/(?P<two>\S+)`}, []string{"e2 5/x", "e3 6/7"},
			[]string{"one 5 @2", "one 6 @3", "two 7 @3"}},
		{"value first", `(?P<_val>\value)=(?P<_key>\key)`, []string{"4=four"}, []string{"four 4 @0"}},
		{"two groups, several in a line", `(\w+)=(\d+)`, []string{"a=1 b=2 a=3"}, []string{"a 3 @0", "b 2 @0"}},
		{"list of both", []any{map[string]any{"n": `n=(\d+)`}, `(\key):(\value)`}, []string{"n=1 m:2"},
			[]string{"m 2 @0", "n 1 @0"}},
		{"not a number for Python", nil, []string{"a: 0x10", "b: 1_0"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, scalarsOf(t, tt.rules, tt.lines...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRulesData(t *testing.T) {
	for _, rules := range []any{nil, false, []any{`(\key)=(\value)`, map[string]any{"a": `a (\value)`}}} {
		r, err := Parse(rules)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rules, r.Data()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRulesErrors(t *testing.T) {
	tests := []struct {
		rules any
		want  string
	}{
		{[]any{3}, "not 3"},
		{map[string]any{"a": 1}, "must be a text"},
		{`loss \value`, "no group"},
		{`(\value)`, "no name"},
		{`(a)(b)(c)`, "3 groups"},
		{`(?!x)(.)(.)`, "invalid or unsupported Perl syntax"},
	}
	for _, tt := range tests {
		r, err := Parse(tt.rules)
		if err == nil {
			_, err = r.Scalars()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v", tt.rules, err)
		}
	}
	if m, err := (Rules{None: true}).Scalars(); m != nil || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}

func TestAttrs(t *testing.T) {
	m, err := Rules{}.Attrs()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"kind": "deep"}, m.Texts("kind: deep")); diff != "" {
		t.Error(diff)
	}
	for _, line := range []string{"WARNING: two words", "1st: word", "no colon"} {
		if vals := m.Texts(line); vals != nil {
			t.Errorf("%q: %v", line, vals)
		}
	}
}

func TestTryScalars(t *testing.T) {
	r := Rules{Patterns: []Pattern{{"n", `n (\value)`}, {"", `(\w+)=(\d+)`}}}
	var b strings.Builder
	if err := r.TryScalars(&b, strings.NewReader("n 2 it's=3 a=1e\nlast")); err != nil {
		t.Fatal(err)
	}
	want := `n 2 it's=3 a=1e
  'n ((?:[-+]?[0-9]*\\.?(?:[0-9]+)?(?:[eE][-+]?[0-9]+)?|[nN][aA][nN]|[-+]?[iI][nN][fF]))': [('2',)] (n=2.0)
  '(\\w+)=(\\d+)': [('s', '3'), ('a', '1')] (a=1.0, s=3.0)
last
  'n ((?:[-+]?[0-9]*\\.?(?:[0-9]+)?(?:[eE][-+]?[0-9]+)?|[nN][aA][nN]|[-+]?[iI][nN][fF]))': <no matches>
  '(\\w+)=(\\d+)': <no matches>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if err := (Rules{None: true}).TryScalars(&b, strings.NewReader("")); err == nil {
		t.Error("rules that capture nothing were tested")
	}
}

func TestPyFloat(t *testing.T) {
	for v, want := range map[float64]string{1: "1.0", 0.25: "0.25", 1e16: "1e+16", 1e15: "1000000000000000.0", 5e-5: "5e-05"} {
		if got := pyFloat(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	f.Add(`(\key): (\value)`, "a: 1")
	f.Add(`(?P<step>\step) (?P<_key>.)(?P<_val>.)`, "12 ab")
	f.Fuzz(func(t *testing.T, pattern, line string) {
		r := Rules{Patterns: []Pattern{{"k", pattern}}}
		m, err := r.Scalars()
		if err != nil {
			return
		}
		texts, numbers := m.Texts(line), m.Numbers(line)
		if len(numbers) > len(texts) {
			t.Errorf("%v of %v", numbers, texts)
		}
		(&Steps{}).Take(numbers)
	})
}
