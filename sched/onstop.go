package sched

import (
	"context"
	"slices"
	"time"

	"guild/proc"
	"guild/runs"
)

// OnStop says what a scheduler does with the runs of its workers when it is told to stop.
type OnStop string

// The values of the flag on-stop.
const (
	Leave   OnStop = "leave"   // the runs go on
	Restage OnStop = "restage" // the runs are ended, and staged again for another scheduler
	End     OnStop = "stop"    // the runs are ended
)

// How long runs may take to end when their scheduler stops: less than the 30 seconds after which Slurm and others kill what is left.
const (
	endPatience  = 20 * time.Second
	killPatience = 5 * time.Second
)

// sameCauseWithin is the time before a scheduler's stop in which a run ended by a signal was probably ended by the same cause as the
// scheduler.
const sameCauseWithin = 5 * time.Second

// signalledRun is a run that a signal ended though nobody requested its stop.
type signalledRun struct {
	run *runs.Run
	at  time.Time
}

// endUnderWay handles the runs under way as on-stop says. Afterwards s.jobs has the runs that go on.
func (s *Scheduler) endUnderWay(ctx context.Context) {
	if s.traits.Queues || s.opts.OnStop == Leave || s.opts.OnStop == "" || ctx.Err() == nil {
		return
	}
	var ended []*runs.Run
	for _, c := range s.signalled {
		if time.Since(c.at) < sameCauseWithin { // probably by whatever stops this scheduler
			ended = append(ended, c.run)
		}
	}
	ctx = context.WithoutCancel(ctx)
	for _, force := range []bool{false, true} {
		for _, j := range s.jobs {
			if _, err := proc.RequestStop(j.Run, force); err != nil {
				s.log.Debug().Msg(sentence(err)) // it has ended; or it goes on, and close logs it
			}
			if !slices.Contains(ended, j.Run) {
				ended = append(ended, j.Run)
			}
		}
		patience := endPatience
		if force {
			patience = killPatience
		}
		s.awaitEnds(ctx, patience)
	}
	if s.opts.OnStop == Restage {
		s.restageAll(ended)
	}
}

// awaitEnds handles events until no run is under way or the time is up.
func (s *Scheduler) awaitEnds(ctx context.Context, patience time.Duration) {
	late := time.After(patience)
	for len(s.jobs) > 0 {
		select {
		case e := <-s.engine.Events():
			_ = s.handle(ctx, e) // an error cannot end the scheduler, which is stopping
		case <-late:
			return
		}
	}
}

// restageAll stages the runs again that were terminated or lost.
func (s *Scheduler) restageAll(ended []*runs.Run) {
	var again []string
	for _, r := range ended {
		st := r.State()
		if st.Status != runs.Terminated && !st.Lost {
			continue // completed, failed, or still running
		}
		if s.restage(r) {
			again = append(again, r.ShortID())
		}
	}
	if len(again) > 0 {
		slices.Sort(again)
		s.log.Info().Msgf("Staged again what was under way: %s", joinIDs(again))
	}
}

// restage stages a run again that has ended, and reports whether it could.
func (s *Scheduler) restage(r *runs.Run) bool {
	err := s.store.StageAgain(r)
	if err != nil {
		s.log.Error().Msgf("Run %s cannot be staged again: %s", r.ShortID(), err)
	}
	return err == nil
}
