package web

import (
	"testing"
	"time"

	"guild/sched/state"
)

func TestExpect(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	done := func(op string, seconds ...float64) (list []Run) {
		for _, s := range seconds {
			list = append(list, Run{Op: op, Status: "completed", Seconds: s})
		}
		return list
	}
	wait := func(op, reason string) Queued { return Queued{Run: Run{Op: op, Reason: reason}} }
	for _, c := range []struct {
		name     string
		finished []Run
		free     []time.Duration
		queue    []Queued
		want     []time.Duration // -1: unknown
	}{
		{"one worker", done("a", 1, 9, 10), []time.Duration{4 * time.Second}, []Queued{wait("a", forWorker), wait("a", forWorker)}, []time.Duration{4 * time.Second, 13 * time.Second}},
		{"the median of two", done("a", 2, 4), []time.Duration{0}, []Queued{wait("a", forWorker), wait("a", forWorker)}, []time.Duration{0, 3 * time.Second}},
		{"two workers, two operations", append(done("a", 10), done("b", 100)...), []time.Duration{0, 5 * time.Second},
			[]Queued{wait("b", forWorker), wait("a", forWorker), wait("a", forWorker)}, []time.Duration{0, 5 * time.Second, 15 * time.Second}},
		{"something else is missing", done("a", 10), []time.Duration{0}, []Queued{wait("a", "gpu: 1 of 0 free"), wait("a", forWorker)}, []time.Duration{-1, 0}},
		{"nothing has ended", nil, []time.Duration{0}, []Queued{wait("a", forWorker)}, []time.Duration{-1}},
		{"no scheduler", done("a", 10), nil, []Queued{wait("a", "no scheduler is at work")}, []time.Duration{-1}},
		{"failures say nothing", []Run{{Op: "a", Status: "error", Seconds: 1}}, []time.Duration{0}, []Queued{wait("a", forWorker)}, []time.Duration{-1}},
	} {
		var free []time.Time
		for _, d := range c.free {
			free = append(free, now.Add(d))
		}
		expect(c.queue, free, durations(c.finished))
		for i, q := range c.queue {
			if got := q.Expected; c.want[i] < 0 && !got.IsZero() || c.want[i] >= 0 && !got.Equal(now.Add(c.want[i])) {
				t.Errorf("%s: no. %d is expected at %v, want %v", c.name, i+1, got, c.want[i])
			}
		}
	}
}

func TestLanes(t *testing.T) {
	store := newStore(t)
	failed := ended(t, store, "op", 1, later())
	busy := running(t, store, "op", nil)
	m := newManual()
	scheduling(t, store, state.State{Kind: "queue", Host: "a", Heartbeat: m.now(), Started: m.now(), Workers: 2,
		Running: []state.Running{{Worker: 1, RunID: busy.Run().ID, Since: m.now().Add(-time.Minute)}},
		Recent: []state.Ended{{Worker: 2, RunID: failed.ID, Since: m.now().Add(-3 * time.Minute), Until: m.now().Add(-2 * time.Minute)},
			{Worker: 2, RunID: "deleted", Since: m.now().Add(-9 * time.Minute), Until: m.now().Add(-8 * time.Minute)},
			{Worker: 2, RunID: failed.ID, Since: m.now().Add(-3 * time.Hour), Until: m.now().Add(-2 * time.Hour)}}})
	staged(t, store, "op")
	l := decode[Lanes](t, get(t, offline(t, store), "GET", "/api/schedulers"))
	if len(l.Schedulers) != 1 || len(l.Queue) != 1 || l.Queue[0].Position != 1 || l.Queue[0].Reason == "" {
		t.Fatalf("%+v", l)
	}
	want := []string{"2 error", "2 ", "1 running"}
	for i, s := range l.Schedulers[0].Spans {
		if i >= len(want) || string(rune('0'+s.Worker))+" "+s.Status != want[i] {
			t.Errorf("span %d: %+v", i, s)
		}
	}
	if len(l.Schedulers[0].Spans) != len(want) {
		t.Errorf("%+v", l.Schedulers[0].Spans)
	}
}
