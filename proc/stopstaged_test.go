package proc

import (
	"os"
	"os/signal"
	"testing"

	"guild/runs"
)

// TestStopOfStagedRun stops two staged runs, of which a scheduler has just claimed the second. The first is never started; the second is
// started and gets a request to stop.
func TestStopOfStagedRun(t *testing.T) {
	nudges := make(chan os.Signal, 1) // sent to this process, as the owner of the second run
	signal.Notify(nudges, nudge)
	defer signal.Stop(nudges)
	store := runs.Open(t.TempDir())
	stage := func(id string) *runs.Run {
		d, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := store.CommitStaged(d)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	waits := stage("waits")
	if _, err := RequestStop(waits, false); err != nil {
		t.Fatal(err)
	}
	if got := waits.Status(); got != runs.Terminated {
		t.Errorf("the run that waited is %s", got)
	}
	if _, err := store.Claim("waits"); err == nil {
		t.Error("it can be claimed still")
	}
	claimed := stage("claimed")
	c, err := store.Claim("claimed")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Lock.Close() }()
	asked := make(chan error)
	go func() {
		_, err := RequestStop(claimed, false)
		asked <- err
	}()
	owner := runs.Self()
	owner.Claim = c.Name()
	if err := c.Lock.Begin(owner); err != nil {
		t.Fatal(err)
	}
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	if _, ok := claimed.StopRequested(); !ok {
		t.Error("the run that was claimed is not told to stop")
	}
}
