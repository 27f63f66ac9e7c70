package runs

import (
	"errors"
	"time"
)

// lookTries is how often, a millisecond apart, a lock is tried that somebody may merely look at.
const lookTries = 20

// whileLookedAt calls try, and again while it fails with ErrBusy and the reason may be that somebody merely looks at the lock (see
// Owned): a look lasts microseconds.
func whileLookedAt(try func() error) error {
	for i := 0; ; i++ {
		err := try()
		if !errors.Is(err, ErrBusy) || i == lookTries {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// LockWait is TryLock, but waits while somebody merely looks at the lock.
func (r *Run) LockWait() (l *Lock, err error) {
	err = whileLookedAt(func() error {
		l, err = r.TryLock()
		return err
	})
	return l, err
}

// verifyWait is Verify for an owner that may have lost its lock to nobody: it waits while somebody merely looks at the lock.
func (l *Lock) verifyWait() error { return whileLookedAt(l.Verify) }
