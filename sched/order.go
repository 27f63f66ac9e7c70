package sched

import (
	"fmt"
	"strconv"
	"time"

	"guild/runs"
)

// comesAfter says for which run another one waits that is to start after it; never tells that this one will not complete by itself.
func (s *Scheduler) comesAfter(n *needs) (why string, never bool) {
	for _, id := range n.after {
		short := runs.At(id).ShortID()
		r, err := s.store.Get(id)
		if err != nil {
			return fmt.Sprintf("comes after run %s, which is gone", short), true
		}
		switch status := r.Status(); {
		case status == runs.Completed:
		case status == runs.Running, status.Waits():
			if why == "" {
				why = fmt.Sprintf("waiting for run %s to complete", short)
			}
		default:
			return fmt.Sprintf("comes after run %s, which did not complete (%s)", short, status), true
		}
	}
	return why, false
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
