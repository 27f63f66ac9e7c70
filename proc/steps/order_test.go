package steps

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guild/opdef/project"
)

// TestOrderSteps covers which steps may run at the same time. a and b require nothing.
func TestOrderSteps(t *testing.T) {
	for _, test := range []struct {
		steps string
		want  string // for each step, the earlier ones that it comes after
	}{
		{"[a, b, a]", "; ; "},
		{"[a, b, needs-a]", "; ; a"},
		{"[a, needs-a, b, a]", "; a; ; a needs-a"},             // the later run is not the one that is required
		{"[a, a, needs-a]", "; a; a a"},                        // the second one is
		{"[a, b, needs-either]", "; a; a b"},                   // as is b
		{"[a, b, needs-both]", "; ; a b"},                      // but not here
		{"[a, needs-x, b]", "; a; a needs-x"},                  // anything may be required
		{"[a, none, b]", "; a; a none"},                        // there is no such operation
		{"[a, b, 'a --needed']", "; ; a"},                      // makes the other one do
		{"[a, b, 'a x=[1:2] --optimizer gp']", "; ; a"},        // learns from it
		{"[a, pipe, needs-a]", "; ; a"},                        // the runs of a pipeline are its own
		{"[pipe, {run: needs-a, isolate-runs: no}]", "; pipe"}, // unless others are allowed
		{"[a, open]", "; a"},
	} {
		dir := t.TempDir()
		yml := `
a: {exec: x}
b: {exec: x}
needs-a: {exec: x, requires: {operation: a}}
needs-either: {exec: x, requires: {operation: 'a, b'}}
needs-both: {exec: x, requires: [operation: a, operation: b]}
needs-x: {exec: x, flags: {x: a}, requires: {operation: '${x}'}}
pipe: {steps: [a, needs-a]}
open: {steps: [{run: needs-a, isolate-runs: no}]}
all: {steps: ` + test.steps + `}
`
		if err := os.WriteFile(filepath.Join(dir, "guild.yml"), []byte(yml), 0o666); err != nil {
			t.Fatal(err)
		}
		project, err := project.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		op, err := project.Find("all")
		if err != nil {
			t.Fatal(err)
		}
		var steps []*step
		for _, st := range op.Steps {
			steps = append(steps, &step{Step: st, args: []string{st.OpSpec}})
		}
		orderSteps(project, steps)
		var got []string
		for _, st := range steps {
			var after []string
			for _, other := range steps {
				if slices.Contains(st.after, other) {
					after = append(after, other.Name)
				}
			}
			got = append(got, strings.Join(after, " "))
		}
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.steps, got, test.want)
		}
	}
}
