package runs

import (
	"strings"
	"testing"
)

// TestStatusOfSignals distinguishes a requested stop from a signal that nobody requested.
func TestStatusOfSignals(t *testing.T) {
	for _, tt := range []struct {
		exit   int
		status Status
		reason string
	}{
		{0, Completed, ""},
		{1, Error, ""},
		{-1, Terminated, ""},
		{-2, Terminated, ""},
		{-15, Terminated, ""},
		{-9, Error, "its process was killed by SIGKILL, which nobody asked guild for: perhaps memory ran out"},
		{-11, Error, "its process was killed by SIGSEGV"},
		{-6, Error, "its process was killed by SIGABRT"},
		{-99, Error, "its process was killed by signal 99"},
		{137, Error, "a program that it started was probably killed by SIGKILL, which nobody asked guild for: perhaps memory ran out"},
		{139, Error, "a program that it started was probably killed by SIGSEGV"},
		{143, Error, ""}, // a program may use this exit status for other reasons
		{200, Error, ""},
		{255, Error, ""},
	} {
		r := begun(t, Open(t.TempDir()))
		if err := r.Finish(tt.exit); err != nil {
			t.Fatal(err)
		}
		got := r.run.State()
		if got.Status != tt.status || got.Reason != tt.reason || got.Lost {
			t.Errorf("exit status %d: %+v, want %s because %q", tt.exit, got, tt.status, tt.reason)
		}
		if s := r.run.Status(); s != tt.status {
			t.Errorf("exit status %d: Status is %s, that of State %s", tt.exit, s, tt.status)
		}
	}
}

// TestKilledAfterStop: an outcome as the first version records it for an operation that ignores a stop request.
func TestKilledAfterStop(t *testing.T) {
	r := begun(t, Open(t.TempDir()))
	if err := r.run.RequestStop(false); err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(-9); err != nil {
		t.Fatal(err)
	}
	if got := r.run.State(); got.Reason != "its process was killed by SIGKILL, after somebody had asked the run to stop" {
		t.Errorf("%+v", got)
	}
}

// TestFailureIsOfItsStart: the reason of a failure belongs to the start that failed, and to no other start.
func TestFailureIsOfItsStart(t *testing.T) {
	l := begun(t, Open(t.TempDir()))
	const why = "there is no data.csv"
	if err := l.NoteFailure(why); err != nil {
		t.Fatal(err)
	}
	if s := l.run.State(); s.Status != Running || s.Reason != "" {
		t.Errorf("before its end: %+v", s)
	}
	if err := l.Finish(1); err != nil {
		t.Fatal(err)
	}
	if s := l.run.State(); s.Reason != why || s.Lost {
		t.Errorf("after its end: %+v", s)
	}
	if err := l.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	if err := l.Finish(2); err != nil {
		t.Fatal(err)
	}
	if s := l.run.State(); s.Status != Error || s.Reason != "" {
		t.Errorf("after another start: %+v", s)
	}
}

// TestFailureOfSuperseded: a superseded owner must not record why the other owner's start failed.
func TestFailureOfSuperseded(t *testing.T) {
	l := begun(t, Open(t.TempDir()))
	_ = l.f.Close()
	if err := l.NoteFailure("mine"); err == nil || !strings.Contains(err.Error(), "no longer owned") {
		t.Errorf("%v", err)
	}
}
