package runs

import (
	"errors"
	"time"
)

// lookTries is how often whileLookedAt tries, a millisecond apart.
const lookTries = 20

// whileLookedAt calls try until it fails with another error than ErrBusy, at most lookTries times. A process that checks
// with Owned whether a run is owned holds its lock for microseconds, without being its owner.
func whileLookedAt(try func() error) error {
	for i := 0; ; i++ {
		err := try()
		if !errors.Is(err, ErrBusy) || i == lookTries {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// LockWait is TryLock, but waits while another process only looks at the lock.
func (r *Run) LockWait() (l *Lock, err error) {
	err = whileLookedAt(func() error {
		l, err = r.TryLock()
		return err
	})
	return l, err
}

// verifyWait is Verify, but waits while another process only looks at the lock.
func (l *Lock) verifyWait() error { return whileLookedAt(l.Verify) }
