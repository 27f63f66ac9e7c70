package runs

import (
	"errors"
	"os"
	"testing"
	"time"

	"guild/runs/process"

	"github.com/google/go-cmp/cmp"
)

func TestSetOwner(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	if o, ok := r.Owner(); ok {
		t.Errorf("a new run has an owner: %+v", o)
	}
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	long := Self()
	long.Claim = r.ID + ".who"
	if err := errors.Join(os.Mkdir(s.claimedDir(), 0o777), os.WriteFile(s.claimedPath(long.Claim), nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	long.Since = time.UnixMicro(1_700_000_000_000_001)
	short := Owner{Identity: process.Identity{Host: "12", Boot: "yes", PID: 1, Start: "1e3"}, Since: time.UnixMicro(1)} // texts that YAML could take for other types
	for _, want := range []Owner{long, short, long} {
		if err := l.SetOwner(want); err != nil {
			t.Fatal(err)
		}
		got, ok := r.Owner()
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("read back: %v, %s", ok, d)
		}
	}
}

// Who has opened the lock of a run that is deleted meanwhile owns nothing, even if the id has come back.
func TestUnderWay(t *testing.T) {
	r := newRun(t, Open(t.TempDir()), Pending)
	check := func(what string, want map[Status]bool) {
		t.Helper()
		for _, s := range Statuses {
			if got := r.AsView().UnderWay(s); got != want[s] {
				t.Errorf("%s, %s: %t", what, s, got)
			}
		}
	}
	check("nobody owns the run", map[Status]bool{Running: true})
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	check("somebody owns the run", map[Status]bool{Running: true, Pending: true})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	check("nobody owns the run any more", map[Status]bool{Running: true})
}

func TestLockOfReplacedRun(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	f, err := os.Open(r.lockPath())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !sameFile(f, r.lockPath()) {
		t.Error("the lock is not itself")
	}
	if err := s.Delete(r, false); err != nil {
		t.Fatal(err)
	}
	if sameFile(f, r.lockPath()) {
		t.Error("the lock of a deleted run")
	}
	d, err := s.Draft(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Commit(Pending); err != nil {
		t.Fatal(err)
	}
	if sameFile(f, r.lockPath()) {
		t.Error("the lock of another run of the same id")
	}
}

func TestLockBusy(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(); err != nil {
		t.Error(err)
	}
	if _, err := r.TryLock(); !errors.Is(err, ErrBusy) {
		t.Errorf("second lock: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(); err == nil {
		t.Error("a closed lock is held")
	}
	if err := l.Finish(0); err == nil {
		t.Error("an outcome without a lock")
	}
	if _, ok := r.AttrInt("exit_status"); ok {
		t.Error("the outcome is there")
	}
	if _, err := s.run("none").TryLock(); !errors.Is(err, ErrNotFound) {
		t.Errorf("lock of no run: %v", err)
	}
	if _, err := AdoptLock(r, 999); err == nil {
		t.Error("adopted a descriptor that is not open")
	}
}
