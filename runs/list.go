package runs

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Deleted returns the runs in the trash, the latest started first.
func (s *Store) Deleted() ([]*Run, error) { return (&Store{runs: s.TrashDir()}).List() }

// List returns all runs of the root, the latest started first. It reads when each was started, where the index does not know it.
func (s *Store) List() ([]*Run, error) {
	look, err := s.look()
	if err != nil || look == nil {
		return nil, err
	}
	defer func() { _ = look.root.Close() }()
	entries := make([]entry, len(look.known))
	eachPart(len(entries), func(from, to int) {
		for i, r := range s.runsOf(look.known[from:to]) {
			at := s.startOf(look, r, look.known[from+i].Start)
			if at != 0 || isRunDir(r.Dir) {
				entries[from+i] = entry{r, at}
			}
		}
	})
	return latestFirst(entries), nil
}

// startOf is when the run was started, microseconds since the epoch, 0 where it does not tell.
func (s *Store) startOf(l *look, r *Run, known Start) int64 {
	if s.index == nil {
		return startedMicros(r)
	}
	stamp, err := l.stamp(r.ID + "/" + guildDir)
	if err != nil {
		stamp = 0
	}
	if stamp == 0 || stamp != known.Stamp {
		known = l.start(stamp, startedMicros(r))
		s.learnt.start(r.ID, known)
	}
	return known.Micros
}

func startedMicros(r *Run) int64 {
	at := r.Started()
	if at.IsZero() {
		return 0
	}
	return Micros(at)
}

// runsOf makes the runs of several names, in two pieces of memory.
func (s *Store) runsOf(known []Known) []*Run {
	root, size := s.runs+string(filepath.Separator), 0
	for _, k := range known {
		size += len(root) + len(k.ID)
	}
	var paths strings.Builder
	paths.Grow(size)
	runs, list := make([]Run, len(known)), make([]*Run, len(known))
	for i, k := range known {
		from := paths.Len()
		paths.WriteString(root)
		paths.WriteString(k.ID)
		dir := paths.String()[from:]
		runs[i] = Run{ID: dir[len(root):], Dir: dir}
		list[i] = &runs[i]
	}
	return list
}

type entry struct {
	run     *Run // nil of what is no run
	started int64
}

// latestFirst sorts halves at the same time, for the runs may be many.
func latestFirst(entries []entry) []*Run {
	entries = slices.DeleteFunc(entries, func(e entry) bool { return e.run == nil })
	a, b := entries[:len(entries)/2], entries[len(entries)/2:]
	var wg sync.WaitGroup
	wg.Go(func() { slices.SortFunc(a, later) })
	slices.SortFunc(b, later)
	wg.Wait()
	runs := make([]*Run, 0, len(entries))
	for len(a) > 0 || len(b) > 0 {
		next := &a
		if len(a) == 0 || len(b) > 0 && later(b[0], a[0]) < 0 {
			next = &b
		}
		runs = append(runs, (*next)[0].run)
		*next = (*next)[1:]
	}
	return runs
}

func later(a, b entry) int {
	if a.started != b.started {
		return cmp.Compare(b.started, a.started)
	}
	return cmp.Compare(a.run.ID, b.run.ID)
}

// Each calls do with 0 to n-1. Where n is large it does so from several goroutines: over NFS the time of a look at a run is
// that of a round trip, in which other runs can be looked at.
func Each(n int, do func(int)) {
	eachPart(n, func(from, to int) {
		for i := from; i < to; i++ {
			do(i)
		}
	})
}

// eachPart is Each by parts of the numbers, of such a size that there are enough for all goroutines to the end.
func eachPart(n int, do func(from, to int)) {
	const few, most, large = 32, 8, 64
	workers := min(most, n/few)
	if workers < 2 {
		do(0, n)
		return
	}
	size := max(1, min(large, n/(workers*8)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				to := int(next.Add(int64(size)))
				if to-size >= n {
					return
				}
				do(to-size, min(to, n))
			}
		})
	}
	wg.Wait()
}
