package sched

import (
	"context"
	"slices"
	"time"

	"guild/proc"
	"guild/runs"
)

// OnStop is what a scheduler that is told to stop does with the runs of its workers.
type OnStop string

// The values of the flag on-stop.
const (
	Leave   OnStop = "leave"   // they go on
	Restage OnStop = "restage" // they are ended and wait for another scheduler
	End     OnStop = "stop"    // they are ended
)

// How long runs get to end when their scheduler stops: less than the 30 seconds after which Slurm and others kill all that is left.
const (
	endPatience  = 20 * time.Second
	killPatience = 5 * time.Second
)

// recently is how long before the stop of a scheduler what ended runs from outside can have been the same.
const recently = 5 * time.Second

// cut is a run that a signal ended though nobody had asked for its stop.
type cut struct {
	run *runs.Run
	at  time.Time
}

// endUnderWay does with the runs under way what on-stop says. Afterwards s.jobs has those that go on.
func (s *Scheduler) endUnderWay(ctx context.Context) {
	if s.traits.Queues || s.opts.OnStop == Leave || s.opts.OnStop == "" || ctx.Err() == nil {
		return
	}
	var ended []*runs.Run
	for _, c := range s.cut {
		if time.Since(c.at) < recently { // by what stops this scheduler
			ended = append(ended, c.run)
		}
	}
	ctx = context.WithoutCancel(ctx)
	for _, force := range []bool{false, true} {
		for _, j := range s.jobs {
			if _, err := proc.RequestStop(j.Run, force); err != nil {
				s.log.Debug().Msg(sentence(err)) // it has ended, or goes on and is named then
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

// awaitEnds handles the ends of runs until there is none under way.
func (s *Scheduler) awaitEnds(ctx context.Context, patience time.Duration) {
	late := time.After(patience)
	for len(s.jobs) > 0 {
		select {
		case e := <-s.engine.Events():
			_ = s.handle(ctx, e) // no end of a run ends the scheduler
		case <-late:
			return
		}
	}
}

// restageAll stages again what did not come to its end.
func (s *Scheduler) restageAll(ended []*runs.Run) {
	var again []string
	for _, r := range ended {
		st := r.State()
		if st.Status != runs.Terminated && !st.Lost {
			continue // completed, failed, or going on
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

// restage makes a run that has ended wait for a scheduler.
func (s *Scheduler) restage(r *runs.Run) bool {
	err := s.store.StageAgain(r)
	if err != nil {
		s.log.Error().Msgf("Run %s cannot be staged again: %s", r.ShortID(), err)
	}
	return err == nil
}
