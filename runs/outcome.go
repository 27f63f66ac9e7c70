package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Begin records that the owner starts the run: what an earlier start left is cleared, then the status is Running.
func (l *Lock) Begin(o Owner) error {
	if err := l.SetOwner(o); err != nil {
		return err
	}
	if err := l.clear(); err != nil {
		return err
	}
	return l.run.setStatus(Running)
}

// stagedAgain clears what an earlier start left, and the status is Staged.
func (l *Lock) stagedAgain() error {
	if err := l.clear(); err != nil {
		return err
	}
	return l.run.setStatus(Staged)
}

// clear removes an outcome. It must be gone before the status says running: see State.
func (l *Lock) clear() error {
	r := l.run
	for _, path := range []string{r.attrPath("exit_status"), r.attrPath("stopped"), r.stopPath(),
		r.GuildPath("STAGED"), r.GuildPath("PENDING")} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("start run %s: %w", r.ShortID(), err)
		}
	}
	return r.SetAttr("started", Micros(time.Now()))
}

// Finish records how the run ended: exit is the exit status, or minus the signal that ended it. An owner that lost its lock
// writes nothing and gets ErrBusy.
func (l *Lock) Finish(exit int) error {
	r := l.run
	if err := l.Verify(); err != nil {
		return err
	}
	if err := r.SetAttr("stopped", Micros(time.Now())); err != nil {
		return err
	}
	if err := r.SetAttr("exit_status", exit); err != nil {
		return err
	}
	return r.setStatus(StatusFor(exit))
}
