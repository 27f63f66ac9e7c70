package batchplan

import (
	"testing"

	"guild/opdef"
)

func TestCount(t *testing.T) {
	grid := opdef.Batch{Values: opdef.Values{"a": []any{1, 2}, "b": []any{1, 2, 3}, "c": 1}}
	for _, tt := range []struct {
		name string
		plan Plan
		want int
		ok   bool
	}{
		{"all combinations", Plan{Batch: grid, Optimizer: opdef.GridName}, 6, true},
		{"some of them", Plan{Batch: grid, Optimizer: opdef.GridName, MaxTrials: 4}, 4, true},
		{"rows of a file", Plan{Batch: opdef.Batch{Rows: []opdef.Values{{"a": 1}, {"a": []any{2, 3}}}}, Optimizer: opdef.GridName}, 3, true},
		{"random", Plan{Optimizer: "random"}, opdef.DefaultMaxTrials, true},
		{"sequential", Plan{Optimizer: "skopt:gp", MaxTrials: 7}, 7, true},
		{"an operation of the project", Plan{Optimizer: "mine"}, 0, false},
		{"one with a limit", Plan{Optimizer: "mine", MaxTrials: 3}, 3, true},
	} {
		if n, ok := tt.plan.Count(); n != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %v; want %d, %v", tt.name, n, ok, tt.want, tt.ok)
		}
	}
}
