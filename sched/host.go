package sched

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"guild/runs"
	"guild/runs/process"
)

// hostRuns knows what the runs under way on this host need, whoever started them: this scheduler, an earlier or another one, or a user.
// Counting costs one listing of the claims.
type hostRuns struct {
	store *runs.Store
	opts  *Options
	needs map[string]*needs // by name of the claim; each run's needs are read once
}

// used returns the sum of each resource over the runs under way on this host.
func (h *hostRuns) used() (map[string]float64, error) {
	claims, err := h.store.Claims()
	if err != nil {
		return nil, err
	}
	used := map[string]float64{}
	known := make(map[string]*needs, len(claims))
	for _, c := range claims {
		if c.Engine != "" || !c.Here() {
			continue
		}
		n := h.needs[c.Name]
		if n == nil {
			r, err := h.store.Get(c.ID)
			if err != nil {
				continue // the run is gone, and its claim will be removed soon
			}
			if n, err = readNeeds(r, h.opts); err != nil {
				continue // the scheduler that started it could not count it either
			}
		}
		known[c.Name] = n
		for name, v := range n.resources {
			used[name] += v
		}
	}
	h.needs = known
	return used, nil
}

// lockHost takes the lock under which the schedulers of a host, one after the other, count used resources and claim runs. unlock is nil if
// another scheduler has the lock.
func (s *Scheduler) lockHost() (unlock func(), err error) {
	if err := s.store.MakeDir(s.store.LocksDir()); err != nil {
		return nil, fmt.Errorf("lock the resources of this host: %w", err)
	}
	return tryLock(filepath.Join(s.store.LocksDir(), "resources."+process.Hostname()))
}

func tryLock(path string) (unlock func(), err error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR)) // NFS needs O_RDWR for an exclusive lock
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !got {
		return nil, nil
	}
	return func() { _ = lock.Unlock() }, nil
}
