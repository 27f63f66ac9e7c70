package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"guild/runs/phase"
	"guild/runs/plainfile"
)

// Status of a run, one word.
type Status string

// The statuses of a run.
const (
	Pending    Status = "pending"    // made, not started
	Staged     Status = "staged"     // waits for a scheduler
	Running    Status = "running"    // owned by a process
	Completed  Status = "completed"  // ended with exit status 0
	Error      Status = "error"      // ended with another one or by a signal that means a fault, or its owner was lost
	Terminated Status = "terminated" // stopped: ended by a signal that asks a process to end
)

// Statuses lists all statuses in the order of a run's life.
var Statuses = [...]Status{Pending, Staged, Running, Completed, Error, Terminated}

// Ended reports a final status.
func (s Status) Ended() bool { return s == Completed || s == Error || s == Terminated }

// Waits reports the status of a run that has not been started yet.
func (s Status) Waits() bool { return s == Staged || s == Pending }

// StatusFor maps an exit status to a status: 0 to Completed, minus a signal that asks a process to end to Terminated, anything else to
// Error. Other signals mean that something went wrong: the kernel sends SIGKILL when memory runs out, and SIGSEGV for a bug.
func StatusFor(exit int) Status {
	switch {
	case exit == 0:
		return Completed
	case exit < 0 && slices.Contains(stopSignals[:], syscall.Signal(-exit)):
		return Terminated
	}
	return Error
}

// statusOf returns the status for a phase; empty if the status file determines it.
func statusOf(p phase.Phase) Status {
	switch p.Kind {
	case phase.Staged:
		return Staged
	case phase.Queued:
		return Pending
	case phase.Running:
		return Running
	case phase.Ended:
		return StatusFor(p.Exit)
	case phase.Lost:
		return Error
	}
	return ""
}

// stopSignals are the signals by which users, terminals and batch systems ask a process to end.
var stopSignals = [...]syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}

// State is what is true of a run now.
type State struct {
	Status Status
	Reason string    // why, where the status does not say it: what failed, or which owner was lost and where
	Lost   bool      // the process that owned the run ended without an outcome
	Owner  Owner     // the owner, now or last; zero where unknown
	Seen   time.Time // last sign of life of the owner, by the file server's clock; zero where unknown
	Err    error     // why the status could not be read: the run can have any
	// Foreign says that Guild AI runs it: the owner is the operation itself, and only a signal reaches it.
	Foreign bool
}

// Status returns the true status of the run: what is recorded, checked against the lock.
func (r *View) Status() Status { return r.state().Status }

// State returns the status with its reason.
func (r *View) State() State {
	s := r.state()
	switch {
	case s.Status == Error && s.Reason == "":
		s.Reason = r.failure()
	case s.Status == Terminated && s.Reason == "", s.Lost:
		s.Reason = cmp.Or(r.endedByEngine(), s.Reason)
	}
	return s
}

// state is State without the reason of a failed run, which is in another file.
func (r *View) state() State {
	p, err := r.phase()
	for err == nil && p.Kind == phase.Running {
		s, running := r.ownedState()
		if s.Owner.Nonce != p.Nonce { // left by an owner before or after
			s.Owner = Owner{}
		}
		if running {
			return s
		}
		var now phase.Phase
		if now, err = r.phase(); err == nil && now == p { // the owner has not ended between the two looks
			return lostState(s)
		}
		p = now
	}
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return unreadable(err)
	case p == phase.None:
		return r.fileState(p)
	}
	if r.stagedAfter(p) {
		return State{Status: Staged, Reason: "it was marked with the file STAGED"}
	}
	if s, ok := r.startedByGuildAI(p); ok {
		return s
	}
	switch p.Kind {
	case phase.Made:
		return r.fileState(p)
	case phase.Lost:
		return lostState(r.ownerState())
	}
	return State{Status: statusOf(p), Reason: p.Loss.Reason()}
}

// unreadable returns the state of a run whose status could not be read.
func unreadable(err error) State { return State{Status: Error, Reason: err.Error(), Err: err} }

// fileState returns the state of a run that has not been started by us: what the status file says, or Guild AI's files.
func (r *View) fileState(p phase.Phase) State {
	recorded, err := r.readStatus()
	switch {
	case err != nil:
		return unreadable(err)
	case recorded == "":
		return r.markerState(p)
	case recorded != Running:
		return State{Status: recorded}
	}
	s, running := r.ownedState()
	if running {
		return s
	}
	// The owner may have ended between the two looks.
	switch recorded, err = r.readStatus(); {
	case err != nil:
		return unreadable(err)
	case recorded != Running:
		return State{Status: recorded, Owner: s.Owner}
	}
	if exit, ok := r.AttrInt("exit_status"); ok {
		return State{Status: StatusFor(exit), Owner: s.Owner}
	}
	return lostState(s)
}

// ownedState returns the state of a run recorded as running; running reports whether it has an owner.
func (r *View) ownedState() (s State, running bool) {
	owned, err := r.Owned()
	s = r.ownerState()
	s.Status = Running
	if err != nil {
		s.Reason = err.Error()
	}
	return s, owned || err != nil
}

// ownerState returns the content of LOCK as a State.
func (r *View) ownerState() State {
	var s State
	s.Owner, _ = r.Owner()
	if st, err := os.Stat(r.lockPath()); err == nil && s.Owner.Host != "" {
		s.Seen = st.ModTime()
	}
	return s
}

func lostState(s State) State {
	s.Status, s.Lost, s.Reason = Error, true, "its process ended without an outcome"
	if o := s.Owner; o.Host != "" {
		s.Reason = fmt.Sprintf("its process (pid %d on %s) ended without an outcome", o.PID, o.Host)
	}
	return s
}

// recordedStatus returns the last recorded status; empty if this program recorded none.
func (r *View) recordedStatus() Status {
	p, err := r.phase()
	if err != nil {
		return ""
	}
	if s := statusOf(p); s != "" {
		return s
	}
	return r.statusFile()
}

// statusFile returns the content of the status file; empty if there is none, it has no valid status or it cannot be read.
func (r *View) statusFile() Status {
	s, _ := r.readStatus()
	return s
}

// readStatus returns the content of the status file; empty if there is none or it has no valid status. An error means that the file can hold
// any status.
func (r *View) readStatus() (Status, error) {
	data, err := r.guildData("status")
	if err == nil {
		return parseStatus(data), nil
	}
	for _, none := range []error{fs.ErrNotExist, plainfile.ErrNotRegular, syscall.EISDIR, syscall.ELOOP} { // it is missing, or no file
		if errors.Is(err, none) {
			return "", nil
		}
	}
	return "", fmt.Errorf("read the status of run %s: %w", r.ShortID(), err)
}

// parseStatus returns an empty status for an invalid one.
func parseStatus(data []byte) Status {
	if s := Status(trimmed(data)); slices.Contains(Statuses[:], s) {
		return s
	}
	return ""
}
