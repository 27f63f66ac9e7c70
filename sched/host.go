package sched

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"guild/runs"
	"guild/runs/process"
)

// hostRuns knows what the runs need that are under way on this host, whoever has started them: this scheduler, one before it, another
// one, or somebody by hand. Its cost is that of the claims.
type hostRuns struct {
	store *runs.Store
	opts  *Options
	needs map[string]*needs // by name of the claim; what a run needs is read once
}

// used sums the resources.
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
				continue // it is gone, and its claim is about to be
			}
			if n, err = readNeeds(r, h.opts); err != nil {
				continue // which did not keep its starter from starting it
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

// lockHost takes the lock by which the schedulers of a host count what is used and claim runs one after the other. unlock is nil
// where another one has it.
func (s *Scheduler) lockHost() (unlock func(), err error) {
	if err := s.store.MakeDir(s.store.LocksDir()); err != nil {
		return nil, fmt.Errorf("lock the resources of this host: %w", err)
	}
	return tryLock(filepath.Join(s.store.LocksDir(), "resources."+process.Hostname()))
}

func tryLock(path string) (unlock func(), err error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR)) // which NFS wants for an exclusive lock
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !got {
		return nil, nil
	}
	return func() { _ = lock.Unlock() }, nil
}
