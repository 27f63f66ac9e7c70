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

// TestParseOptionLimits: flags are accepted up to their limits.
func TestParseOptionLimits(t *testing.T) {
	for _, tt := range []struct {
		kind  Kind
		flags map[string]any
		flag  string // named by the error; empty if there is none
	}{
		{Dask, map[string]any{"poll-interval": 0}, "poll-interval"}, {Dask, map[string]any{"poll-interval": 0.5}, ""},
		{Dask, map[string]any{"retries": -1}, "retries"}, {Dask, map[string]any{"retries": 0}, ""}, {Dask, map[string]any{"retries": 1.5}, "retries"},
		{Dask, map[string]any{"workers": 0}, "workers"}, {Dask, map[string]any{"workers": 1}, ""}, {Dask, map[string]any{"workers": 1.5}, "workers"},
		{Node, map[string]any{"idle": -1}, "idle"}, {Node, map[string]any{"idle": 0}, ""}, {Node, map[string]any{"lifetime": "soon"}, "lifetime"},
		{Dask, map[string]any{"on-stop": "wait"}, "on-stop"}, {Dask, map[string]any{"on-stop": "leave"}, ""},
		{Dask, map[string]any{"address": "tcp://a:1", "scheduler-file": "f"}, "scheduler-file both"},
		{Dask, map[string]any{"address": "tcp://a:1"}, ""}, {Dask, map[string]any{"scheduler-file": "f"}, ""},
		{Dask, map[string]any{"address": "tcp://a:1", "resources": "a=1"}, "resources"},
	} {
		_, err := ParseOptions(tt.kind, tt.flags)
		if (err != nil) != (tt.flag != "") || err != nil && !strings.Contains(err.Error(), tt.flag) {
			t.Errorf("%v: error %v", tt.flags, err)
		}
	}
	for name, want := range map[string]int{"address": maxThreads, "scheduler-file": maxThreads, "gpus": DefaultWorkers()} {
		if o, err := ParseOptions(Dask, map[string]any{name: "1"}); err != nil || o.Workers != want {
			t.Errorf("%s: %d workers, %v", name, o.Workers, err)
		}
	}
	for value, open := range map[any]bool{nil: false, true: false, false: true} {
		if o, err := ParseOptions(Dask, map[string]any{"dashboard-token": value}); err != nil || o.OpenDashboard != open {
			t.Errorf("dashboard-token %v: open %t, %v", value, o.OpenDashboard, err)
		}
	}
}
