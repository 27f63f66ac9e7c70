package sched

import (
	"guild/proc"
	"guild/runs"
)

// end counts a run that is no longer under way here.
func (s *Scheduler) end(j *job, end proc.End) {
	r := j.Run
	st := r.State()
	switch st.Status {
	case runs.Completed:
		s.done++
		s.log.Debug().Msgf("Run %s completed", r.ID)
		return
	case runs.Staged: // its worker died before it began, or could not begin
		s.log.Warn().Msgf("Run %s stays staged: its worker did not start it%s", r.ID, because(end.Err))
		s.started--
		s.failedToStart(r.ID)
		s.recover()
		return
	case runs.Running: // restarted by somebody else meanwhile
		return
	}
	s.failed++
	exit, _ := r.AttrInt("exit_status")
	switch {
	case j.cause != "":
		s.log.Warn().Msgf("Run %s was ended by %s: %s", r.ID, s.opts.Kind.engineName(), j.cause)
	case st.Reason != "":
		s.log.Warn().Msgf("Run %s failed: %s", r.ID, st.Reason)
		s.recover() // its claim has no owner any more
	case st.Status == runs.Terminated:
		s.log.Info().Msgf("Run %s was terminated (exit status %d)", r.ID, exit)
	default:
		s.log.Warn().Msgf("Run %s failed (exit status %d)%s", r.ID, exit, because(end.Err))
	}
}

// because joins a reason to a sentence, where there is one.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
