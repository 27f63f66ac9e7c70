package sched

import (
	"fmt"
	"time"

	"guild/proc"
	"guild/runs"
	"guild/sched/engine/slurm"
)

// A scheduler in an allocation, such as a job of Slurm, ends before the allocation does, and takes its runs with it: they wait again.

// reserve is how long before the end of its allocation a scheduler ends: its runs have to stop and their outcomes to be written.
func reserve(left time.Duration) time.Duration { return min(left/10, time.Minute) }

// startClock begins to count the time that the scheduler has. The caller has to call the result.
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

// leaves reports that it is time to end.
func (s *Scheduler) leaves() bool {
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

// tooLong says why a run cannot end in the time that is left. Of a run that does not say how long it takes, the longest so far is
// expected.
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

// takeBack stops the runs under way and stages them again.
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

// takeBackOne stages a run again that was stopped, and no other that has just ended.
func (s *Scheduler) takeBackOne(j *job) {
	if j.Run.Status() != runs.Terminated {
		return
	}
	if s.restage(j.Run) {
		s.log.Info().Msgf("Staged run %s again: the time of this allocation is up", j.Run.ID)
	}
}
