package proc

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"guild/runs"
)

// ErrNotRunning is returned for a run that nobody could stop, for it does not run.
var ErrNotRunning = errors.New("run is not running")

// RequestStop asks a running run to end, by a file that its owner obeys within a second on any host, and at once on this
// one. A run that is staged or waits in an engine ends at once. It does not wait, but for somebody who has claimed the run to start it,
// and for what a run of Guild AI has started to end with it. With force the operation is killed.
func RequestStop(r *runs.Run, force bool) (runs.Owner, error) {
	if ended, err := endStaged(r); ended || err != nil {
		return runs.Owner{}, err
	}
	state := r.State()
	if state.Err != nil {
		return state.Owner, state.Err
	}
	if state.Status == runs.Pending {
		if ended, err := r.EndQueued(-int(syscall.SIGTERM)); ended || err != nil {
			return state.Owner, err
		}
		state = r.State() // it may have begun meanwhile
	}
	if state.Status != runs.Running {
		return state.Owner, ErrNotRunning
	}
	if state.Foreign {
		return state.Owner, stopForeign(r, state.Owner.PID, force)
	}
	if err := r.RequestStop(force); err != nil {
		return state.Owner, err
	}
	if state.Owner.Alive() {
		// Another user's worker cannot be signalled; it sees the file.
		if err := syscall.Kill(state.Owner.PID, nudge); err != nil && !errors.Is(err, syscall.ESRCH) && !errors.Is(err, syscall.EPERM) {
			return state.Owner, fmt.Errorf("signal process %d: %w", state.Owner.PID, err)
		}
	}
	return state.Owner, nil
}

// endStaged ends a run that is staged. It reports false where the run is not, or not any more. While somebody has claimed the run and
// has not begun it, a request to stop would be cleared by the start, so it waits for that.
func endStaged(r *runs.Run) (bool, error) {
	const patience, first, last = 30 * time.Second, 2 * time.Millisecond, 100 * time.Millisecond
	deadline := time.Now().Add(patience)
	for wait := first; r.Status() == runs.Staged; wait = min(2*wait, last) {
		err := r.EndStaged(-int(syscall.SIGTERM))
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, runs.ErrNotStaged): // the next look tells what it is
		case !errors.Is(err, runs.ErrBusy):
			return false, err
		case time.Now().After(deadline):
			return false, fmt.Errorf("%w: somebody has claimed it and does not start it; try again", err)
		}
		time.Sleep(wait)
	}
	return false, nil
}

// stopForeign ends a run of Guild AI as Guild AI does: by signals to its operation, which LOCK names, and to what that started.
func stopForeign(r *runs.Run, pid int, force bool) error {
	if pid == 0 {
		return fmt.Errorf("run %s is on a remote of Guild AI: only Guild AI can stop it", r.ShortID())
	}
	sig := syscall.SIGTERM
	if force {
		sig = syscall.SIGKILL
	}
	return signalTree(r, pid, sig)
}

// AwaitEnd returns when the run is no longer running, or with ctx's error.
func AwaitEnd(ctx context.Context, r *runs.Run) error {
	const first, last = 2 * time.Millisecond, 250 * time.Millisecond
	// The end of a process on another host raises no event here, so this asks; locally the first looks are close together.
	for wait := first; mayRun(r.State()); wait = min(wait*3/2, last) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil
}

func mayRun(s runs.State) bool { return s.Status == runs.Running || s.Err != nil }
