package proc

import (
	"syscall"

	"guild/runs"
)

// EndLost ends what is left on this system of a run whose worker was lost: the kernel ends the operation with its worker, and
// not what the operation has started.
func EndLost(r *runs.Run) {
	st := r.State()
	if st.Status != runs.Error || st.Reason == "" || !st.Owner.SameSystem() {
		return
	}
	l, err := r.TryLock()
	if err != nil {
		return // it is being started again, and its worker sees to it
	}
	defer l.Close()
	killStrays(r)
}

func killStrays(r *runs.Run) {
	for _, s := range strays(r) {
		s.signal(syscall.SIGKILL)
	}
}
