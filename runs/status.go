package runs

import (
	"fmt"
	"os"
)

// Status of a run, one word.
type Status string

// The statuses of a run.
const (
	Pending    Status = "pending"    // made, not started
	Staged     Status = "staged"     // waits for a scheduler
	Running    Status = "running"    // owned by a process
	Completed  Status = "completed"  // ended with exit status 0
	Error      Status = "error"      // ended with another one, or its owner was lost
	Terminated Status = "terminated" // ended by a signal or a stop
)

// Statuses lists all statuses in the order of a run's life.
var Statuses = [...]Status{Pending, Staged, Running, Completed, Error, Terminated}

// Ended reports a final status.
func (s Status) Ended() bool { return s == Completed || s == Error || s == Terminated }

// StatusFor maps an exit status to a status: 0 completed, negative (minus the signal) terminated, positive error.
func StatusFor(exit int) Status {
	switch {
	case exit == 0:
		return Completed
	case exit < 0:
		return Terminated
	}
	return Error
}

// State is what is true of a run now.
type State struct {
	Status Status
	Reason string // why, where the status does not say it: who was lost and where
	Owner  Owner  // the owner, now or last; zero where unknown
}

// Status is the true status of the run: what the status file says, held against the lock.
func (r *Run) Status() Status { return r.State().Status }

// State is Status with its reason.
func (r *Run) State() State {
	said := r.recordedStatus()
	switch said {
	case "":
		return r.foreignState()
	case Running:
	default:
		return State{Status: said}
	}
	owned, err := r.Owned()
	owner, _ := r.Owner()
	if err != nil {
		return State{Status: Running, Reason: err.Error(), Owner: owner}
	}
	if owned {
		return State{Status: Running, Owner: owner}
	}
	// The owner may have ended between the two looks.
	if said = r.recordedStatus(); said != Running {
		return State{Status: said, Owner: owner}
	}
	if exit, ok := r.AttrInt("exit_status"); ok { // it was killed between the outcome and the status
		return State{Status: StatusFor(exit), Owner: owner}
	}
	return State{Status: Error, Reason: lostReason(owner), Owner: owner}
}

func lostReason(o Owner) string {
	if o.Host == "" {
		return "its process ended without an outcome"
	}
	return fmt.Sprintf("its process (pid %d on %s) ended without an outcome", o.PID, o.Host)
}

// recordedStatus is what the status file says, empty where there is none or it holds no status.
func (r *Run) recordedStatus() Status {
	data, err := readFile(r.GuildPath("status"))
	if err != nil {
		return ""
	}
	s := Status(trimmed(data))
	for _, known := range Statuses {
		if s == known {
			return s
		}
	}
	return ""
}

func (r *Run) setStatus(s Status) error {
	if err := replaceFile(r.GuildPath("status"), []byte(s+"\n")); err != nil {
		return fmt.Errorf("write the status of run %s: %w", r.ShortID(), err)
	}
	return nil
}

// foreignState derives the status of a run that Guild AI wrote, which has marker files and no status file.
func (r *Run) foreignState() State {
	has := func(name string) bool {
		_, err := os.Stat(r.GuildPath(name))
		return err == nil
	}
	switch {
	case has("LOCK.remote"):
		return State{Status: Running, Reason: "it runs on a remote"}
	case has("PENDING"):
		return State{Status: Pending}
	case has("STAGED"):
		return State{Status: Staged}
	}
	if exit, ok := r.AttrInt("exit_status"); ok {
		return State{Status: StatusFor(exit)}
	}
	// Its LOCK holds a pid and no more. On this host it is the best that there is; of another host it says nothing.
	if pid, ok := r.foreignPID(); ok {
		if host, _ := r.AttrString("host"); host == Hostname() {
			if _, err := processStart(pid); err == nil {
				return State{Status: Running, Owner: Owner{Host: host, PID: pid}}
			}
		}
	}
	return State{Status: Error, Reason: "it has no outcome"}
}

func (r *Run) foreignPID() (int, bool) {
	return readInt(r.lockPath())
}
