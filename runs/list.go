package runs

import (
	"cmp"
	"math"
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
	all, _, err := s.Latest(math.MaxInt)
	return all, err
}

// Latest returns the first n of List, and how many that has.
func (s *Store) Latest(n int) (latest []*Run, total int, err error) {
	look, err := s.look()
	if err != nil || look == nil {
		return nil, 0, err
	}
	defer func() { _ = look.root.Close() }()
	starts := make([]int64, len(look.known))
	Each(len(starts), func(i int) { starts[i] = s.startOf(look, look.known[i]) })
	order, total := latestFirst(starts, n)
	return s.runsOf(look.known, order), total, nil
}

// noRun is in place of the start of what is no run.
const noRun = math.MinInt64

// startOf is when a run was started: microseconds since the epoch, 0 where it does not tell.
func (s *Store) startOf(l *look, k Known) int64 {
	if s.index == nil {
		return startOrNone(s.run(k.ID))
	}
	stamp, err := l.stamp(k.ID, guildDir)
	if err != nil {
		stamp = 0
	}
	if stamp == 0 || stamp != k.Stamp {
		k.Start = l.start(stamp, startedMicros(s.run(k.ID)))
		s.learnt.start(k.ID, k.Start)
	}
	if k.Micros == 0 && !isRunDir(s.run(k.ID).Dir) {
		return noRun
	}
	return k.Micros
}

func startOrNone(r *Run) int64 {
	at := startedMicros(r)
	if at == 0 && !isRunDir(r.Dir) {
		return noRun
	}
	return at
}

func startedMicros(r *Run) int64 {
	at := r.Started()
	if at.IsZero() {
		return 0
	}
	return Micros(at)
}

// runsOf makes runs of some that are known, in two pieces of memory.
func (s *Store) runsOf(known []Known, which []int) []*Run {
	root, size := s.runs+string(filepath.Separator), 0
	for _, i := range which {
		size += len(root) + len(known[i].ID)
	}
	var paths strings.Builder
	paths.Grow(size)
	runs, list := make([]Run, len(which)), make([]*Run, len(which))
	for at, i := range which {
		from := paths.Len()
		paths.WriteString(root)
		paths.WriteString(known[i].ID)
		dir := paths.String()[from:]
		runs[at] = Run{ID: dir[len(root):], Dir: dir}
		list[at] = &runs[at]
	}
	return list
}

// latestFirst returns the places in starts of up to n runs, of which those that were started at the same time stay in their
// order, and how many runs there are.
func latestFirst(starts []int64, n int) (order []int, total int) {
	const few = 100
	if n <= few {
		return latestFew(starts, n)
	}
	order = make([]int, 0, len(starts))
	for i, at := range starts {
		if at != noRun {
			order = append(order, i)
		}
	}
	later := func(i, j int) int { return cmp.Or(cmp.Compare(starts[j], starts[i]), cmp.Compare(i, j)) }
	a, b := order[:len(order)/2], order[len(order)/2:] // sorted at the same time, for they may be many
	var wg sync.WaitGroup
	wg.Go(func() { slices.SortFunc(a, later) })
	slices.SortFunc(b, later)
	wg.Wait()
	merged := make([]int, 0, len(order))
	for len(a) > 0 || len(b) > 0 {
		next := &a
		if len(a) == 0 || len(b) > 0 && later(b[0], a[0]) < 0 {
			next = &b
		}
		merged = append(merged, (*next)[0])
		*next = (*next)[1:]
	}
	return merged[:min(n, len(merged))], len(merged)
}

// latestFew is latestFirst for a small n.
func latestFew(starts []int64, n int) (order []int, total int) {
	for i, at := range starts {
		if at == noRun {
			continue
		}
		total++
		place := len(order)
		for place > 0 && starts[order[place-1]] < at {
			place--
		}
		if place < n {
			order = slices.Insert(order[:min(len(order), n-1)], place, i)
		}
	}
	return order, total
}

// Each calls do with 0 to n-1. Where n is large it does so from several goroutines: over NFS the time of a look at a run is
// that of a round trip, in which other runs can be looked at.
func Each(n int, do func(int)) {
	const few, most, large = 32, 8, 64
	workers := min(most, n/few)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	size := max(1, min(large, n/(workers*8))) // such that there are enough parts for all goroutines to the end
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				to := int(next.Add(int64(size)))
				if to-size >= n {
					return
				}
				for i := to - size; i < min(to, n); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
}
