package proc

import (
	"errors"
	"syscall"

	"guild/runs"
)

// RetriedAttr is the attribute that counts how often a scheduler, or a batch of a trial, has started a run again by itself.
const RetriedAttr = "retried"

// EndLeft kills the processes on this system that lost runs have left behind. This is needed when a scheduler has died together with its
// worker: a scheduler of another host recovers the run, but cannot end processes here.
func EndLeft(s *runs.Store) {
	for _, r := range withProcesses(s) {
		endLost(r)
	}
}

// endLost kills the processes of a run if its worker has died on this system. A worker that lives and has only lost its lock, as can happen
// over NFS on a busy host, ends its operation itself if it must.
func endLost(r *runs.Run) {
	if st := r.State(); st.Lost && st.Owner.SameSystem() && !st.Owner.Alive() {
		EndStrays(r)
	}
}

// EndStrays kills the processes that a run has left on this system when its worker has died here: the kernel kills the operation with
// its worker, but not what the operation has started. It does nothing if the run was started again here meanwhile: that start has killed
// them already.
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

// ownedElsewhere reports whether a worker on another system runs the run.
func ownedElsewhere(r *runs.Run) bool {
	st := r.State()
	return st.Status == runs.Running && st.Owner.PID > 0 && !st.Owner.SameSystem()
}

// killStrays kills all processes of a run on this system.
func killStrays(r *runs.Run) {
	for _, s := range strays(r) {
		s.signal(syscall.SIGKILL)
	}
}
