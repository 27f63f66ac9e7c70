package proc

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"guild/opdef"
	"guild/proc/dependency"
	"guild/proc/recipe"
	"guild/runs"
)

// stoppedError is the error of a preparation that was asked to stop, by a signal or as if by SIGTERM.
type stoppedError struct{ signal syscall.Signal }

func (e *stoppedError) Error() string { return "stopped" }

// earlier describes what was done before this start of the run.
type earlier struct {
	frozen bool      // files that are already resolved were resolved for this start
	staged time.Time // when the run was staged; zero if it does not start as a staged run
}

// before returns what was done before this start of the run, which has not begun. again says that the run was started before.
func (w *Worker) before(again bool) earlier {
	r := w.Lock.Run()
	var e earlier
	if w.Claim != "" || r.Status() == runs.Staged {
		e.staged = r.Started()
	}
	e.frozen = !again || !e.staged.IsZero()
	return e
}

// resolve waits for the runs that the run comes after, puts required files into its directory and records them. The error is a
// stoppedError if somebody requested the stop of the run.
func (w *Worker) resolve(ctx context.Context, rec *recipe.Recipe, vals opdef.Values, was earlier) error {
	job := &dependency.Job{Run: w.Lock.Run(), Recipe: rec, Values: vals, Store: w.Store, Staged: was.staged, Say: w.say, Debug: w.Debug}
	ctx, end := w.untilStopped(ctx)
	var err error
	if was.staged.IsZero() { // otherwise a scheduler has waited
		err = job.AwaitEarlier(ctx, was.frozen)
	}
	if err == nil {
		err = job.AtStart(ctx, was.frozen)
	}
	if signal := end(); signal != 0 {
		err = errors.Join(&stoppedError{signal}, err)
	}
	return err
}

// say reports what the worker does, for users.
func (w *Worker) say(line string) {
	if w.Say != nil {
		w.Say(line)
	}
}

// untilStopped returns a context that is cancelled when the run is asked to stop or taken over by another owner; while no operation runs,
// nobody else checks for that. The caller must call end, which waits for the check to end and returns the signal that asked for the stop:
// SIGTERM if it was no signal, 0 if the context was not cancelled.
func (w *Worker) untilStopped(ctx context.Context) (_ context.Context, end func() syscall.Signal) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	var stopped syscall.Signal
	requested := func() syscall.Signal {
		if _, asked := w.Lock.Run().StopRequested(); asked {
			return syscall.SIGTERM
		}
		return 0
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		poll := time.NewTicker(stopPoll)
		defer poll.Stop()
		heart := time.NewTicker(heartbeat)
		defer heart.Stop()
		for stopped == 0 {
			select {
			case <-over:
				return
			case sig := <-w.Signals:
				if stopped = requested(); AsksToEnd(sig) {
					stopped = sig.(syscall.Signal)
				}
			case <-poll.C:
				stopped = requested()
			case <-heart.C:
				if errors.Is(w.Lock.Touch(), runs.ErrBusy) {
					stopped = syscall.SIGTERM
				}
			}
		}
		cancel()
	})
	return ctx, func() syscall.Signal {
		close(over)
		wg.Wait()
		cancel()
		return stopped
	}
}
