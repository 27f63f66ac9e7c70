package sched

import (
	"path/filepath"
	"slices"

	"guild/runs"
)

// oneLock is the file below .claimed by which schedulers that wait for running runs, on all hosts, decide one after the other.
const oneLock = ".one"

// alone reports that no other run is under way, and otherwise logs which are, once. Until unlock is called, no other scheduler that
// waits for running runs looks: what this one claims meanwhile is under way for it. unlock is nil where a run is under way.
func (s *Scheduler) alone() (unlock func()) {
	dir, err := s.store.ClaimedDir()
	if err == nil {
		unlock, err = tryLock(filepath.Join(dir, oneLock))
	}
	var busy []string
	if unlock != nil {
		busy, err = s.underWay()
	}
	s.problem("runs", err)
	switch {
	case err == nil && unlock == nil: // another scheduler decides at this moment
		s.lookAgain(retryAfter)
		return nil
	case err == nil && len(busy) == 0:
		s.blocked = ""
		return unlock
	}
	if unlock != nil {
		unlock()
	}
	if err != nil {
		return nil
	}
	first := s.queue.markers[0].ID
	why := "waiting for runs to finish: " + joinIDs(busy)
	if s.blocked != first+why {
		s.blocked = first + why
		s.explain(first, s.queue.entries[first], why)
	}
	return nil
}

// underWay returns the short ids of runs under way that are not schedulers. The claims tell of those that schedulers have started, and
// that wait in an engine. Runs that were started by hand have no claim: only where nothing else is under way does this look through the
// whole root for them, and until those that it finds have ended it looks at them alone.
func (s *Scheduler) underWay() ([]string, error) {
	claims, err := s.store.Claims()
	if err != nil {
		return nil, err
	}
	var busy []string
	for _, c := range claims {
		if r, err := s.store.Get(c.ID); err == nil && isUnderWay(r) {
			busy = append(busy, r.ShortID())
		}
	}
	if len(busy) == 0 {
		s.byHand = slices.DeleteFunc(s.byHand, func(id string) bool {
			r, err := s.store.Get(id)
			return err != nil || !isUnderWay(r)
		})
		if len(s.byHand) == 0 {
			if s.byHand, err = runningRuns(s.store); err != nil {
				return nil, err
			}
		}
		for _, id := range s.byHand {
			busy = append(busy, runs.Named(id, "").ShortID())
		}
	}
	slices.Sort(busy)
	return busy, nil
}

// isUnderWay tells runs that run, wait in an engine, or are about to be started by who has claimed them.
func isUnderWay(r *runs.Run) bool {
	if isScheduler(r) {
		return false
	}
	switch r.Status() {
	case runs.Running:
		return true
	case runs.Staged:
		owned, err := r.Owned()
		return err != nil || owned
	case runs.Pending:
		queued, err := r.Queued()
		return err != nil || queued
	}
	return false
}

// runningRuns looks through the root for runs that run.
func runningRuns(store *runs.Store) ([]string, error) {
	ids, err := store.IDs()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		r, err := store.Get(id)
		return err != nil || r.Status() != runs.Running || isScheduler(r)
	}), nil
}
