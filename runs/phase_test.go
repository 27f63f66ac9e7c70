package runs

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"guild/runs/phase"
	"guild/runs/process"

	"golang.org/x/sys/unix"
)

// begun makes a run that this process has started.
func begun(t *testing.T, s *Store) *Lock {
	t.Helper()
	l, err := mustDraft(t, s).CommitOwned(Pending)
	if err == nil {
		err = l.Begin(Self())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// takeOver takes the lock away from its owner, as a file server does with the locks of a silent host.
func takeOver(t *testing.T, l *Lock) *Lock {
	t.Helper()
	if err := unix.Flock(int(l.f.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	other, err := l.run.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return other
}

func TestSuperseded(t *testing.T) {
	first := begun(t, Open(t.TempDir()))
	r := first.run
	if err := first.Touch(); err != nil {
		t.Error(err)
	}
	second := takeOver(t, first)
	if err := errors.Join(second.Begin(Self()), second.Finish(7), second.Close()); err != nil {
		t.Fatal(err)
	}
	// Now the lock is free again.
	if err := first.Touch(); !errors.Is(err, ErrBusy) {
		t.Errorf("touch: %v", err)
	}
	if err := first.Finish(0); !errors.Is(err, ErrBusy) {
		t.Errorf("finish: %v", err)
	}
	o, ok := r.Outcome()
	if exit, _ := r.AttrInt("exit_status"); !ok || o.Exit != 7 || r.Status() != Error || exit != 7 {
		t.Errorf("outcome %+v, %v, %s, attribute %d", o, ok, r.Status(), exit)
	}
}

// An owner that lost its lock, but not to another owner, records its outcome.
func TestLostToNobody(t *testing.T) {
	l := begun(t, Open(t.TempDir()))
	if err := unix.Flock(int(l.f.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if got := l.run.State(); got.Status != Error {
		t.Errorf("meanwhile: %+v", got)
	}
	if err := l.Touch(); err != nil {
		t.Error(err)
	}
	if got := l.run.State(); got.Status != Running || !got.Owner.Alive() {
		t.Errorf("touched: %+v", got)
	}
	if err := l.Finish(0); err != nil || l.run.Status() != Completed {
		t.Errorf("%v, %s", err, l.run.Status())
	}
}

// If a superseded owner or a user overwrites the files of a run that has been started, the state does not change.
func TestDerivedFilesAreNotBelieved(t *testing.T) {
	l := begun(t, Open(t.TempDir()))
	r := l.run
	spoil := func() {
		t.Helper()
		err := errors.Join(r.SetAttr("exit_status", 0), r.SetAttr("stopped", 5), replaceFile(r.GuildPath("status"), []byte("completed\n")))
		if err != nil {
			t.Fatal(err)
		}
	}
	spoil()
	if s := r.State(); s.Status != Running {
		t.Errorf("running: %+v", s)
	}
	if o, ok := r.Outcome(); ok {
		t.Errorf("running: outcome %+v", o)
	}
	if err := l.Finish(-15); err != nil {
		t.Fatal(err)
	}
	spoil()
	o, ok := r.Outcome()
	if s := r.State(); s.Status != Terminated || !ok || o.Exit != -15 || time.Since(o.Stopped) > time.Hour {
		t.Errorf("ended: %+v, %+v", s, o)
	}
	if in, err := r.Inspect(); err != nil || !in.Owned {
		t.Errorf("owned: %+v, %v", in, err)
	}
	l.Close()
	if in, err := r.Inspect(); err != nil || strings.Join(in.Stale, " ") != "attrs/stopped attrs/exit_status status" {
		t.Errorf("not owned: %+v, %v", in, err)
	}
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Settle(); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(r.GuildPath("status"))
	exit, _ := r.AttrInt("exit_status")
	if string(data) != "terminated\n" || exit != -15 || r.AttrTime("stopped") != o.Stopped {
		t.Errorf("settled: status %q, exit status %d, stopped %v", data, exit, r.AttrTime("stopped"))
	}
}

// The owner of another start is not returned.
func TestOwnerOfAnotherStart(t *testing.T) {
	l := begun(t, Open(t.TempDir()))
	if s := l.run.State(); s.Owner.PID != os.Getpid() || s.Seen.IsZero() {
		t.Errorf("%+v", s)
	}
	if err := l.SetOwner(Owner{Identity: process.Identity{Host: "thawed", PID: 1}, Nonce: "other"}); err != nil {
		t.Fatal(err)
	}
	if s := l.run.State(); s.Status != Running || s.Owner != (Owner{}) {
		t.Errorf("%+v", s)
	}
	l.Close()
	if s := l.run.State(); s.Status != Error || s.Reason != "its process ended without an outcome" {
		t.Errorf("%+v", s)
	}
}

// Copying a run over an older copy of it, as rsync does, leaves the names of several phases.
func TestPhaseOfACopy(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	for _, tt := range []struct {
		name string
		want Status
	}{
		{".phase.1.00000001.5.running", Error},
		{".phase.2.00000001.5.ended.0.6", Completed},
		{".phase.1.00000002.5.staged", Completed},
		{".phase.10.00000001.5.ended.1.6", Error},
		{".phase.9.00000001.5.staged", Error},
		{".phase.11.00000001.5.staged", Staged},
		{".phase.nonsense", Staged},
	} {
		if err := os.WriteFile(r.GuildPath(tt.name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if got := r.Status(); got != tt.want {
			t.Errorf("with %s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNoteLost(t *testing.T) {
	s := Open(t.TempDir())
	l := begun(t, s)
	r := l.run
	l.Close()
	before := r.State()
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Settle(); err != nil || r.recordedStatus() != Running {
		t.Errorf("its owner, this process, lives: %v, %s", err, r.recordedStatus())
	}
	if err := l.NoteLost(); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(r.GuildPath("status"))
	if after := r.State(); string(data) != "error\n" || after.Status != Error || after.Reason != before.Reason || after.Owner != before.Owner {
		t.Errorf("status file %q, before %+v, after %+v", data, before, after)
	}
	if err := l.Finish(0); err != nil { // a later outcome exists
		t.Error(err)
	}
	if err := l.NoteLost(); err != nil || r.Status() != Completed {
		t.Errorf("of an ended run: %v, %s", err, r.Status())
	}
}

// The loss of an owner on this system that has surely ended is recorded when another process settles the run.
func TestSettleAfterAKill(t *testing.T) {
	s := Open(t.TempDir())
	l := begun(t, s)
	dead := Self()
	dead.Start += "0"
	dead.Nonce = l.phase.Nonce
	if err := errors.Join(l.SetOwner(dead), l.Close()); err != nil {
		t.Fatal(err)
	}
	l, err := l.run.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Settle(); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(l.run.GuildPath("status"))
	if p, _ := l.run.phase(); p.Kind != phase.Lost || string(data) != "error\n" {
		t.Errorf("%+v, status file %q", p, data)
	}
}
