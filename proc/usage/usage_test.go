package usage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/proc/gpu"
	"guild/runs"
	"guild/runs/scalars"
)

func newRun(t *testing.T) *runs.Run {
	t.Helper()
	d, err := runs.Open(t.TempDir()).Draft("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(runs.Completed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func lastValues(t *testing.T, r *runs.Run) map[string]string {
	t.Helper()
	all, err := scalars.Read(r)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range all {
		got[s.Key()] = s.Last.String()
	}
	return got
}

func noGPU(context.Context) ([]gpu.Use, time.Duration, error) { return nil, 0, gpu.ErrNone }

// TestSamples uses its own totals and clock.
func TestSamples(t *testing.T) {
	r := newRun(t)
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	list := []Totals{
		{Source: treeSource, CPU: 30 * time.Second, Memory: 1000, Read: 1500, Written: 0},
		{Source: treeSource, CPU: 33 * time.Second, Memory: 5000, Read: 1500, Written: 300},
		{Source: treeSource, CPU: 20 * time.Second, Memory: 3000, Read: 1500, Written: 600}, // a process was not waited for
	}
	next := 0
	measure := func() (Totals, bool) {
		if next == len(list) {
			return Totals{}, false
		}
		next++
		return list[next-1], true
	}
	ticks := make(chan time.Time)
	s := start(r, measure, newGPUs(nil, noGPU), begin, ticks)
	for i := range len(list) + 1 {
		ticks <- begin.Add(time.Duration(i+1) * Interval)
	}
	peak, err := s.Stop()
	if err != nil || peak != (Peak{Memory: 5000, CPU: 33 * time.Second}) {
		t.Errorf("%+v, %v", peak, err)
	}
	want := map[string]string{"sys/cpu": "0.000000 (step 45)", "sys/memory": "3000.000000 (step 45)", "sys/read": "0.000000 (step 45)",
		"sys/write": "20.000000 (step 45)"}
	if d := cmp.Diff(want, lastValues(t, r)); d != "" {
		t.Error(d)
	}
	all, _ := scalars.Read(r)
	for _, s := range all {
		if s.Tag == "sys/cpu" && (s.First.Value != 200 || s.Count != 3) {
			t.Errorf("%+v", s)
		}
		if !s.IsSystem() {
			t.Errorf("%s is shown everywhere", s.Tag)
		}
	}
}

// TestShort: a run that ends before the first sample has no file.
func TestShort(t *testing.T) {
	r := newRun(t)
	s := start(r, func() (Totals, bool) { return Totals{Memory: 1}, true }, newGPUs(nil, noGPU), time.Now(), make(chan time.Time))
	if peak, err := s.Stop(); err != nil || peak != (Peak{}) {
		t.Errorf("%+v, %v", peak, err)
	}
	if found, _ := filepath.Glob(r.GuildPath("*.tfevents.*")); len(found) > 0 {
		t.Errorf("%v", found)
	}
	if peak, err := (*Sampler)(nil).Stop(); err != nil || peak != (Peak{}) {
		t.Errorf("%+v, %v", peak, err)
	}
}

// TestChangedSource: the CPU time of a cgroup is not compared with that of processes.
func TestChangedSource(t *testing.T) {
	r := newRun(t)
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	cpu := time.Hour // of processes that were in the cgroup before
	ticks := make(chan time.Time)
	s := start(r, func() (Totals, bool) {
		cpu += 15 * time.Second
		return Totals{Source: "cgroup", CPU: cpu}, true
	}, newGPUs(nil, noGPU), begin, ticks)
	for i := range 3 {
		ticks <- begin.Add(time.Duration(i+1) * Interval)
	}
	if peak, err := s.Stop(); err != nil || peak.CPU != 0 {
		t.Errorf("%+v, %v", peak, err)
	}
	all, _ := scalars.Read(r)
	for _, s := range all {
		if s.Tag == "sys/cpu" && (s.Count != 2 || s.Max.Value != 100) {
			t.Errorf("%+v", s)
		}
	}
}

// TestGPUs uses a stand-in for nvidia-smi.
func TestGPUs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	script := "#!/bin/sh\necho '0, GPU-5c89, 87, 1024'\necho '1, GPU-1fb2, [N/A], 3'\n"
	if err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	second, byUUID, none := "1", "GPU-5c", ""
	for name, tt := range map[string]struct {
		visible *string
		want    string
	}{
		"all": {nil, "sys/gpu0 87.000000 (step 15), sys/gpu0_memory 1073741824.000000 (step 15), sys/gpu1 0.000000 (step 15), " +
			"sys/gpu1_memory 3145728.000000 (step 15)"},
		"one":     {&second, "sys/gpu1 0.000000 (step 15), sys/gpu1_memory 3145728.000000 (step 15)"},
		"by uuid": {&byUUID, "sys/gpu0 87.000000 (step 15), sys/gpu0_memory 1073741824.000000 (step 15)"},
		"none":    {&none, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t)
			begin := time.Now()
			asked := make(chan struct{}, 1)
			g := newGPUs(tt.visible, func(ctx context.Context) ([]gpu.Use, time.Duration, error) {
				list, _, err := gpu.InUse(ctx)
				asked <- struct{}{}
				return list, time.Minute, err
			})
			ticks := make(chan time.Time)
			s := start(r, func() (Totals, bool) { return Totals{}, false }, g, begin, ticks)
			ticks <- begin.Add(Interval)
			if tt.want != "" {
				<-asked
				for len(g.answers) > 0 || !written(r) { // the sampler writes the answer without a tick
					time.Sleep(time.Millisecond)
				}
			}
			ticks <- begin.Add(2 * Interval) // too soon after a query that took a minute
			if _, err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			var got []string
			all, _ := scalars.Read(r)
			for _, s := range all {
				got = append(got, s.Key()+" "+s.Last.String())
			}
			if d := cmp.Diff(tt.want, strings.Join(got, ", ")); d != "" {
				t.Error(d)
			}
			if len(asked) > 0 {
				t.Error("asked for what is not shown, or again too soon")
			}
		})
	}
}

func written(r *runs.Run) bool {
	found, _ := filepath.Glob(r.GuildPath("*.tfevents.*"))
	return len(found) > 0
}

// TestHangingGPU: a vendor's program that does not end delays nothing.
func TestHangingGPU(t *testing.T) {
	r := newRun(t)
	hangs, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	g := newGPUs(nil, func(context.Context) ([]gpu.Use, time.Duration, error) {
		close(hangs) // a second query would panic
		<-release
		return nil, 0, errors.New("released")
	})
	ticks := make(chan time.Time)
	begin := time.Now()
	s := start(r, func() (Totals, bool) { return Totals{Memory: 7}, true }, g, begin, ticks)
	ticks <- begin.Add(Interval)
	<-hangs
	ticks <- begin.Add(2 * Interval)
	if peak, err := s.Stop(); err != nil || peak.Memory != 7 {
		t.Errorf("%+v, %v", peak, err)
	}
	if got := lastValues(t, r)["sys/memory"]; got != "7.000000 (step 30)" {
		t.Errorf("%s", got)
	}
}
