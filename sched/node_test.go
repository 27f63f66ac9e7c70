package sched

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/enginejob"
	"guild/sched/engine"
)

// TestEngineNotNow: after a refusal that is no fault of the run, the run is tried again whenever there is room, without a limit.
func TestEngineNotNow(t *testing.T) {
	f := newFixture(t)
	a := f.stage("a", "")
	fake := newFakeEngine(f.store)
	tries := 0
	fake.onSubmit = func(j *engine.Job) {
		if tries++; tries <= 2*maxFailures {
			j.Ref, j.Err = "", fmt.Errorf("too many jobs: %w", engine.ErrLater)
		}
	}
	fake.afterward = func(j engine.Job) {
		if err := fake.execute(j, 0); err != nil {
			t.Error(err)
		}
		fake.tell(j, engine.Ended)
	}
	f.runOnEngine(fake, nil)
	f.wantStatus(a, runs.Completed)
	f.inOrder("Too many jobs: it is tried again later", "Starting staged run a", "This is over: Too many jobs")
	if n := strings.Count(f.log.String(), "Too many jobs"); n != 2 {
		t.Errorf("said %d times", n)
	}
}

// countingEngine counts how often it is asked.
type countingEngine struct {
	*fakeEngine
	asked atomic.Int32
	open  atomic.Int32 // number of looks in which it is still cleaning up after the jobs
}

func (c *countingEngine) Known(ctx context.Context, jobs []*engine.Job) (map[string]engine.State, error) {
	c.asked.Add(1)
	states := map[string]engine.State{}
	for _, j := range jobs {
		states[j.Token] = engine.State{Progress: engine.Ended, Reason: "preempted"}
		if c.open.Add(-1) >= 0 {
			states[j.Token] = engine.State{Progress: engine.Started}
		}
	}
	return states, nil
}

// TestEngineCauses: the engine is asked once for all runs that failed together, and again about those it has not yet explained.
func TestEngineCauses(t *testing.T) {
	f := newFixture(t)
	const total = 5
	var all []*runs.Run
	s := f.scheduler(func(o *Options) { o.RunOnce = false })
	fake := &countingEngine{fakeEngine: newFakeEngine(f.store)}
	fake.events = nil // like Slurm, it only answers questions
	fake.open.Store(1)
	s.engine, s.traits = fake, fake.Traits()
	for range total {
		r := f.stage("", "")
		c, err := f.store.Claim(r.ID)
		if err == nil {
			err = c.Queue(enginejob.Job{Kind: "slurm", Cluster: "test", Scheduler: f.self.ID, Survives: true})
		}
		if err != nil {
			t.Fatal(err)
		}
		s.jobs[c.Name()] = &job{Job: engine.Job{Run: r, Token: c.Name()}}
		if err := fake.execute(s.jobs[c.Name()].Job, -15); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	s.follow(t.Context())
	if n := fake.asked.Load(); n != 1 || len(s.unexplained) != 1 {
		t.Errorf("asked %d times, %d runs are open", n, len(s.unexplained))
	}
	s.follow(t.Context())
	if n := fake.asked.Load(); n != 1 {
		t.Errorf("asked again at once: %d times", n)
	}
	s.poll.at = time.Now()
	s.follow(t.Context())
	for _, r := range all {
		if about, _ := r.EngineJob(); about.EndedBy != "preempted" {
			t.Errorf("run %s was ended by %q", r.ID, about.EndedBy)
		}
	}
	if n := fake.asked.Load(); n != 2 || s.failed != total {
		t.Errorf("asked %d times, %d runs failed", n, s.failed)
	}
}

// TestNodeTime: when the time of an allocation is up, running runs are staged again; runs too long for the rest are not started.
func TestNodeTime(t *testing.T) {
	f := newFixture(t)
	long := f.stage("long", "sleep 60")
	tooLong := f.stage("toolong", "true", "slurm:time=1:00:00")
	short := f.stage("short", "true", "slurm:time=0:01")
	err := f.scheduler(func(o *Options) {
		o.Kind, o.RunOnce, o.Deadline = Node, false, time.Now().Add(3*time.Second)
		o.Resources = map[string]float64{"cpus": 2}
	}).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.wantStatus(long, runs.Staged)
	f.wantStatus(tooLong, runs.Staged)
	f.wantStatus(short, runs.Completed)
	f.inOrder("Starting staged run long", "Found staged run toolong (needs time=1:00:00", "The time of this allocation is nearly up",
		"Staged run long again")
}

// TestNodeIdle: a scheduler without work ends, though a run waits that it cannot start.
func TestNodeIdle(t *testing.T) {
	f := newFixture(t)
	big := f.stage("big", "true", "slurm:gres=gpu:2")
	small := f.stage("small", "true")
	err := f.scheduler(func(o *Options) {
		o.Kind, o.RunOnce, o.Idle, o.PollInterval = Node, false, 50*time.Millisecond, 10*time.Millisecond
		o.Resources = map[string]float64{"cpus": 2, "gpu": 1}
	}).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.wantStatus(big, runs.Staged)
	f.wantStatus(small, runs.Completed)
	f.inOrder("Ignoring staged run big (requires gpu=2 and the cluster has 1)", "No run was started for 50ms")
}

func TestSlurmTags(t *testing.T) {
	f := newFixture(t)
	r := f.stage("a", "", "slurm:time=2:00:00 mem=16G", "slurm:gres=gpu:1", "slurm:colour=red mem", "other", "dask:cpus=2")
	n, err := readNeeds(r, &Options{Kind: Slurm})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(n.raw, n.resources); got != "map[gres:gpu:1 mem:16G time:2:00:00] map[cpus:2]" {
		t.Errorf("%s", got)
	}
	if len(n.invalid) != 2 || !strings.Contains(errors.Join(n.invalid...).Error(), "colour=red") {
		t.Errorf("%v", n.invalid)
	}
	if n, err := readNeeds(r, &Options{Kind: Dask}); err != nil || n.raw != nil {
		t.Errorf("without Slurm: %v, %v", n.raw, err)
	}
}
