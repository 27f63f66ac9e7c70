package top

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guild/runs"
	"guild/runs/series"
)

const (
	noticedShare = 10  // reading the scalars of changed runs takes at most 1/10 of the time
	sweptShare   = 400 // and of runs without a known change, such as on other hosts, 1/400
	readingTime  = 200 * time.Millisecond
)

// figures keeps the scalars that were read of running runs.
type figures struct {
	runs map[string]*read

	sweepAgain time.Time // when runs without a known change are read again
}

// read is the result of reading the scalars of one run.
type read struct {
	Figures
	at   time.Time
	took time.Duration
}

// update reads the scalars of the given runs that are due, forgets all other runs, and returns what is known. changed has the ids of runs
// that have changed.
func (f *figures) update(list []*runs.Run, changed map[string]bool) map[string]Figures {
	begin := time.Now()
	sweep := !begin.Before(f.sweepAgain)
	old := f.runs
	f.runs = make(map[string]*read, len(list))
	known := make(map[string]Figures, len(list))
	for _, r := range list {
		one := old[r.ID]
		due := one == nil || sweep || changed[r.ID] && time.Since(one.at) > noticedShare*one.took
		if due && time.Since(begin) < readingTime {
			start := time.Now()
			one = &read{Figures: figuresOf(r), at: start}
			one.took = time.Since(start)
		}
		if one != nil {
			f.runs[r.ID], known[r.ID] = one, one.Figures
		}
	}
	if sweep {
		f.sweepAgain = time.Now().Add(sweptShare * time.Since(begin))
	}
	return known
}

// figuresOf reads the scalars of a run. From a damaged file it takes what can be read.
func figuresOf(r *runs.Run) Figures {
	all, _ := series.Read(r, series.Select{})
	best := choose(all)
	if best < 0 {
		return Figures{}
	}
	s := all[best]
	f := Figures{Key: s.Key, Last: s.Reduce(series.Last).Value}
	points := s.Points
	for i := range min(len(points), curveWidth) {
		// Evenly spaced from the first to the last point.
		f.Line = append(f.Line, points[i*(len(points)-1)/max(1, min(len(points), curveWidth)-1)].Value)
	}
	return f
}

// choose returns the index of the series that best shows the progress of a run: the loss, a series named after it, or the first; -1 if
// there is none.
func choose(all []series.Series) int {
	for _, is := range []func(key string) bool{
		func(key string) bool { return key == "loss" },
		func(key string) bool { return key[strings.LastIndexAny(key, "/#")+1:] == "loss" },
		func(key string) bool { return strings.Contains(strings.ToLower(key), "loss") },
		func(string) bool { return true },
	} {
		if i := slices.IndexFunc(all, func(s series.Series) bool { return is(s.Key) }); i >= 0 {
			return i
		}
	}
	return -1
}

// changes collects the runs that a watcher reports as changed.
type changes struct {
	root string

	mu  sync.Mutex
	ids map[string]bool
}

// note records the run that a changed path belongs to.
func (c *changes) note(path string) {
	rel, err := filepath.Rel(c.root, path)
	if err != nil {
		return
	}
	id, _, _ := strings.Cut(rel, string(filepath.Separator))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids[id] = true
}

// take returns the ids of the runs that have changed since the last call.
func (c *changes) take() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := c.ids
	c.ids = map[string]bool{}
	return ids
}
