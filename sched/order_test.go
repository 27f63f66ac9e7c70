package sched

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/proc"
	"guild/runs"
	"guild/runs/opref"
	"guild/sched/engine"
)

// TestOrder: priorities, and a run that comes after another one.
func TestOrder(t *testing.T) {
	f := newFixture(t)
	stage := func(id string, params map[string]any) *runs.Run {
		d, err := f.store.Draft(id)
		if err == nil {
			err = d.SetAttrs(map[string]any{"op": map[string]any{"op-cmd": map[string]any{"cmd-args": []string{"sh", "-c", "exit 0"}}},
				"flags": map[string]any{}, "run_params": params})
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.store.CommitStaged(d)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	f.stage("failed", "exit 3")
	later := stage("later", map[string]any{"after": []string{"last"}})
	never := stage("never", map[string]any{"after": []string{"failed"}})
	neverToo := stage("never-too", map[string]any{"after": []string{"never"}, "priority": 1})
	orphan := stage("orphan", map[string]any{"after": []string{"nowhere"}})
	stage("last", map[string]any{"priority": -1})
	stage("first", map[string]any{"priority": 2})
	f.runOnce(func(o *Options) { o.Workers = 1; o.PollInterval = 10 * time.Millisecond })
	f.inOrder("Starting staged run first", "Starting staged run failed", "Starting staged run last", "Starting staged run later",
		"Dask scheduler processed 4 run(s)")
	f.wantStatus(later, runs.Completed)
	for r, why := range map[*runs.Run]string{
		never:    "run failed, which it comes after, did not complete (error)",
		neverToo: "run never, which it comes after, did not complete (error)",
		orphan:   "run nowhere, which it comes after, was deleted",
	} {
		f.wantStatus(r, runs.Error)
		if got := r.State().Reason; got != why {
			t.Errorf("%s: reason %q, want %q", r.ID, got, why)
		}
	}
}

// TestRequired: runs that require others by their ids.
func TestRequired(t *testing.T) {
	f := newFixture(t)
	requiring := func(id, needed string) {
		t.Helper()
		d, err := f.store.Draft(id)
		if err == nil {
			err = d.SetAttrs(map[string]any{"op": map[string]any{"op-cmd": map[string]any{"cmd-args": []string{"true"}},
				"deps": []any{map[string]any{"sources": []any{map[string]any{"operation": "op"}}}}}, "flags": map[string]any{"operation:op": needed}})
		}
		if err == nil {
			err = d.SetOpref(opref.Ref{PkgType: "guildfile", PkgName: "/p/guild.yml", Op: "op"})
		}
		if err == nil {
			_, err = f.store.CommitStaged(d)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f.stage("early", "exit 3")
	f.stage("restaged", "exit 3")
	f.runOnce(func(*Options) {})
	if err := f.store.StageAgain(runs.At(filepath.Join(f.store.Root(), "restaged"))); err != nil {
		t.Fatal(err)
	}
	requiring("had-failed", "early")
	requiring("second", "third")
	requiring("third", "restaged")
	requiring("circle1", "circle2")
	requiring("circle2", "circle1")
	s := f.opened(func(o *Options) { o.Workers = 9; o.RunOnce = false })
	f.wantLook(s, "restaged", "had-failed")
	for id, want := range map[string]string{"second": "waiting for op third", "circle1": "it and op circle2 wait for each other"} {
		if got := s.queue.entries[id].reason; got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// TestAfterRetried: a run comes after one that is lost and started again.
func TestAfterRetried(t *testing.T) {
	f := newFixture(t)
	lost := f.stage("lost", "[ -e ../seen ] || { mkdir ../seen; kill -KILL $PPID; sleep 100; }")
	after := f.stage("after", "exit 0")
	if err := after.SetAttr("run_params", map[string]any{"after": []string{"lost"}}); err != nil {
		t.Fatal(err)
	}
	f.runOnce(func(o *Options) { o.Retries = 1; o.PollInterval = 10 * time.Millisecond })
	f.wantStatus(lost, runs.Completed)
	f.wantStatus(after, runs.Completed)
}

// TestRetries: runs that are lost once, or fail each time.
func TestRetries(t *testing.T) {
	f := newFixture(t)
	lost := f.stage("lost", "[ -e ../seen ] || { mkdir ../seen; kill -KILL $PPID; sleep 100; }")
	fails := f.stage("fails", "exit 3")
	f.runOnce(func(o *Options) { o.Retries = 2 })
	f.wantStatus(lost, runs.Completed)
	f.wantStatus(fails, runs.Error)
	if n := strings.Count(f.log.String(), "Starting staged run"); n != 3 {
		t.Errorf("%d starts:\n%s", n, f.log.String())
	}
	again := f.stage("again", "exit 3")
	f.runOnce(func(o *Options) { o.Retries, o.RetryFailed = 2, true })
	if n, _ := again.AttrInt(proc.RetriedAttr); n != 2 || again.Status() != runs.Error {
		t.Errorf("%d retries, %s", n, again.Status())
	}
}

// TestAllocationEnds: runs for which an allocation has too little time left are not started.
func TestAllocationEnds(t *testing.T) {
	f := newFixture(t)
	long, short := f.stage("long", "exit 0"), f.stage("short", "exit 0")
	for r, minutes := range map[*runs.Run]float64{long: 600, short: 1} {
		if err := r.SetAttr("run_params", map[string]any{"stop_after": minutes}); err != nil {
			t.Fatal(err)
		}
	}
	s := f.opened(func(o *Options) { o.EndsAt = time.Now().Add(time.Hour) })
	f.wantLook(s, "short")
	env := map[string]string{"SLURM_JOB_ID": "7", "SLURM_JOB_END_TIME": "1800000000"}
	if got := AllocationEnd(func(k string) string { return env[k] }); got.Unix() != 1800000000 {
		t.Errorf("the allocation ends at %v", got)
	}
}

// TestRetryAvoidsNode: after a node failed, the next attempt avoids the node; the attempt after that does not.
func TestRetryAvoidsNode(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "")
	fake := newFakeEngine(f.store)
	fake.afterward = func(j engine.Job) {
		exit, state := 0, engine.State{Progress: engine.Ended}
		switch j.Needs.Avoid {
		case "":
			if len(fake.submitted) == 1 {
				exit, state = 1, engine.State{Progress: engine.Ended, Reason: "node_fail", Node: "n2", NodeDied: true}
			}
		case "n2":
			exit, state.Reason = 1, "preempted"
		}
		if err := fake.execute(j, exit); err != nil {
			t.Error(err)
		}
		fake.mu.Lock()
		fake.states = map[string]engine.State{j.Token: state}
		fake.mu.Unlock()
		fake.events <- engine.Event{Token: j.Token, State: state}
	}
	f.runOnEngine(fake, func(o *Options) { o.Retries = 2 })
	var avoided []string
	for _, j := range fake.submitted {
		avoided = append(avoided, j.Needs.Avoid)
	}
	if want := []string{"", "n2", ""}; !slices.Equal(avoided, want) {
		t.Errorf("attempts avoided %q, want %q; log:\n%s", avoided, want, f.log.String())
	}
	f.wantStatus(r, runs.Completed)
}

// TestMayAppear: an entry is given some time to appear in the queue.
func TestMayAppear(t *testing.T) {
	s, e := &Scheduler{}, &entry{}
	if !e.mayAppear(s) || time.Until(s.retry.at) <= 0 || time.Until(s.retry.at) > retryAfter {
		t.Errorf("the next look is planned for %v", s.retry.at)
	}
	e.unlistedSince = time.Now().Add(-2 * unlisted)
	if e.mayAppear(s) {
		t.Error("it may appear for ever")
	}
}

// TestFail: a run that cannot be started since another one failed counts as failed.
func TestFail(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "")
	s, e := f.scheduler(func(*Options) {}), &entry{}
	s.fail("r", e, "run p failed")
	f.wantStatus(r, runs.Error)
	if !e.over || s.failed != 1 || s.outcomes[runs.Error] != 1 {
		t.Errorf("over %t, failed %d, outcomes %v", e.over, s.failed, s.outcomes)
	}
}
