package sched

import (
	"testing"
)

// TestWantedGPUs: how many GPUs a run gets, and whether the scheduler can ever give them.
func TestWantedGPUs(t *testing.T) {
	two := []string{"0", "1"}
	for name, tt := range map[string]struct {
		gpus   []string
		kind   Kind
		needs  needs
		want   int
		wants  bool
		cannot string
	}{
		"none there, none asked for":     {nil, Dask, needs{}, 0, false, ""},
		"none there, a number":           {nil, Dask, needs{gpuCount: 1}, 1, true, "requires 1 GPU(s) and the scheduler has 0"},
		"none there, named":              {nil, Dask, needs{gpus: "0", devices: []string{"0"}}, 0, true, ""},
		"a run without GPUs":             {two, Dask, needs{gpuCount: -1}, 0, false, ""},
		"a run without GPUs in a queue":  {two, Queue, needs{gpuCount: -1}, 0, false, ""},
		"one by default":                 {two, Dask, needs{}, 1, true, ""},
		"all in a queue":                 {two, Queue, needs{}, 2, true, ""},
		"a number":                       {two, Dask, needs{gpuCount: 2}, 2, true, ""},
		"a number in a queue":            {two, Queue, needs{gpuCount: 1}, 1, true, ""},
		"too many":                       {two, Dask, needs{gpuCount: 3}, 3, true, "requires 3 GPU(s) and the scheduler has 2"},
		"named":                          {two, Dask, needs{gpus: "1", devices: []string{"1"}}, 1, true, ""},
		"named, of which one is missing": {two, Queue, needs{gpus: "1,2", devices: []string{"1", "2"}}, 2, true, "GPU spec mismatch: run is 1,2, queue is 0,1"},
	} {
		s := &Scheduler{gpus: tt.gpus, opts: Options{Kind: tt.kind}}
		if got := s.wantedGPUs(&tt.needs); got != tt.want {
			t.Errorf("%s: wants %d GPUs, not %d", name, got, tt.want)
		}
		if got := s.wantsGPUs(&tt.needs); got != tt.wants {
			t.Errorf("%s: wants GPUs: %t", name, got)
		}
		if got := s.cannotHaveGPUs(&tt.needs); got != tt.cannot {
			t.Errorf("%s: %q, not %q", name, got, tt.cannot)
		}
	}
}
