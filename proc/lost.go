package proc

import (
	"errors"
	"syscall"

	"guild/runs"
)

// EndLeft is endLost for all runs that processes of this system say they belong to: where the scheduler has died with the worker,
// and one of another host has taken care of the run, nobody else would end them.
func EndLeft(s *runs.Store) {
	for _, r := range withProcesses(s) {
		endLost(r)
	}
}

// endLost is EndStrays for a run whose worker was lost on this system. To find out that it was not costs little. A worker that
// lives and has merely lost its lock, as over NFS it can on a busy host, ends its operation itself where it must.
func endLost(r *runs.Run) {
	if st := r.State(); st.Lost && st.Owner.SameSystem() && !st.Owner.Alive() {
		EndStrays(r)
	}
}

// EndStrays ends what is left on this system of a run whose worker has died here: the kernel ends the operation with its worker,
// and not what the operation has started. Whatever has become of the run since, nobody here may be at work on it but who has
// started it again here, and sees to this itself.
func EndStrays(r *runs.Run) {
	l, err := r.LockWait()
	if err == nil {
		killStrays(r)
		_ = l.Close()
		return
	}
	if errors.Is(err, runs.ErrNotFound) || ownedElsewhere(r) {
		killStrays(r)
	}
}

func ownedElsewhere(r *runs.Run) bool {
	st := r.State()
	return st.Status == runs.Running && st.Owner.PID > 0 && !st.Owner.SameSystem()
}

func killStrays(r *runs.Run) {
	for _, s := range strays(r) {
		s.signal(syscall.SIGKILL)
	}
}
