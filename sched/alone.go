package sched

import (
	"path/filepath"
	"slices"

	"guild/runs"
)

// turnLock is the file below .claimed that schedulers with wait-for-running lock while they decide, on all hosts, one after the other.
const turnLock = ".one"

// takeTurn takes turnLock. Until unlock is called, no other scheduler that waits for running runs looks at the queue; afterwards it sees the
// runs that this one has claimed. takeTurn returns nil if another scheduler has the lock, or if runs are under way, which it logs once.
func (s *Scheduler) takeTurn() (unlock func()) {
	dir, err := s.store.ClaimedDir()
	if err == nil {
		unlock, err = tryLock(filepath.Join(dir, turnLock))
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

// underWay returns the short ids of runs under way that are not schedulers. Runs that schedulers have started, or that wait in an engine,
// have claims. Runs that were started by hand have none. underWay searches the whole root for them, but only if nothing else is under
// way, and then checks only the runs that it has found until those have ended.
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

// isUnderWay reports whether a run is running, waits in an engine, or is claimed by a scheduler that is about to start it.
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

// runningRuns searches the whole root for running runs.
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
