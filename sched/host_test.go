package sched

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guild/runs"
	"guild/sched/engine/local"
)

// untilGo is a script that runs until its run directory has a file go.
const untilGo = "while [ ! -e go ]; do sleep 0.01; done"

func (f *fixture) letGo(r *runs.Run) {
	f.t.Helper()
	if err := os.WriteFile(r.Path("go"), nil, 0o666); err != nil {
		f.t.Fatal(err)
	}
}

// start runs a scheduler in the background. stop tells it to stop and waits for its end.
func (f *fixture) start(change func(*Options)) (stop func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := f.scheduler(func(o *Options) { o.RunOnce = false; change(o) })
	go func() { done <- s.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Error(err)
		}
	}
}

// TestWhatOthersStartedIsCounted: a run waits for a resource or a GPU that is in use by a run of another scheduler, whether that one was
// stopped or goes on.
func TestWhatOthersStartedIsCounted(t *testing.T) {
	for name, tt := range map[string]struct {
		tag    string
		change func(*Options)
		wait   string
	}{
		"resource": {"dask:foo=1", func(o *Options) { o.Resources = map[string]float64{"foo": 1} }, "waiting for resource foo"},
		"GPU":      {"", func(o *Options) { o.GPUs = "0" }, "waiting for GPU"},
	} {
		for _, stopped := range []bool{true, false} {
			t.Run(name+map[bool]string{true: " of a stopped scheduler", false: " of another scheduler"}[stopped], func(t *testing.T) {
				f := newFixture(t)
				first := f.stage("first", untilGo, tt.tag)
				stop := f.start(tt.change)
				f.await("the start", func() bool { return first.Status() == runs.Running })
				if stopped {
					stop()
				} else {
					defer stop()
				}
				second := f.stage("second", "[ -e ../first/go ]", tt.tag) // fails if it starts too early
				done := make(chan struct{})
				go func() {
					defer close(done)
					f.runOnce(tt.change)
				}()
				f.await("the wait", func() bool { return strings.Contains(f.log.String(), "Found staged run second ("+tt.wait) })
				f.letGo(first)
				<-done
				f.await("the end", func() bool { return second.Status() == runs.Completed })
			})
		}
	}
}

// opened returns a scheduler that looks at the queue only when the test calls it.
func (f *fixture) opened(change func(*Options)) *Scheduler {
	f.t.Helper()
	s := f.scheduler(change)
	s.engine = local.New(f.store, s.opts.Workers)
	f.t.Cleanup(s.engine.Close)
	if err := s.openGPUs(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	return s
}

// look claims the runs that the scheduler would start now, and returns their ids.
func (f *fixture) look(s *Scheduler) []string {
	f.t.Helper()
	if err := s.queue.refresh(); err != nil {
		f.t.Fatal(err)
	}
	ids := []string{}
	for _, c := range s.claim(f.t.Context()) {
		f.t.Cleanup(func() { s.release(c) })
		ids = append(ids, c.Run.ID)
	}
	return ids
}

func (f *fixture) wantLook(s *Scheduler, want ...string) {
	f.t.Helper()
	if got := f.look(s); !slices.Equal(got, want) {
		f.t.Errorf("started %v, want %v; log:\n%s", got, want, f.log.String())
	}
}

// TestNoStarvation: smaller runs do not starve a larger run that was staged before them.
func TestNoStarvation(t *testing.T) {
	for name, tt := range map[string]struct {
		change       func(*Options)
		small, large string
		other        string
	}{
		"resources": {func(o *Options) { o.Resources = map[string]float64{"foo": 4, "bar": 9} }, "dask:foo=1", "dask:foo=4", "dask:bar=1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			s := f.opened(func(o *Options) { o.Workers = 9; tt.change(o) })
			clock := time.Now()
			s.fairness.now = func() time.Time { return clock }
			f.stage("a", "", tt.small)
			f.stage("large", "", tt.large)
			f.stage("b", "", tt.small)
			f.wantLook(s, "a", "b")
			clock = clock.Add(leastPatience)
			f.stage("c", "", tt.small)
			f.stage("d", "", tt.other)
			f.wantLook(s, "d")
			f.inOrder("Found staged run large (waiting for resource foo)", "Found staged run c (waiting for foo, which is kept for run large)")
			s.fairness.ended(time.Minute) // patience grows with the duration of runs
			f.wantLook(s, "c")
		})
	}
}

