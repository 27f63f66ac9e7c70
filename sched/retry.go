package sched

import (
	"guild/proc"
	"guild/runs"
)

// startAgain stages a run again that was lost, or that failed if RetryFailed is set, and reports whether it did. A run that somebody
// stopped stays stopped.
func (s *Scheduler) startAgain(j *job, st runs.State) bool {
	outside := st.Lost || j.cause != ""
	if stopped(j.Run) || !outside && (!s.opts.RetryFailed || st.Status != runs.Error) {
		return false
	}
	most := s.opts.Retries
	if n, err := readNeeds(j.Run, &s.opts); err == nil && n.retries != nil {
		most = *n.retries
	}
	done, _ := j.Run.AttrInt(proc.RetriedAttr)
	if done >= most {
		return false
	}
	if err := j.Run.SetAttr(proc.RetriedAttr, done+1); err != nil || !s.restage(j.Run) {
		return false
	}
	s.log.Warn().Msgf("Run %s is staged again (retry %d of %d)", j.Run.ID, done+1, most)
	return true
}
