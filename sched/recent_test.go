package sched

import (
	"strconv"
	"testing"
	"time"

	"guild/runs"
	"guild/sched/engine"
	"guild/sched/state"
)

func TestRecentIsBounded(t *testing.T) {
	now := time.Now()
	var l recent
	add := func(id string, at time.Time) {
		l.add(&job{Job: engine.Job{Run: runs.At("/r/" + id), Worker: 2}, since: at.Add(-time.Minute)}, at)
	}
	add("old", now.Add(-state.RecentFor-time.Second))
	add("kept", now)
	if len(l) != 1 || l[0].RunID != "kept" || l[0].Worker != 2 || l[0].Until.Sub(l[0].Since) != time.Minute {
		t.Fatalf("%+v", l)
	}
	for i := range state.MaxRecent + 10 {
		add(strconv.Itoa(i), now)
	}
	if len(l) != state.MaxRecent || l[0].RunID != "10" {
		t.Errorf("%d, the first %s", len(l), l[0].RunID)
	}
	if l.forget(now.Add(state.RecentFor + time.Second)); len(l) != 0 {
		t.Errorf("%d are left", len(l))
	}
}
