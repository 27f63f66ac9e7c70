package proc

import (
	"errors"
	"slices"
	"syscall"

	"guild/runs"
	"guild/runs/process"
)

// RetriedAttr is the attribute that counts how often a scheduler, or the batch of a trial, has restarted a run automatically.
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
// them already. If the run was started again in a container of this host, whose processes can be seen here, those are left alone.
func EndStrays(r *runs.Run) {
	l, err := r.LockWait()
	if err == nil {
		killStrays(r)
		_ = l.Close()
		return
	}
	if errors.Is(err, runs.ErrNotFound) {
		killStrays(r)
		return
	}
	if st := r.State(); st.Status == runs.Running && st.Owner.PID > 0 && !st.Owner.SameSystem() {
		for _, s := range straysBut(r, st.Owner.Identity) {
			s.signal(syscall.SIGKILL)
		}
	}
}

// killStrays kills all processes of a run on this system. The caller owns the run, or nobody does.
func killStrays(r *runs.Run) {
	for _, s := range strays(r) {
		s.signal(syscall.SIGKILL)
	}
}

// straysBut returns the processes of a run that its owner has not started.
func straysBut(r *runs.Run, owner process.Identity) []stray {
	return slices.DeleteFunc(strays(r), func(s stray) bool { return s.under(owner) })
}
