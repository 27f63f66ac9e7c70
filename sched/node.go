package sched

import (
	"fmt"
	"time"

	"guild/proc"
	"guild/runs"
	"guild/sched/engine/slurm"
)

// A scheduler in an allocation, such as a Slurm job, ends before the allocation does. It stops its runs and stages them again.

// reserve returns how long before the end of its allocation a scheduler ends, so that its runs can stop and write their outcomes.
func reserve(left time.Duration) time.Duration { return min(left/10, time.Minute) }

// startClock starts the timer for the scheduler's deadline. The caller has to call stop.
func (s *Scheduler) startClock() (stop func()) {
	s.worked = time.Now()
	if s.opts.Deadline.IsZero() {
		return func() {}
	}
	left := time.Until(s.opts.Deadline)
	s.opts.Deadline = s.opts.Deadline.Add(-reserve(left))
	timer := time.NewTimer(time.Until(s.opts.Deadline))
	s.timeUp = timer.C
	return func() { timer.Stop() }
}

// shouldEnd reports whether it is time for the scheduler to end.
func (s *Scheduler) shouldEnd() bool {
	if len(s.jobs) > 0 {
		s.worked = time.Now()
	}
	switch {
	case !s.opts.Deadline.IsZero() && !time.Now().Before(s.opts.Deadline):
		s.log.Info().Msg("The time of this allocation is nearly up")
		return true
	case s.opts.Idle > 0 && time.Since(s.worked) >= s.opts.Idle:
		s.log.Info().Msgf("No run was started for %s", s.opts.Idle)
		return true
	}
	return false
}

// tooLong returns the reason why a run cannot end in the time that is left; empty if it can. A run that does not say how long it takes is
// expected to take as long as the longest run so far.
func (s *Scheduler) tooLong(n *needs) string {
	if s.opts.Deadline.IsZero() {
		return ""
	}
	left := time.Until(s.opts.Deadline)
	need, said := slurm.ParseTime(n.raw["time"])
	switch {
	case said && need > left:
		return fmt.Sprintf("needs time=%s and there is less left here", n.raw["time"])
	case !said && s.longest > left:
		return "runs here took longer than what is left"
	}
	return ""
}

// takeBack stops the runs under way, waits for their ends, and stages them again.
func (s *Scheduler) takeBack() {
	for _, j := range s.jobs {
		if _, err := proc.RequestStop(j.Run, false); err != nil {
			s.log.Debug().Msgf("Stopping run %s: %v", j.Run.ID, err)
		}
	}
	patience := time.After(proc.EnvGrace() + time.Second)
	for len(s.jobs) > 0 {
		select {
		case e := <-s.engine.Events():
			if j := s.jobs[e.Token]; j != nil {
				delete(s.jobs, e.Token)
				s.takeBackOne(j)
			}
		case <-patience:
			return
		}
	}
}

// takeBackOne stages a run again if it was terminated; a run that has just ended otherwise stays as it is.
func (s *Scheduler) takeBackOne(j *job) {
	if j.Run.Status() != runs.Terminated {
		return
	}
	if s.restage(j.Run) {
		s.log.Info().Msgf("Staged run %s again: the time of this allocation is up", j.Run.ID)
	}
}
