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
	r := l.run
	if err := l.SetOwner(o); err != nil {
		return err
	}
	// An old outcome must be gone before the status says running: see State.
	for _, path := range []string{r.attrPath("exit_status"), r.attrPath("stopped"), r.GuildPath("stop"),
		r.GuildPath("STAGED"), r.GuildPath("PENDING")} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("start run %s: %w", r.ShortID(), err)
		}
	}
	if err := r.SetAttr("started", Micros(time.Now())); err != nil {
		return err
	}
	return r.setStatus(Running)
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

// SetStatus records a status other than those of Begin and Finish: back to Staged or Pending.
func (l *Lock) SetStatus(s Status) error { return l.run.setStatus(s) }
