package sched

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guild/runs"
	"guild/runs/enginejob"
	"guild/sched/engine"
)

// TestAsking: an engine is asked soon after changes, however many follow each other, but not more often than askAtMost; and less and less
// often while nothing changes.
func TestAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a pollSchedule
		begun := time.Now()
		next := func(want time.Duration) {
			t.Helper()
			<-a.due()
			if got := time.Since(begun); !a.isTime() || got != want {
				t.Errorf("asked after %s, want %s", got, want)
			}
			a.begin()
			if a.isTime() {
				t.Error("asked twice")
			}
		}
		for range 4 { // a run is submitted each second
			a.soon()
			time.Sleep(time.Second)
		}
		a.soon()
		next(askAtMost)
		a.now() // it was asked just now
		next(2 * askAtMost)
		a.later()
		next(4 * askAtMost)
		a.later()
		next(8 * askAtMost)
		a.later()
		time.Sleep(6 * time.Second)
		a.now() // it was asked long ago
		next(8*askAtMost + 6*time.Second)
		a.soon()
		next(9*askAtMost + 6*time.Second)
	})
}

// TestLostJob: a waiting job is given up when the engine has not known it several times and for a while, and not before.
func TestLostJob(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "")
	c, err := f.store.Claim("r")
	if err == nil {
		err = c.Queue(enginejob.Job{Kind: "slurm", Cluster: "test", Scheduler: f.self.ID, Survives: true, Job: "7"})
	}
	if err != nil {
		t.Fatal(err)
	}
	fake := newFakeEngine(f.store)
	s := f.onEngine(fake, nil)
	s.engine, s.traits, s.started = fake, fake.Traits(), 1
	j := &job{lastHad: time.Now(), Job: engine.Job{Run: r, Token: c.Name(), Ref: "7"}}
	s.jobs[c.Name()] = j
	apply := func(state engine.State, known, soon bool) {
		t.Helper()
		if got := s.applyState(t.Context(), j, state, known); got != soon {
			t.Errorf("the engine is asked soon: %t", got)
		}
	}
	for range 2 * lostLooks {
		apply(engine.State{}, false, true)
	}
	if s.jobs[c.Name()] == nil || j.missing != 2*lostLooks {
		t.Fatalf("given up after %d looks in no time", j.missing)
	}
	apply(engine.State{Progress: engine.Waiting, Reason: "Priority"}, true, true)
	apply(engine.State{Progress: engine.Waiting, Reason: "Priority"}, true, false)
	apply(engine.State{Progress: engine.Waiting, Reason: "Priority", Ref: "8"}, true, false)
	if j.Ref != "7" {
		t.Errorf("the job %s has another name now", j.Ref)
	}
	j.Ref, j.Ambiguous = "", true
	apply(engine.State{Progress: engine.Waiting, Reason: "Priority"}, true, false)
	if j.Ref != "" || !j.Ambiguous {
		t.Errorf("a job without a name is %q", j.Ref)
	}
	apply(engine.State{Progress: engine.Waiting, Reason: "Priority", Ref: "8"}, true, false)
	if about, _ := r.EngineJob(); j.Ref != "8" || j.Ambiguous || about.Job != "8" {
		t.Errorf("the job is %q, recorded as %q", j.Ref, about.Job)
	}
	if j.missing != 0 || j.reason != "Priority" {
		t.Errorf("missing %d times, reason %q", j.missing, j.reason)
	}
	j.lastHad = time.Now().Add(-lostAfter)
	for range lostLooks - 1 {
		apply(engine.State{}, false, true)
	}
	if s.jobs[c.Name()] == nil {
		t.Fatal("given up after few looks")
	}
	apply(engine.State{}, false, true)
	f.wantStatus(r, runs.Staged)
	if s.jobs[c.Name()] != nil || s.started != 0 {
		t.Errorf("the job is kept: %v; %d started", s.jobs, s.started)
	}
}

// TestBegan: the log names the host where there is one, once.
func TestBegan(t *testing.T) {
	for node, want := range map[string]string{"": "Run r started\n", "n1": "Run r started on n1\n"} {
		f := newFixture(t)
		s, j := f.scheduler(func(*Options) {}), &job{Job: engine.Job{Run: f.stage("r", "")}}
		s.began(j, node)
		s.began(j, "n2")
		if got := f.log.String(); !strings.HasSuffix(got, want) || j.Node != node {
			t.Errorf("log %q", got)
		}
	}
}
