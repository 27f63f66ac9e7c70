package pool

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
)

// TestMain makes the test program a worker process where a pool starts it as `guild sys worker --serve HOME`.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == "sys" {
		if err := Serve(context.Background(), runs.Open(os.Args[4]), nil, false); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// owned makes a run of a shell script, owned by this process.
func owned(t *testing.T, store *runs.Store, script string) *runs.Lock {
	t.Helper()
	d, err := store.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	rec := &recipe.Recipe{Command: opdef.Command{Args: []string{"sh", "-c", script}}}
	if err := d.SetAttrs(map[string]any{recipe.Attr: rec.Data()}); err != nil {
		t.Fatal(err)
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

// awaitStatus waits for a fact on the disk, which raises no event.
func awaitStatus(t *testing.T, r *runs.Run, want runs.Status) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); r.Status() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("run is %s, want %s", r.Status(), want)
		}
	}
}

// TestCloseLeavesRuns closes a pool with a run under way: the goroutines of the pool end (see TestMain), and the run goes on.
func TestCloseLeavesRuns(t *testing.T) {
	store := runs.Open(t.TempDir())
	p := New(store, 1)
	lock := owned(t, store, "until [ -e go ]; do sleep 0.01; done")
	if _, err := p.Give(lock, "", nil); err != nil {
		t.Fatal(err)
	}
	r := lock.Run()
	awaitStatus(t, r, runs.Running)
	p.Close()
	if err := os.WriteFile(r.Path("go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, r, runs.Completed)
}

// list is work whose runs are independent.
type list struct {
	next  []*runs.Lock
	ended map[string]End
}

func (l *list) Next() (*runs.Lock, error) {
	if len(l.next) == 0 {
		return nil, nil
	}
	lock := l.next[0]
	l.next = l.next[1:]
	return lock, nil
}

func (l *list) Ended(r *runs.Run, end End) error {
	l.ended[r.ID] = end
	return nil
}

func (l *list) Stop() []*runs.Run { return nil }

// TestRun runs more runs than there are workers, and delivers how each ended.
func TestRun(t *testing.T) {
	store := runs.Open(t.TempDir())
	work := &list{ended: map[string]End{}}
	want := map[string]int{}
	for i := range 5 {
		lock := owned(t, store, fmt.Sprintf("exit %d", i))
		want[lock.Run().ID] = i
		work.next = append(work.next, lock)
	}
	if err := Run(t.Context(), store, work, 2); err != nil {
		t.Fatal(err)
	}
	for id, exit := range want {
		if end, ok := work.ended[id]; !ok || end.Exit != exit || end.Err != "" {
			t.Errorf("run %s ended with %+v, %v; want exit %d", id, end, ok, exit)
		}
	}
}
