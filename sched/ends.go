package sched

import (
	"cmp"
	"errors"
	"time"

	"guild/proc/pool"
	"guild/runs"
)

// end records the end of a run that this scheduler started.
func (s *Scheduler) end(j *job, end pool.End) {
	r := j.Run
	s.longest = max(s.longest, time.Since(j.since))
	st := r.State()
	s.fairness.ended(time.Since(j.since))
	s.recent.add(j, time.Now())
	if _, err := s.store.Get(r.ID); errors.Is(err, runs.ErrNotFound) && end == (pool.End{}) { // e.g. a run that is deleted on success
		s.outcomes[runs.Completed]++
		s.done++
		s.log.Debug().Msgf("Run %s ended and was deleted", r.ID)
		return
	}
	switch st.Status {
	case runs.Completed:
		s.outcomes[runs.Completed]++
		s.done++
		if st.Reason != "" {
			s.log.Warn().Msgf("Run %s completed, but %s", r.ID, st.Reason)
			return
		}
		if s.opts.Kind == Queue {
			s.log.Debug().Msgf("Run %s completed", r.ID) // the log of a queue shows only the runs that it starts
		} else {
			s.log.Info().Msgf("Run %s completed", r.ID)
		}
		return
	case runs.Staged: // its worker died or failed before the run began
		s.started--
		s.staysStaged(r.ID, "its worker did not start it"+because(end.Err))
		s.recover()
		return
	case runs.Running: // somebody else has restarted it meanwhile
		return
	}
	if st.Err != nil {
		s.log.Error().Msgf("How run %s ended cannot be read: %v", r.ID, st.Err)
		s.recover()
		return
	}
	s.outcomes[st.Status]++
	s.failed++
	exit, _ := r.AttrInt("exit_status")
	_, ended := r.Outcome()
	switch {
	case j.cause != "":
		s.log.Warn().Msgf("Run %s was ended by %s: %s", r.ID, s.opts.Kind.engineName(), j.cause)
	case st.Lost || st.Reason != "" && !ended:
		s.log.Warn().Msgf("Run %s failed: %s", r.ID, st.Reason)
		s.recover() // nobody owns its claim any more
	case st.Status == runs.Terminated:
		if !stopped(r) {
			s.signalled = append(s.signalled, signalledRun{r, time.Now()})
		}
		s.log.Info().Msgf("Run %s was terminated (exit status %d)", r.ID, exit)
	default:
		s.log.Warn().Msgf("Run %s failed (exit status %d)%s", r.ID, exit, because(cmp.Or(end.Err, st.Reason)))
	}
	if s.startAgain(j, st) {
		s.outcomes[st.Status]--
		s.failed--
		s.started--
	}
}

// because returns a reason in the form in which it is appended to a sentence; empty if there is none.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
