package web

import (
	"os"
	"testing"
	"time"

	"guild/runs"
	"guild/sched/state"
)

func TestSchedulerLives(t *testing.T) {
	for _, c := range []struct {
		name string
		st   state.State
		age  time.Duration // of the last heartbeat
		want Life
	}{
		{"fresh", state.State{Interval: 1}, time.Second, Live},
		{"at the limit", state.State{Interval: 1}, 30 * time.Second, Live},
		{"silent", state.State{Interval: 1}, 31 * time.Second, Silent},
		{"polls seldom", state.State{Interval: 60}, 170 * time.Second, Live},
		{"polls seldom and is silent", state.State{Interval: 60}, 181 * time.Second, Silent},
		{"stopping", state.State{Interval: 1, Stopping: true}, time.Second, Stopping},
		{"silent while stopping", state.State{Interval: 1, Stopping: true}, time.Minute, Silent},
		{"by a clock that is ahead", state.State{Interval: 1}, -time.Hour, Live},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, m := newStore(t), newManual()
			c.st.Kind, c.st.Heartbeat = "queue", m.now().Add(-c.age)
			l := scheduling(t, s, c.st)
			got := look(t, newTestPicture(s, m))
			if len(got.Schedulers) != 1 || got.Schedulers[0].Life != c.want || got.Schedulers[0].ID != l.Run().ID {
				t.Errorf("%+v, want %s", got.Schedulers, c.want)
			}
			if len(got.Running) != 0 || got.Counts.Running != 0 {
				t.Errorf("a scheduler is listed as a run: %+v", got.Running)
			}
		})
	}
}

// The time when this host saw a heartbeat counts, not the other host's clock.
func TestHeartbeatByAnotherClock(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	st := state.State{Kind: "queue", Interval: 1, Heartbeat: m.now().Add(-24 * time.Hour)}
	l := scheduling(t, s, st)
	past := time.Now().Add(-24 * time.Hour)
	must(t, os.Chtimes(l.Run().GuildPath(state.File), past, past))
	if got := look(t, x).Schedulers[0]; got.Life != Silent {
		t.Errorf("at first: %+v", got)
	}
	st.Heartbeat = st.Heartbeat.Add(time.Second)
	must(t, state.Write(l.Run(), &st))
	m.advance(time.Second)
	if got := look(t, x).Schedulers[0]; got.Life != Live || !got.Heartbeat.Equal(m.now()) {
		t.Errorf("after a heartbeat: %+v", got)
	}
	m.advance(31 * time.Second)
	if got := look(t, x).Schedulers[0]; got.Life != Silent {
		t.Errorf("without another: %+v", got)
	}
}

func TestSchedulersThatEnd(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	lost := scheduling(t, s, state.State{Kind: "queue", Heartbeat: m.now()})
	done := scheduling(t, s, state.State{Kind: "dask:scheduler", Heartbeat: m.now()})
	if got := look(t, x); len(got.Schedulers) != 2 {
		t.Fatalf("schedulers: %+v", got.Schedulers)
	}
	must(t, lost.Close())
	must(t, done.Finish(0))
	must(t, done.Close())
	got := look(t, x)
	if len(got.Schedulers) != 1 || got.Schedulers[0].Life != Lost || got.Schedulers[0].Reason == "" {
		t.Errorf("schedulers: %+v", got.Schedulers)
	}
	if len(got.Finished) != 2 {
		t.Errorf("finished: %+v", got.Finished)
	}
	m.advance(2 * time.Hour)
	if got := look(t, x); len(got.Schedulers) != 0 {
		t.Errorf("long after: %+v", got.Schedulers)
	}
}

