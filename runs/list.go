package runs

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// Deleted returns the runs in the trash, the latest started first.
func (s *Store) Deleted() ([]*Run, error) { return (&Store{runs: s.TrashDir()}).List() }

// List returns all runs of the root, the latest started first. It reads when each was started, where the index does not know it.
func (s *Store) List() ([]*Run, error) {
	if s.index == nil {
		return s.listAll()
	}
	look, err := s.look()
	if err != nil || look == nil {
		return nil, err
	}
	entries := make([]entry, len(look.ids))
	Each(len(entries), func(i int) {
		r, start := s.run(look.ids[i]), look.starts[i]
		stamp, err := stampAt(look.fd, r.ID+"/"+guildDir)
		if err != nil {
			stamp = 0
		}
		if stamp == 0 || stamp != start.Stamp {
			start = look.start(stamp, startedMicros(r))
			s.learnt.start(r.ID, start)
		}
		if start.Micros != 0 || isRunDir(r.Dir) {
			entries[i] = entry{r, start.Micros}
		}
	})
	return latestFirst(entries), nil
}

// listAll is List without an index.
func (s *Store) listAll() ([]*Run, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	entries := make([]entry, len(ids))
	Each(len(ids), func(i int) {
		r := s.run(ids[i])
		at := startedMicros(r)
		if at != 0 || isRunDir(r.Dir) {
			entries[i] = entry{r, at}
		}
	})
	return latestFirst(entries), nil
}

func startedMicros(r *Run) int64 {
	at := r.Started()
	if at.IsZero() {
		return 0
	}
	return Micros(at)
}

type entry struct {
	run     *Run // nil of what is no run
	started int64
}

func latestFirst(entries []entry) []*Run {
	entries = slices.DeleteFunc(entries, func(e entry) bool { return e.run == nil })
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.started, a.started), cmp.Compare(a.run.ID, b.run.ID))
	})
	runs := make([]*Run, len(entries))
	for i, e := range entries {
		runs[i] = e.run
	}
	return runs
}

// Each calls do with 0 to n-1. Where n is large it does so from several goroutines: over NFS the time of a look at a run is
// that of a round trip, in which other runs can be looked at.
func Each(n int, do func(int)) {
	const few, most = 32, 8
	workers := min(most, n/few)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
