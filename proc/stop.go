package proc

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"guild/runs"
)

// ErrNotRunning is the error of a request to stop a run that is not running.
var ErrNotRunning = errors.New("run is not running")

// RequestStop asks a run to end, with force by SIGKILL, and returns its owner. It writes a file that the worker sees within a second on any
// host, and at once on this one. A run that is staged or waits in an engine ends immediately. RequestStop does not wait for the end of a
// running run. It waits up to 30 s for a scheduler that has claimed the run to start it, and up to 2 s for the processes of a run of
// Guild AI. The error is ErrNotRunning if the run is not running.
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
		state = r.State() // the engine may have started it meanwhile
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
		// A worker of another user cannot be signalled, but sees the file.
		if err := syscall.Kill(state.Owner.PID, nudge); err != nil && !errors.Is(err, syscall.ESRCH) && !errors.Is(err, syscall.EPERM) {
			return state.Owner, fmt.Errorf("signal process %d: %w", state.Owner.PID, err)
		}
	}
	return state.Owner, nil
}

// endStaged ends a staged run. It reports false if the run is not staged, or not any more. If a scheduler has claimed the run and not
// started it yet, endStaged waits for the start, which would remove a request to stop.
func endStaged(r *runs.Run) (bool, error) {
	const patience, first, last = 30 * time.Second, 2 * time.Millisecond, 100 * time.Millisecond
	deadline := time.Now().Add(patience)
	for wait := first; r.Status() == runs.Staged; wait = min(2*wait, last) {
		err := r.EndStaged(-int(syscall.SIGTERM))
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, runs.ErrNotStaged): // read the status again
		case !errors.Is(err, runs.ErrBusy):
			return false, err
		case time.Now().After(deadline):
			return false, fmt.Errorf("%w: somebody has claimed it and does not start it; try again", err)
		}
		time.Sleep(wait)
	}
	return false, nil
}

// stopForeign ends a run of Guild AI in the way of Guild AI: by signals to its operation, whose pid is in LOCK, and the processes below it.
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

// AwaitEnd returns nil when the run is no longer running, or the error of ctx. It polls, four times a second at least.
func AwaitEnd(ctx context.Context, r *runs.Run) error {
	const first, last = 2 * time.Millisecond, 250 * time.Millisecond
	// The end of a process on another host raises no event here. The first intervals are short, since a local run ends quickly.
	for wait := first; mayRun(r.State()); wait = min(wait*3/2, last) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil
}

// mayRun reports whether a run is running or its status cannot be read.
func mayRun(s runs.State) bool { return s.Status == runs.Running || s.Err != nil }