func TestWhatSchedulersSay(t *testing.T) {
	s, m := newStore(t), newManual()
	free, refused, half := staged(t, s, "free"), staged(t, s, "refused"), staged(t, s, "half")
	work := running(t, s, "work", nil)
	now := m.now()
	here := scheduling(t, s, state.State{
		Kind: "dask:scheduler", Host: "node1", Heartbeat: now, Started: now.Add(-time.Minute), Workers: 4, Dashboard: "javascript:alert(1)",
		Resources: map[string]float64{"gpu": 2, "disk": 100}, Used: map[string]float64{"gpu": 1},
		Running: []state.Running{{Worker: 3, RunID: work.Run().ID}},
		Waiting: []state.Waiting{{RunID: free.ID}, {RunID: refused.ID, Reason: "needs gpu=4"}, {RunID: half.ID, Reason: "needs gpu=4"}},
	})
	scheduling(t, s, state.State{Kind: "queue", Host: "node2", Heartbeat: now, Workers: 1, Dashboard: "http://node2:8787/status",
		Waiting: []state.Waiting{{RunID: refused.ID, Reason: "no gpu"}, {RunID: half.ID}}})
	scheduling(t, s, state.State{Kind: "queue", Host: "node3", Heartbeat: now.Add(-time.Hour), Started: now.Add(-time.Hour),
		Waiting: []state.Waiting{{RunID: free.ID, Reason: "said long ago"}}})
	x := newTestPicture(s, m)
	for _, r := range x.schedulers() {
		t.Errorf("known before any look: %v", r.ID)
	}
	must(t, x.refresh())
	for _, r := range x.schedulers() { // the file of the silent scheduler is as old as its heartbeat
		if r.Extra.sched.state.Host == "node3" {
			r.Extra.sched.heard = r.Extra.sched.state.Heartbeat
		}
	}
	got := x.snapshot(here.Run().ID)
	reasons := make(map[string]string)
	for _, w := range got.Waiting {
		reasons[w.Op] = w.Reason
	}
	for op, want := range map[string]string{"free": "for a free worker", "refused": "needs gpu=4; no gpu", "half": "for a free worker"} {
		if reasons[op] != want {
			t.Errorf("%s waits %q, want %q", op, reasons[op], want)
		}
	}
	if r := got.Running[0]; r.Worker != 3 || r.Scheduler != here.Run().ShortID() {
		t.Errorf("running: %+v", r)
	}
	if len(got.Schedulers) != 3 {
		t.Fatalf("schedulers: %+v", got.Schedulers)
	}
	byHost := make(map[string]Scheduler)
	for _, s := range got.Schedulers {
		byHost[s.Host] = s
	}
	one := byHost["node1"]
	if !one.Here || byHost["node2"].Here || one.Dashboard != "" || byHost["node2"].Dashboard == "" {
		t.Errorf("here and links: %+v", byHost)
	}
	if len(one.Resources) != 2 || one.Resources[0] != (Resource{"disk", 0, 100}) || one.Resources[1] != (Resource{"gpu", 1, 2}) {
		t.Errorf("resources: %+v", one.Resources)
	}
	if got.Schedulers[2].Host != "node3" || got.Schedulers[2].Life != Silent {
		t.Errorf("the silent one is not last: %+v", got.Schedulers)
	}
}

func TestRunningByWorker(t *testing.T) {
	s, m := newStore(t), newManual()
	var id []string
	for range 4 {
		id = append(id, running(t, s, "op", nil).Run().ID)
	}
	scheduling(t, s, state.State{Kind: "queue", Host: "b", Heartbeat: m.now(), Started: m.now(), Running: []state.Running{{Worker: 1, RunID: id[3]}}})
	scheduling(t, s, state.State{Kind: "queue", Host: "a", Heartbeat: m.now(), Started: m.now().Add(-time.Hour),
		Running: []state.Running{{Worker: 2, RunID: id[0]}, {Worker: 1, RunID: id[2]}}})
	got := look(t, newTestPicture(s, m))
	same(t, "running", ids(got.Running), []string{id[2], id[0], id[3], id[1]})
}

func TestThoseAtWorkAreBelieved(t *testing.T) {
	busy := []Slot{{Worker: 1, RunID: "x"}}
	got := places([]Scheduler{{ShortID: "works", Busy: busy}, {ShortID: "is lost", Busy: busy}})
	if got["x"].scheduler != "works" {
		t.Errorf("got %+v", got)
	}
}

// A scheduler names the runs that it owns, even if the picture has them as ended.
func TestRunsOfASchedulerAreChecked(t *testing.T) {
	s, m := newStore(t), newManual()
	r := ended(t, s, "op", 0, m.now())
	x := newTestPicture(s, m)
	look(t, x)
	l, err := r.TryLock()
	must(t, err)
	defer l.Close()
	must(t, l.Begin(runs.Self()))
	scheduling(t, s, state.State{Kind: "queue", Heartbeat: m.now(), Running: []state.Running{{Worker: 1, RunID: r.ID}}})
	_, err = x.Refresh()
	must(t, err)
	x.readSchedulers() // without a sweep
	got := x.snapshot("")
	same(t, "running", ids(got.Running), []string{r.ID})
}

func TestBrokenStateFile(t *testing.T) {
	s, m := newStore(t), newManual()
	l := running(t, s, "queue", nil)
	must(t, os.WriteFile(l.Run().GuildPath(state.File), []byte("{"), 0o666))
	if got := look(t, newTestPicture(s, m)); len(got.Schedulers) != 0 || got.Error != "" {
		t.Errorf("schedulers: %+v, error %q", got.Schedulers, got.Error)
	}
}
