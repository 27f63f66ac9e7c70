package proc

import (
	"syscall"
	"time"

	"guild/runs"
)

// EndLost ends what is left on this system of a run whose worker was lost: the kernel ends the operation with its worker, and
// not what the operation has started.
func EndLost(r *runs.Run) {
	const tries = 20 // the lock can be taken because somebody merely looks at it
	for range tries {
		st := r.State()
		if st.Status != runs.Error || st.Reason == "" || !st.Owner.SameSystem() {
			return
		}
		if l, err := r.TryLock(); err == nil {
			killStrays(r)
			_ = l.Close()
			return
		}
		time.Sleep(time.Millisecond) // if it is being started again, its worker sees to it
	}
}

func killStrays(r *runs.Run) {
	for _, s := range strays(r) {
		s.signal(syscall.SIGKILL)
	}
}
