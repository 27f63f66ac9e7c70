package web

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/process"
	"guild/runs/sharedfs"
	"guild/sched/state"
	"guild/sched/web/reply"
)

func newTestPicture(s *runs.Store, m *manual) *picture {
	return newPicture(catalog.New(s, nil), nil, m.now)
}

func look(t *testing.T, x *picture) *Snapshot {
	t.Helper()
	must(t, x.refresh())
	return x.snapshot("")
}

func ids(rows []Run) []string {
	var list []string
	for _, r := range rows {
		list = append(list, r.ID)
	}
	return list
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestEmptyStore(t *testing.T) {
	got := look(t, newTestPicture(newStore(t), newManual()))
	if got.Counts != (Counts{}) || got.Schedulers == nil || got.Running == nil || got.Waiting == nil || got.Finished == nil {
		t.Errorf("got %+v: lists must be empty and not null", got)
	}
}

func TestListsFollowTheStore(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	first, second := staged(t, s, "a"), staged(t, s, "b")
	early := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(s.Root()+"/.staged/"+second.ID, early, early))
	pending, err := draft(t, s, "c", nil).Commit(runs.Pending)
	must(t, err)
	good := ended(t, s, "good", 0, m.now().Add(-time.Minute))
	bad := ended(t, s, "bad", 3, m.now().Add(-30*time.Second))
	killed := ended(t, s, "killed", -15, m.now().Add(-2*time.Minute))
	must(t, os.MkdirAll(s.Root()+"/not-a-run/x", 0o777))

	got := look(t, x)
	same(t, "waiting", ids(got.Waiting), []string{second.ID, first.ID, pending.ID})
	if w := got.Waiting[0]; w.Position != 1 || !w.Since.Equal(early.Truncate(0)) || w.Reason != "no scheduler is at work" {
		t.Errorf("first in the queue: %+v", w)
	}
	if w := got.Waiting[2]; w.Position != 0 || w.Status != "pending" {
		t.Errorf("the run that nobody staged: %+v", w)
	}
	same(t, "finished", ids(got.Finished), []string{bad.ID, good.ID, killed.ID})
	if e := got.Finished[0].Exit; e == nil || *e != 3 {
		t.Errorf("exit of %+v", got.Finished[0])
	}
	want := Counts{Total: 6, Staged: 2, Pending: 1, Completed: 1, Error: 1, Terminated: 1}
	if got.Counts != want {
		t.Errorf("counts %+v, want %+v", got.Counts, want)
	}
	if th := got.Throughput; sum(th.Completed[:]) != 1 || sum(th.Failed[:]) != 2 {
		t.Errorf("throughput %v", th)
	}

	claim, err := s.Claim(second.ID)
	must(t, err)
	got = look(t, x)
	if len(got.Waiting) != 3 || got.Waiting[0].ID != first.ID || got.Waiting[0].Position != 1 {
		t.Errorf("after the claim: %+v", got.Waiting)
	}
	must(t, claim.Lock.Begin(runs.Self()))
	got = look(t, x)
	same(t, "running", ids(got.Running), []string{second.ID})
	same(t, "waiting", ids(got.Waiting), []string{first.ID, pending.ID})
	if r := got.Running[0]; r.Host != process.Hostname() || r.Op != "b" || r.Since.IsZero() {
		t.Errorf("running: %+v", r)
	}
	must(t, claim.Lock.Finish(0))
	must(t, claim.Lock.Close())
	must(t, second.SetAttr("stopped", runs.Micros(m.now())))
	got = look(t, x)
	if len(got.Running) != 0 || got.Finished[0].ID != second.ID {
		t.Errorf("after the end: %+v", got.Finished)
	}
	must(t, s.Delete(second, false))
	got = look(t, x)
	same(t, "finished", ids(got.Finished), []string{bad.ID, good.ID, killed.ID})
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

func TestLostRun(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	l := running(t, s, "op", nil)
	if got := look(t, x); len(got.Running) != 1 {
		t.Fatalf("running: %+v", got.Running)
	}
	must(t, l.Close()) // no change of the directory shows this
	got := look(t, x)
	if len(got.Running) != 0 || len(got.Finished) != 1 || got.Finished[0].Status != "error" || got.Finished[0].Reason == "" {
		t.Errorf("got %+v, %+v", got.Running, got.Finished)
	}
}

// A run that has ended is read once, and again when its directory shows a change.
func TestEndedRunsAreCached(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	r := ended(t, s, "op", 0, m.now())
	look(t, x)

	// Writing the status file in place does not change the directory: a changed status means that the run was read again.
	must(t, os.WriteFile(r.GuildPath("status"), []byte("error\n"), 0o666))
	for range 3 {
		m.advance(10 * time.Second)
		if got := look(t, x); got.Finished[0].Status != "completed" {
			t.Fatalf("read again: %+v", got.Finished[0])
		}
	}
	again(t, r, -15)
	m.advance(10 * time.Second)
	if got := look(t, x); got.Finished[0].Status != "terminated" {
		t.Errorf("not read again: %+v", got.Finished[0])
	}
}

// again restarts an ended run.
func again(t *testing.T, r *runs.Run, exit int) {
	t.Helper()
	l, err := r.TryLock()
	must(t, err)
	must(t, l.Begin(runs.Self()))
	must(t, l.Finish(exit))
	must(t, l.Close())
}

// A recently changed directory may change again without another modification time.
func TestFreshRunsAreReadAgain(t *testing.T) {
	s, m := newStore(t), newManual()
	m.t = time.Now()
	x := newTestPicture(s, m)
	r := ended(t, s, "op", 0, m.now())
	look(t, x)
	mtime, err := sharedfs.DirTime(r.GuildPath())
	must(t, err)
	again(t, r, 1)
	must(t, os.Chtimes(r.GuildPath(), mtime, mtime))
	m.advance(catalog.RelistEvery)
	if got := look(t, x); got.Finished[0].Status != "error" {
		t.Errorf("not read again: %+v", got.Finished[0])
	}
}

func TestLabelsAreFollowed(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	r := ended(t, s, "op", 0, m.now())
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(r.GuildPath("attrs"), past, past))
	look(t, x)
	must(t, r.SetAttr("label", "best"))
	m.advance(catalog.RelistEvery)
	if got := look(t, x); got.Finished[0].Label != "best" {
		t.Errorf("label %q", got.Finished[0].Label)
	}
}