// TestChangedRunIsReadAgain: the needs of an unfit run, and of one whose tags have grown, are read again.
func TestChangedRunIsReadAgain(t *testing.T) {
	f := newFixture(t)
	s := f.opened(func(o *Options) { o.Workers = 9; o.Resources = map[string]float64{"foo": 2} })
	unfit := f.stage("unfit", "", "dask:foo=9")
	f.wantLook(s)
	s.queue.readAgain(&s.opts)
	f.wantLook(s)
	if n := strings.Count(f.log.String(), "Ignoring staged run unfit"); n != 1 {
		t.Errorf("said %d times:\n%s", n, f.log.String())
	}
	if err := unfit.SetAttr("tags", []string{"dask:foo=1"}); err != nil {
		t.Fatal(err)
	}
	s.queue.readAgain(&s.opts)
	f.wantLook(s, "unfit")
}

// TestOneGPUForEachRun: GPUs are shared out, also to runs that require several or name theirs.
func TestOneGPUForEachRun(t *testing.T) {
	f := newFixture(t)
	const script = `echo "$CUDA_VISIBLE_DEVICES"`
	stage := func(id string, params map[string]any) *runs.Run {
		r := f.stage(id, script+"; "+untilGo)
		if err := r.SetAttr("run_params", params); err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, two := stage("one", nil), stage("two", nil)
	many := stage("pair", map[string]any{"gpu_count": 2})
	none := stage("none", map[string]any{"no_gpus": true})
	swapped := stage("swapped", map[string]any{"gpus": "1,0"})
	more := stage("more", map[string]any{"gpu_count": 3})
	stop := f.start(func(o *Options) { o.GPUs = "1,0"; o.Workers = 9 })
	defer stop()
	saw := func(r *runs.Run) string {
		data, _ := os.ReadFile(r.GuildPath("output"))
		return strings.TrimSuffix(string(data), "\n")
	}
	f.await("the first ones", func() bool {
		return one.Status() == runs.Running && two.Status() == runs.Running && none.Status() == runs.Running && saw(one)+saw(two) != "" &&
			len(saw(one)) == 1 && len(saw(two)) == 1
	})
	if saw(one) != "0" || saw(two) != "1" || saw(none) != "" {
		t.Errorf("they see %q, %q and %q", saw(one), saw(two), saw(none))
	}
	if gpus, _ := two.AttrString("gpus"); gpus != "1" {
		t.Errorf("attribute gpus of run two is %q", gpus)
	}
	for _, r := range []*runs.Run{many, swapped, more} {
		f.wantStatus(r, runs.Staged)
	}
	f.letGo(one)
	f.letGo(two)
	f.await("the pair", func() bool { return saw(many) == "0,1" })
	f.wantStatus(swapped, runs.Staged)
	f.letGo(many)
	f.await("the run that names both", func() bool { return swapped.Status() == runs.Running })
	for _, r := range []*runs.Run{swapped, none} {
		f.letGo(r)
		f.await("the end", func() bool { return r.Status() == runs.Completed })
	}
	if !strings.Contains(f.log.String(), "Ignoring staged run more (requires 3 GPU(s) and the scheduler has 2)") {
		t.Errorf("log:\n%s", f.log.String())
	}
}

// TestGPUOfKilledRun: after a worker is killed, its GPU becomes free only when no process of its operation is left.
func TestGPUOfKilledRun(t *testing.T) {
	f := newFixture(t)
	first := f.stage("first", "(while :; do date +%s%N > ../alive; done) & kill -KILL $PPID; wait")
	second := f.stage("second", "cat ../alive > a; cat ../alive > b; cmp a b")
	f.runOnce(func(o *Options) { o.GPUs = "0"; o.Workers = 2 })
	f.wantStatus(first, runs.Error)
	f.wantStatus(second, runs.Completed)
}

// TestQueuesThatWaitForRunning: several queues each start nothing while another run is under way. A run fails if it sees another one.
func TestQueuesThatWaitForRunning(t *testing.T) {
	f := newFixture(t)
	if err := os.WriteFile(f.self.GuildPath("opref"), []byte("builtin:guild '' '' queue"), 0o666); err != nil {
		t.Fatal(err)
	}
	var all []*runs.Run
	for range 12 {
		all = append(all, f.stage("", "mkdir ../../one && rmdir ../../one"))
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			f.runOnce(func(o *Options) {
				o.Kind, o.Workers, o.WaitForRunning, o.PollInterval = Queue, 1, true, 5*time.Millisecond
			})
		})
	}
	wg.Wait()
	for _, r := range all {
		f.wantStatus(r, runs.Completed)
	}
}
