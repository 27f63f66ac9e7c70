package runs

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// List returns all runs of the root, the latest started first.
func (s *Store) List() ([]*Run, error) { return list(s.runs) }

// Deleted returns the runs in the trash, the latest started first.
func (s *Store) Deleted() ([]*Run, error) { return list(s.TrashDir()) }

func list(dir string) ([]*Run, error) {
	ids, err := runNames(dir)
	if err != nil {
		return nil, err
	}
	in := &Store{runs: dir}
	entries := make([]entry, len(ids))
	each(len(ids), func(i int) {
		r := in.run(ids[i])
		at := r.Started()
		if !at.IsZero() || isRunDir(r.Dir) {
			entries[i] = entry{r, at}
		}
	})
	entries = slices.DeleteFunc(entries, func(e entry) bool { return e.run == nil })
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.run.ID, b.run.ID))
	})
	runs := make([]*Run, len(entries))
	for i, e := range entries {
		runs[i] = e.run
	}
	return runs, nil
}

type entry struct {
	run *Run
	at  time.Time
}

// each calls do with 0 to n-1. Where n is large it does so from several goroutines: over NFS the time of a look at a run is
// that of a round trip, in which other runs can be looked at.
func each(n int, do func(int)) {
	const few, most = 64, 8
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