// Runs beyond the newest are counted step by step and not listed.
func TestOldRunsAreSwept(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	x.Newest = 2
	var list []*runs.Run
	for i := range 6 {
		r := ended(t, s, "op", 0, m.now().Add(-time.Duration(i)*time.Minute))
		at := time.Now().Add(-time.Duration(i) * time.Minute)
		must(t, os.Chtimes(r.GuildPath(), at, at))
		list = append(list, r)
	}
	// With this clock, each look uses up the time limit of the sweep.
	x.now = func() time.Time {
		m.advance(time.Second)
		return m.now()
	}
	got := look(t, x)
	same(t, "finished", ids(got.Finished), []string{list[0].ID, list[1].ID})
	if got.Counts.Unread != 4 || got.Counts.Completed != 2 || got.Counts.Total != 6 {
		t.Errorf("counts at first: %+v", got.Counts)
	}
	x.now = m.now // with a stopped clock the sweep completes
	got = look(t, x)
	if got.Counts.Unread != 0 || got.Counts.Completed != 6 || len(got.Finished) != 2 {
		t.Errorf("counts after the sweep: %+v, %d listed", got.Counts, len(got.Finished))
	}

	l, err := list[5].TryLock()
	must(t, err)
	defer l.Close()
	must(t, l.Begin(runs.Self()))
	got = look(t, x)
	same(t, "running", ids(got.Running), []string{list[5].ID})
}

// All recently ended runs count in the throughput, however many there are.
func TestThroughputCountsAllRuns(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	x.Newest = 1
	for i := range 4 {
		at := m.now().Add(-time.Duration(i) * time.Minute)
		r := ended(t, s, "op", 0, at)
		must(t, os.Chtimes(r.GuildPath(), at, at))
	}
	if th := look(t, x).Throughput; sum(th.Completed[:]) != 4 {
		t.Errorf("throughput %v, want 4 runs", th)
	}
}

