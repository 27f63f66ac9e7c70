package sched

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"guild/runs"
)

// undecided is how long a run that comes after one which failed still waits where a scheduler may start that one again.
const undecided = 5 * time.Second

// comesAfter says for which run another one waits that is to start after it. failed tells that this one did not complete, so that the
// other one fails too.
func (s *Scheduler) comesAfter(e *entry) (why string, failed bool) {
	for _, id := range e.needs.after {
		short := runs.At(id).ShortID()
		r, err := s.store.Get(id)
		if errors.Is(err, runs.ErrNotFound) {
			return fmt.Sprintf("run %s, which it comes after, was deleted", short), true
		}
		if err != nil {
			return fmt.Sprintf("waiting for run %s, which cannot be read: %v", short, err), false
		}
		switch st := r.State(); {
		case st.Status == runs.Completed:
		case st.Status == runs.Running, st.Status.Waits():
			e.failedSince = time.Time{}
			why = cmp.Or(why, fmt.Sprintf("waiting for run %s to complete", short))
		case !s.settled(e, r, st):
			why = cmp.Or(why, fmt.Sprintf("run %s, which it comes after, did not complete (%s) and may be started again", short, st.Status))
		default:
			return fmt.Sprintf("run %s, which it comes after, did not complete (%s)", short, st.Status), true
		}
	}
	return why, false
}

// settled reports that no scheduler is about to start a run again that has failed, or was terminated.
func (s *Scheduler) settled(e *entry, r *runs.Run, st runs.State) bool {
	ours := func(j *job) bool { return j.Run.ID == r.ID }
	if slices.ContainsFunc(slices.Collect(maps.Values(s.jobs)), ours) || slices.ContainsFunc(s.unexplained, ours) {
		return false
	}
	about, _ := r.EngineJob()
	n, err := readNeeds(r, &s.opts)
	done, _ := r.AttrInt(attemptsAttr)
	retried := err == nil && n.retries != nil && *n.retries > done
	if stopped(r) || !st.Lost && about.EndedBy == "" && !retried {
		return true
	}
	if e.failedSince.IsZero() {
		e.failedSince = time.Now()
	}
	left := undecided - time.Since(e.failedSince)
	if left > 0 {
		s.lookAgain(left)
	}
	return left <= 0
}

// fail ends a staged run as an error, for a run that it comes after did not complete.
func (s *Scheduler) fail(id string, e *entry, why string) {
	switch err := s.store.FailStaged(id, why); {
	case err == nil:
		e.over = true
		s.failed++
		s.outcomes[runs.Error]++
		s.lookAgain(retryAfter) // at runs that come after this one
		s.log.Warn().Msgf("Run %s failed before it started: %s", id, why)
	case errors.Is(err, runs.ErrNotStaged), errors.Is(err, runs.ErrNotFound), errors.Is(err, runs.ErrBusy): // somebody else saw to it
		s.log.Debug().Msg(sentence(err))
		s.lookAgain(retryAfter)
	default:
		s.explain(id, e, err.Error())
		s.failedToStart(id)
	}
}

// tooLate says why a run would not end before the allocation that this scheduler is in. A run without a time limit starts as long as
// there is any time.
func (s *Scheduler) tooLate(n *needs) string {
	if s.opts.EndsAt.IsZero() || s.traits.Queues {
		return ""
	}
	left := time.Until(s.opts.EndsAt)
	if left > 0 && n.limit <= left {
		return ""
	}
	return fmt.Sprintf("its time limit of %s is longer than the %s that are left here", n.limit.Round(time.Second),
		max(0, left.Round(time.Second)))
}

// AllocationEnd is when Slurm ends the allocation that a process with this environment is in; zero where it is in none.
func AllocationEnd(getenv func(string) string) time.Time {
	seconds, err := strconv.ParseInt(getenv("SLURM_JOB_END_TIME"), 10, 64)
	if err != nil || getenv("SLURM_JOB_ID") == "" || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
