package web

import (
	"os"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/enginejob"
	"guild/sched/state"
)

// TestLook: a Viewer shows what the dashboard shows, and what programs on a terminal show in addition.
func TestLook(t *testing.T) {
	s := newStore(t)
	scheduling(t, s, state.State{Kind: "queue", Heartbeat: time.Now(), Interval: 60, Workers: 1, Paused: true})
	done := running(t, s, "op", nil)
	must(t, done.Run().SetAttr("started", runs.Micros(time.Now().Add(-time.Minute))))
	must(t, done.Finish(0))
	must(t, done.Close())
	r, err := draft(t, s, "op", nil).Commit(runs.Staged)
	must(t, err)
	must(t, s.Stage(r))
	l := NewViewer(catalog.New(s, nil)).Look()
	if len(l.Waiting) != 1 || l.Waiting[0].ID != r.ID || len(l.Schedulers) != 1 || !l.Schedulers[0].Paused || l.Error != "" {
		t.Errorf("%+v", l.Snapshot)
	}
	if usual := l.Usual["op"]; usual < time.Minute || usual > time.Hour {
		t.Errorf("usual: %v", l.Usual)
	}
	if len(l.Expected) != 0 {
		t.Errorf("a start is expected of a scheduler that is paused: %v", l.Expected)
	}
}

func TestTail(t *testing.T) {
	s := newStore(t)
	l := running(t, s, "op", nil)
	if text, err := Tail(l.Run(), 10); text != "" || err != nil {
		t.Errorf("of no output: %q, %v", text, err)
	}
	must(t, os.WriteFile(l.Run().GuildPath("output"), []byte("first\nsecond\n\x1b[31mred\x1b[0m\n"), 0o666))
	if text, err := Tail(l.Run(), 20); text != "red\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// TestQueuedInAnEngine: the reason of a run that waits in an engine is the same as in `guild explain`.
func TestQueuedInAnEngine(t *testing.T) {
	s := newStore(t)
	r, err := draft(t, s, "op", nil).Commit(runs.Staged)
	must(t, err)
	must(t, s.Stage(r))
	l := scheduling(t, s, state.State{Kind: "slurm:scheduler", Heartbeat: time.Now(), Interval: 60, Workers: 1,
		Running: []state.Running{{RunID: r.ID, Job: "12", Waits: "Resources"}}})
	c, err := s.Claim(r.ID)
	must(t, err)
	must(t, c.Queue(enginejob.Job{Kind: "slurm", Scheduler: l.Run().ID, Job: "12", Survives: true}))
	look := NewViewer(catalog.New(s, nil)).Look()
	if len(look.Waiting) != 1 || look.Waiting[0].Reason != "waits in Slurm as job 12 (Resources)" {
		t.Errorf("%+v", look.Waiting)
	}
}
