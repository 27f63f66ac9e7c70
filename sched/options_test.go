package sched

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
)

func TestParseOptions(t *testing.T) {
	o, err := ParseOptions(Dask, map[string]any{"workers": 3, "poll-interval": 1, "run-once": true, "resources": "a=1 b=2.5",
		"dashboard-address": 8787, "loglevel": "debug", "gpus": 0})
	if err != nil {
		t.Fatal(err)
	}
	want := Options{Kind: Dask, Workers: 3, WorkersGiven: true, PollInterval: time.Second, RunOnce: true, Dashboard: "8787",
		LogLevel: zerolog.DebugLevel, GPUs: "0", Resources: map[string]float64{"a": 1, "b": 2.5}}
	if d := cmp.Diff(want, o); d != "" {
		t.Error(d)
	}
	o, err = ParseOptions(Dask, nil)
	if err != nil || o.Workers != DefaultWorkers() || o.WorkersGiven || o.PollInterval != 10*time.Second {
		t.Errorf("defaults %+v, %v", o, err)
	}
	if DefaultWorkers() < 5 {
		t.Errorf("%d workers by default", DefaultWorkers())
	}
	if o, err = ParseOptions(Queue, nil); err != nil || o.Workers != 1 {
		t.Errorf("queue %+v, %v", o, err)
	}
	if o, err = ParseOptions(Dask, map[string]any{"dashboard-address": false}); err != nil || o.Dashboard != "no" {
		t.Errorf("dashboard %q, %v", o.Dashboard, err)
	}
}

func TestParseOptionsErrors(t *testing.T) {
	for name, v := range map[string]any{"workers": 0, "poll-interval": -1, "run-once": "maybe", "wait-for-running": 3} {
		if _, err := ParseOptions(Dask, map[string]any{name: v}); err == nil || !strings.Contains(err.Error(), "flag "+name) {
			t.Errorf("%s=%v: error %v", name, v, err)
		}
	}
}

func TestParseResources(t *testing.T) {
	tests := []struct {
		spec string
		want map[string]float64
		ok   bool
	}{
		{"", nil, true},
		{" ", nil, true},
		{"a=1", map[string]float64{"a": 1}, true},
		{"a=1  MEM=5e9", map[string]float64{"a": 1, "MEM": 5e9}, true},
		{"a", nil, false},
		{"=1", nil, false},
		{"a=x", nil, false},
		{"a=-1", nil, false},
		{"a=nan", nil, false},
		{"a=inf", nil, false},
		{"bar foo=5", map[string]float64{"foo": 5}, false},
	}
	for _, tt := range tests {
		got, err := parseResources(tt.spec)
		if (err == nil) != tt.ok || !cmp.Equal(got, tt.want) {
			t.Errorf("%q: %v, %v", tt.spec, got, err)
		}
	}
}

// FuzzParseResources checks that no accepted amount is negative.
func FuzzParseResources(f *testing.F) {
	for _, s := range []string{"gpu=1 mem=5e9", "a", "=1", "a=nan", "a=-0", "a=inf", "a=0x1p-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		res, err := parseResources(spec)
		for name, n := range res {
			if name == "" || !(n >= 0) || math.IsInf(n, 0) {
				t.Errorf("%q is %v, %v", spec, res, err)
			}
		}
	})
}
