package runs

import (
	"fmt"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// failureAttr is the attribute that says why a start of the run has failed:
//
//	started: when that start began, in microseconds
//	reason: one line
//
// It stays when the run is started again, and then says nothing about that start.
const failureAttr = "failure_reason"

// NoteFailure records why the start that this owner began fails. State returns the reason once Finish has recorded an exit status other
// than 0. The error is ErrBusy if another owner has superseded this one.
func (l *Lock) NoteFailure(reason string) error {
	if err := l.verifyWait(); err != nil {
		return err
	}
	return l.run.SetAttr(failureAttr, map[string]any{"started": l.phase.Started, "reason": reason})
}

// failure says why the latest start of a run that has failed did so, as far as that is known: what its owner noted, or the signal
// that ended it. It is empty if the operation simply ended with an exit status other than 0.
func (r *View) failure() string {
	if p, err := r.phase(); err == nil {
		v, _ := r.Attr(failureAttr)
		m, _ := v.(map[string]any)
		reason, ok := m["reason"].(string)
		if started, _ := m["started"].(int); ok && int64(started) == p.Started {
			return reason
		}
	}
	if why := r.endedByEngine(); why != "" {
		return why
	}
	o, ended := r.Outcome()
	if !ended {
		return ""
	}
	why := signalReason(o.Exit)
	if o.Exit == -int(syscall.SIGKILL) && r.askedToStop() {
		// The first version recorded this for a run that did not end when it was asked to; now it is recorded as SIGTERM.
		why = "its process was killed by SIGKILL, after somebody had asked the run to stop"
	}
	return why
}

// askedToStop reports a request to stop that came during the latest start of the run.
func (r *View) askedToStop() bool {
	_, err := os.Lstat(r.GuildPath("stop"))
	return err == nil
}

// faultSignals are those that end a process because of a fault, of its own or of the machine.
var faultSignals = [...]syscall.Signal{syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGKILL, syscall.SIGSEGV}

// signalReason returns which signal an exit status other than 0 stands for. Shells report 128 plus the number of a signal that has ended a
// program which they started.
func signalReason(exit int) string {
	sig, by := syscall.Signal(-exit), "its process was killed by"
	if exit > 0 {
		sig, by = syscall.Signal(exit-128), "a program that it started was probably killed by"
		if !slices.Contains(faultSignals[:], sig) {
			return ""
		}
	}
	if sig <= 0 {
		return ""
	}
	name := unix.SignalName(sig)
	if name == "" {
		name = fmt.Sprintf("signal %d", int(sig))
	}
	text := by + " " + name
	if sig == syscall.SIGKILL {
		text += ", which nobody asked guild for: perhaps memory ran out"
	}
	return text
}
