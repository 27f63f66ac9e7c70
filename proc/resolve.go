package proc

import (
	"context"
	"errors"
	"sync"
	"time"

	"guild/opdef"
	"guild/proc/dependency"
	"guild/proc/recipe"
	"guild/runs"
)

// errStopped is the error of a preparation that was asked to stop.
var errStopped = errors.New("stopped")

// resolve puts the files that the run requires into its directory and records them. If frozen is true, what was resolved earlier was
// resolved for this start. The error is errStopped if the run was asked to stop.
func (w *Worker) resolve(ctx context.Context, rec *recipe.Recipe, vals opdef.Values, frozen bool) error {
	if len(rec.Requires) == 0 {
		return nil
	}
	job := &dependency.Job{Run: w.Lock.Run(), Recipe: rec, Values: vals, Store: w.Store, Say: w.say, Debug: w.Debug}
	ctx, end := w.untilStopped(ctx)
	err := job.AtStart(ctx, frozen)
	if end() {
		err = errors.Join(errStopped, err)
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
// nobody else checks for that. The caller must call end, which waits for the check to end and reports whether the context was cancelled.
func (w *Worker) untilStopped(ctx context.Context) (_ context.Context, end func() (stopped bool)) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	stopped := false
	var wg sync.WaitGroup
	wg.Go(func() {
		poll := time.NewTicker(stopPoll)
		defer poll.Stop()
		heart := time.NewTicker(heartbeat)
		defer heart.Stop()
		for !stopped {
			select {
			case <-over:
				return
			case sig := <-w.Signals:
				_, asked := w.Lock.Run().StopRequested()
				stopped = AsksToEnd(sig) || asked
			case <-poll.C:
				_, stopped = w.Lock.Run().StopRequested()
			case <-heart.C:
				stopped = errors.Is(w.Lock.Touch(), runs.ErrBusy)
			}
		}
		cancel()
	})
	return ctx, func() bool {
		close(over)
		wg.Wait()
		cancel()
		return stopped
	}
}