func TestStagedAgain(t *testing.T) {
	s, m := newStore(t), newManual()
	x := newTestPicture(s, m)
	r := ended(t, s, "op", 0, m.now())
	look(t, x)
	l, err := r.TryLock()
	must(t, err)
	must(t, s.Restage(l))
	got := look(t, x)
	same(t, "waiting", ids(got.Waiting), []string{r.ID})
	same(t, "finished", ids(got.Finished), nil)
}

func TestStagedWithoutMarker(t *testing.T) {
	s, m := newStore(t), newManual()
	r, err := draft(t, s, "op", nil).Commit(runs.Staged)
	must(t, err)
	x := newTestPicture(s, m)
	if got := look(t, x); len(got.Waiting) != 1 || got.Waiting[0].Position != 0 {
		t.Errorf("waiting: %+v", got.Waiting)
	}
	scheduling(t, s, state.State{Kind: "queue", Host: "node1", Heartbeat: m.now(), Workers: 1,
		Running: []state.Running{{Worker: 1, RunID: r.ID}}})
	if got := look(t, x); got.Waiting[0].Reason != "being started on node1" || got.Waiting[0].Worker != 1 {
		t.Errorf("waiting: %+v", got.Waiting)
	}
}

func TestMarkerWithoutRun(t *testing.T) {
	s, m := newStore(t), newManual()
	r := ended(t, s, "op", 0, m.now())
	must(t, s.Stage(r))
	must(t, s.Stage(runs.Named(runs.NewID(), "")))
	if got := look(t, newTestPicture(s, m)); len(got.Waiting) != 0 || got.Counts.Staged != 0 {
		t.Errorf("waiting: %+v", got.Waiting)
	}
}

func TestListsAreBounded(t *testing.T) {
	s, m := newStore(t), newManual()
	for i := range maxFinished + 3 {
		ended(t, s, "op", 0, m.now().Add(-time.Duration(i)*time.Minute))
	}
	x := newTestPicture(s, m)
	if got := look(t, x); len(got.Finished) != maxFinished || got.Counts.Completed != maxFinished+3 {
		t.Errorf("%d of %d", len(got.Finished), got.Counts.Completed)
	}
	held := 0
	for _, r := range x.All() {
		if r.Extra.detail != nil {
			held++
		}
	}
	if held != maxFinished {
		t.Errorf("details of %d runs are kept, want %d", held, maxFinished)
	}
}

// A time that cannot be encoded must not end the serving process.
func TestBrokenTimes(t *testing.T) {
	s, m := newStore(t), newManual()
	r := ended(t, s, "op", 0, m.now())
	must(t, r.SetAttr("started", int64(1)<<62))
	must(t, r.SetAttr("stopped", -int64(1)<<62))
	w, err := draft(t, s, "op", map[string]any{"started": int64(1) << 62}).Commit(runs.Pending)
	must(t, err)
	got := look(t, newTestPicture(s, m))
	same(t, "finished", ids(got.Finished), []string{r.ID})
	same(t, "waiting", ids(got.Waiting), []string{w.ID})
	if data := string(reply.Encode(got)); !strings.Contains(data, r.ID) {
		t.Errorf("encoded: %s", data)
	}
}

func TestManyPendingRunsAreCutTheSameWay(t *testing.T) {
	s, m := newStore(t), newManual()
	at := time.Now().Add(-time.Hour)
	for range maxWaiting + 20 {
		r, err := draft(t, s, "op", nil).Commit(runs.Pending)
		must(t, err)
		must(t, os.Chtimes(r.GuildPath(), at, at))
	}
	x := newTestPicture(s, m)
	first := look(t, x)
	if len(first.Waiting) != maxWaiting || first.Counts.Pending != maxWaiting+20 {
		t.Errorf("%d of %d", len(first.Waiting), first.Counts.Pending)
	}
	same(t, "waiting", ids(look(t, x).Waiting), ids(first.Waiting))
}

func TestUnreadableRoot(t *testing.T) {
	s := newStore(t)
	must(t, os.WriteFile(s.Root(), nil, 0o666))
	if err := newTestPicture(s, newManual()).refresh(); err == nil {
		t.Error("a root that is a file is no error")
	}
}
