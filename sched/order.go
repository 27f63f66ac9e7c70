package sched

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"guild/proc"
	"guild/proc/required"
	"guild/runs"
)

// undecided is how long a run waits after a run that it comes after has failed, if a scheduler may start that one again.
const undecided = 5 * time.Second

// waitsForRuns returns the reason why a run waits for another run that it comes after or requires; empty if it need not wait. failed
// reports that the other run did not complete, so that this one fails too.
func (s *Scheduler) waitsForRuns(id string, e *entry) (why string, failed bool) {
	for i, other := range slices.Concat(e.needs.after, e.needs.pins) {
		one, failed := s.waitsFor(id, e, other, i >= len(e.needs.after))
		if failed {
			return one, true
		}
		why = cmp.Or(why, one)
	}
	return why, false
}

// waitsFor is waitsForRuns for one other run. isRequired says that the waiting run requires the other one.
func (s *Scheduler) waitsFor(id string, e *entry, other string, isRequired bool) (why string, failed bool) {
	link := "which it comes after"
	if isRequired {
		link = "which it requires"
	}
	short := runs.At(other).ShortID()
	r, err := s.store.Get(other)
	if errors.Is(err, runs.ErrNotFound) {
		if isRequired { // deleted, or a prefix of an id; the start of the run resolves it and reports errors
			return "", false
		}
		return fmt.Sprintf("run %s, %s, was deleted", short, link), true
	}
	if err != nil {
		return fmt.Sprintf("waiting for run %s, which cannot be read: %v", short, err), false
	}
	name := "run"
	if isRequired {
		name = r.OpSpec()
	}
	switch st := r.State(); {
	case st.Status == runs.Completed:
		return "", false
	case st.Err != nil:
		return fmt.Sprintf("waiting for %s %s, which cannot be read: %v", name, short, st.Err), false
	case st.Status == runs.Running, st.Status.Waits():
		e.failedSince = time.Time{}
		return s.waitsForLiving(id, e, r, st.Status, name), false
	case isRequired && endedBeforeStaging(s.queue.run(id), r):
		return "", false // it was chosen though it had failed
	case !s.settled(e, r, st):
		return fmt.Sprintf("%s %s, %s, did not complete (%s) and may be started again", name, short, link, st.Status), false
	default:
		return fmt.Sprintf("%s %s, %s, did not complete (%s)", name, short, link, st.Status), true
	}
}

// waitsForLiving returns the reason for waiting for a run that has not ended. It ignores the waiting run if the other one waits for it too,
// or if this run-once scheduler does not start the other one.
func (s *Scheduler) waitsForLiving(id string, e *entry, other *runs.Run, status runs.Status, name string) string {
	what := fmt.Sprintf("%s %s", name, other.ShortID())
	why := "waiting for " + what
	if name == "run" {
		why += " to complete"
	}
	if status == runs.Running || s.queue.starts(other.ID) {
		e.unlistedSince = time.Time{}
	}
	if status == runs.Running {
		return why
	}
	if s.opts.RunOnce && !s.queue.starts(other.ID) {
		if s.queue.entries[other.ID] == nil && e.mayAppear(s) {
			return why
		}
		s.ignore(id, e, what+" is not started here, and has to complete before")
		return why
	}
	if e.reason != why {
		if path := required.PathAfter(s.store, other.ID, id); path != nil {
			s.ignore(id, e, "it and "+what+" wait for each other")
		}
	}
	return why
}

// unlisted is how long a run-once scheduler waits for a run that is staged but not in its queue: the run may have been staged again after
// the queue was read.
const unlisted = time.Second

// mayAppear reports whether the run that this entry waits for may still appear in the queue of a run-once scheduler.
func (e *entry) mayAppear(s *Scheduler) bool {
	if e.unlistedSince.IsZero() {
		e.unlistedSince = time.Now()
	}
	left := unlisted - time.Since(e.unlistedSince)
	if left > 0 {
		s.lookAgain(min(left, retryAfter))
	}
	return left > 0
}

// endedBeforeStaging reports whether a run had ended when another one was staged.
func endedBeforeStaging(staged, other *runs.Run) bool {
	return required.EndedBefore(other, staged.Started())
}

// settled reports whether a failed or terminated run stays as it is: no scheduler is about to start it again.
func (s *Scheduler) settled(e *entry, r *runs.Run, st runs.State) bool {
	ours := func(j *job) bool { return j.Run.ID == r.ID }
	if slices.ContainsFunc(slices.Collect(maps.Values(s.jobs)), ours) || slices.ContainsFunc(s.unexplained, ours) {
		return false
	}
	about, _ := r.EngineJob()
	n, err := readNeeds(r, &s.opts)
	done, _ := r.AttrInt(proc.RetriedAttr)
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

// fail ends a staged run with an error, because a run that it waits for did not complete.
func (s *Scheduler) fail(id string, e *entry, why string) {
	switch err := s.store.FailStaged(id, why); {
	case err == nil:
		e.over = true
		s.failed++
		s.outcomes[runs.Error]++
		s.lookAgain(retryAfter) // at runs that come after the failed one
		s.log.Warn().Msgf("Run %s failed before it started: %s", id, why)
	case errors.Is(err, runs.ErrNotStaged), errors.Is(err, runs.ErrNotFound), errors.Is(err, runs.ErrBusy): // somebody else has handled it
		s.log.Debug().Msg(sentence(err))
		s.lookAgain(retryAfter)
	default:
		s.explain(id, e, err.Error())
		s.failedToStart(id)
	}
}

// tooLate returns the reason why a run would not end before the scheduler's allocation does; empty if it would. A run without a time limit
// may start as long as any time is left.
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

// AllocationEnd returns the time at which Slurm ends the allocation of a process with this environment; zero if it is in none.
func AllocationEnd(getenv func(string) string) time.Time {
	seconds, err := strconv.ParseInt(getenv("SLURM_JOB_END_TIME"), 10, 64)
	if err != nil || getenv("SLURM_JOB_ID") == "" || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
