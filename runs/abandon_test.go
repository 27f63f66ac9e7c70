package runs

import (
	"errors"
	"strings"
	"testing"
)

// TestAbandon: a run is given up whose owner still holds its lock, as a file server holds the lock of a host that is gone.
func TestAbandon(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := r.Abandon(); err != nil || r.Status() != Pending {
		t.Errorf("a pending run: %s, %v", r.Status(), err)
	}
	if err := l.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	if err := r.Abandon(); err != nil {
		t.Fatal(err)
	}
	if st := r.State(); st.Status != Error || !strings.Contains(st.Reason, "ended without an outcome") {
		t.Errorf("state %+v", st)
	}
	// The owner is alive after all.
	if err := l.Touch(); !errors.Is(err, ErrBusy) {
		t.Errorf("sign of life: %v", err)
	}
	if err := l.Finish(0); !errors.Is(err, ErrBusy) {
		t.Errorf("outcome: %v", err)
	}
	if r.Status() != Error {
		t.Errorf("status %s", r.Status())
	}
}
