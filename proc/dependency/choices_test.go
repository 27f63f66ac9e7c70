package dependency

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/flagvalue"
)

// TestChoices covers the values that flags on which files depend can have in the trials of a batch.
func TestChoices(t *testing.T) {
	space, ok := flagvalue.ParseSearchSpace("[1:9]")
	if !ok {
		t.Fatal("no search space")
	}
	for _, tt := range []struct {
		name    string
		spec    opdef.Batch
		used    []string
		trials  []opdef.Values
		unknown map[string]bool
	}{
		{"a list that is used", opdef.Batch{Values: opdef.Values{"f": []any{"a", "b"}, "n": []any{1, 2, 3}}}, []string{"f"},
			[]opdef.Values{{"f": "a", "n": 1}, {"f": "b", "n": 1}}, map[string]bool{}},
		{"rows", opdef.Batch{Values: opdef.Values{"f": "x"}, Rows: []opdef.Values{{"f": "a"}, {"f": "b"}}}, []string{"f"},
			[]opdef.Values{{"f": "a"}, {"f": "b"}}, map[string]bool{}},
		{"a range that is used", opdef.Batch{Values: opdef.Values{"f": space}}, []string{"f"},
			[]opdef.Values{{"f": nil}}, map[string]bool{"f": true}},
		{"a range that is not", opdef.Batch{Values: opdef.Values{"f": "a", "n": space}}, []string{"f"},
			[]opdef.Values{{"f": "a", "n": nil}}, map[string]bool{"n": false}},
	} {
		used := map[string]bool{}
		for _, name := range tt.used {
			used[name] = true
		}
		trials, unknown := choices(&tt.spec, used)
		if diff := cmp.Diff(tt.trials, trials); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.unknown, unknown); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
