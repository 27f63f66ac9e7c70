package catalog

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"guild/runs"
)

// List returns all runs of the root, latest started first. It reads the starts that the index does not have.
func (c *Catalog) List() ([]*runs.Run, error) {
	all, _, err := c.Latest(math.MaxInt)
	return all, err
}

// Latest returns the first n runs of List, and the number of all.
func (c *Catalog) Latest(n int) (latest []*runs.Run, total int, err error) {
	l, err := c.open()
	if err != nil || l == nil {
		return nil, 0, err
	}
	defer func() { _ = l.dir.Close() }()
	starts := make([]int64, len(l.known))
	runs.Each(len(starts), func(i int) { starts[i] = c.startOf(l, l.known[i]) })
	order, total := latestFirst(starts, n)
	return c.runsOf(l.known, order), total, nil
}

// noRun is the start of a directory that is not a run.
const noRun = math.MinInt64

// startOf returns the start of a run in microseconds since the epoch; 0 if unknown.
func (c *Catalog) startOf(l *root, k Known) int64 {
	if c.index == nil {
		return startOrNone(c.run(k.ID).AsView())
	}
	stamp, err := l.stamp(k.ID, ".guild")
	if err != nil {
		stamp = 0
	}
	if stamp == 0 || stamp != k.Stamp {
		k.Start = l.start(stamp, startedMicros(c.run(k.ID).AsView()))
		c.setStart(k.ID, k.Start)
	}
	if k.Micros == 0 && !isRunDir(c.run(k.ID).Dir) {
		return noRun
	}
	return k.Micros
}

func startOrNone(r *runs.View) int64 {
	at := startedMicros(r)
	if at == 0 && !isRunDir(r.Dir) {
		return noRun
	}
	return at
}

func startedMicros(r *runs.View) int64 {
	at := r.Started()
	if at.IsZero() {
		return 0
	}
	return runs.Micros(at)
}

func (c *Catalog) run(id string) *runs.Run {
	return runs.Named(id, c.dirOf(id))
}

func (c *Catalog) dirOf(id string) string { return c.root + string(filepath.Separator) + id } // the root is a clean path

func isRunDir(dir string) bool {
	st, err := os.Stat(filepath.Join(dir, ".guild"))
	return err == nil && st.IsDir()
}

// runsOf returns the chosen runs among known ones, with two allocations.
func (c *Catalog) runsOf(known []Known, which []int) []*runs.Run {
	root, size := c.root+string(filepath.Separator), 0
	for _, i := range which {
		size += len(root) + len(known[i].ID)
	}
	var paths strings.Builder
	paths.Grow(size)
	all, list := make([]runs.Run, len(which)), make([]*runs.Run, len(which))
	for at, i := range which {
		from := paths.Len()
		paths.WriteString(root)
		paths.WriteString(known[i].ID)
		dir := paths.String()[from:]
		all[at].ID, all[at].Dir = dir[len(root):], dir
		list[at] = &all[at]
	}
	return list
}

// latestFirst returns the indexes in starts of up to n runs, latest first and in their order if equal, and the number of runs.
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
	a, b := order[:len(order)/2], order[len(order)/2:] // sorted at the same time, since they may be many
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
