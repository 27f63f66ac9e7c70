package dependency

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"guild/proc/required"
	"guild/runs"
)

// awaitPoll is the time between two looks at a run that is waited for, which may run on another host.
const awaitPoll = 250 * time.Millisecond

// await waits until a required run has ended. It returns an error if the run fails meanwhile. If the run had failed before, it only warns,
// since the user has chosen that run.
func (j *Job) await(ctx context.Context, r *runs.Run) error {
	switch s := r.Status(); s {
	case runs.Running:
	case runs.Error, runs.Terminated:
		if text := required.Unfinished(r, s); text != "" {
			j.say("WARNING: " + text)
		}
		return nil
	default:
		return nil
	}
	if j.Store != nil {
		if path := required.PathAfter(j.Store, r.ID, j.Run.ID); path != nil {
			return fmt.Errorf("they would wait for each other: %s; stop one of them", strings.Join(path, " waits for "))
		}
	}
	return j.Await(ctx, r, "which is required")
}

// AwaitEarlier waits for the runs that the run comes after (`guild run --after`). On the first start each of them must complete; a restart
// waits only for those that have not ended.
func (j *Job) AwaitEarlier(ctx context.Context, first bool) error {
	v, err := j.Run.ReadAttr("run_params")
	if err != nil || j.Store == nil {
		return err
	}
	params, _ := v.(map[string]any)
	for _, id := range required.After(params) {
		r, err := j.Store.Get(id)
		if errors.Is(err, runs.ErrNotFound) && !first {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait for run %s, which this one comes after: %w", runs.At(id).ShortID(), err)
		}
		if s := r.Status(); s == runs.Completed || s.Ended() && !first {
			continue
		}
		if err := j.Await(ctx, r, "which comes before"); err != nil {
			return err
		}
	}
	return nil
}

// Await waits until a run has ended, and says so if it has to wait. It returns an error if that run does not complete. why describes what
// the run is to this one.
func (j *Job) Await(ctx context.Context, r *runs.Run, why string) (err error) {
	const again = "run it again with 'guild run --restart %s', or name another run"
	if err := j.Run.SetAttr(required.WaitingAttr, r.ID); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Run.DeleteAttr(required.WaitingAttr)) }()
	j.say(fmt.Sprintf("Waiting for %s %s, %s and has not ended (Ctrl-C ends the waiting)", r.OpSpec(), r.ShortID(), why))
	poll := time.NewTicker(awaitPoll)
	defer poll.Stop()
	for {
		switch s := r.Status(); {
		case s == runs.Completed:
			return nil
		case s.Ended():
			return fmt.Errorf("%s %s, %s, did not complete (%s); "+again, r.OpSpec(), r.ShortID(), why, s, r.ShortID())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		}
	}
}
