package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"guild/runs"
)

// ErrNotRunning is returned for a run that nobody could stop, for it does not run.
var ErrNotRunning = errors.New("run is not running")

// RequestStop asks a running run to end: by a file, which its owner on any host obeys within a second, and by a signal
// where the owner is on this system. It does not wait.
func RequestStop(r *runs.Run) (runs.Owner, error) {
	state := r.State()
	if state.Status != runs.Running {
		return state.Owner, ErrNotRunning
	}
	if err := r.RequestStop(); err != nil {
		return state.Owner, err
	}
	if state.Owner.Alive() {
		if err := syscall.Kill(state.Owner.PID, syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) &&
			!errors.Is(err, syscall.EPERM) { // another user's worker sees the file
			return state.Owner, fmt.Errorf("signal process %d: %w", state.Owner.PID, err)
		}
	}
	return state.Owner, nil
}

// AwaitEnd returns when the run is no longer running, or with ctx's error.
func AwaitEnd(ctx context.Context, r *runs.Run) error {
	const first, last = 2 * time.Millisecond, 250 * time.Millisecond
	// The end of a process on another host raises no event here, so this asks; locally the first looks are close together.
	for wait := first; r.State().Status == runs.Running; wait = min(wait*3/2, last) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil
}

// Kill ends a run of this system that has not obeyed RequestStop: its worker is told a second time, which makes it kill the
// operation, and AwaitEnd's error is returned if that does not help soon either. On other systems it can only wait.
func Kill(r *runs.Run, o runs.Owner) error {
	if !o.Alive() {
		return fmt.Errorf("run %s is owned by process %d on %s: %w", r.ShortID(), o.PID, o.Host, os.ErrDeadlineExceeded)
	}
	if err := syscall.Kill(o.PID, syscall.SIGTERM); err != nil {
		return fmt.Errorf("signal process %d: %w", o.PID, err)
	}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return AwaitEnd(ctx, r)
}
