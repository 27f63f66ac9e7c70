package runs

import (
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"sort"
	"syscall"
)

// Survey is List for those who look at many runs and change none, of the runs that pass: these answer from what is seen of them
// here, their attributes, what they are runs of, and their status unless they run. That is as true as the disk was when it was
// called. pass is called from several goroutines.
func (s *Store) Survey(pass func(*Run) bool) ([]*Run, error) {
	return Gather(s, func(r *Run) (*Run, bool) {
		if !pass(r) {
			return nil, false
		}
		return r.retained(), true
	})
}

// Gather calls of with each run of the root, from several goroutines, and returns what that returns unless it says no, the latest
// started first. Until of returns, the run answers as one of a Survey.
func Gather[T any](s *Store, of func(*Run) (T, bool)) ([]T, error) {
	look, err := s.look()
	if err != nil || look == nil {
		return nil, err
	}
	const unseen = noRun + 1
	starts := slices.Repeat([]int64{unseen}, len(look.known))
	values := make([]T, len(starts))
	take := func(i int, r *Run, at int64) {
		v, ok := of(r)
		r.seen = nil
		if values[i], starts[i] = v, at; !ok {
			starts[i] = noRun
		}
	}
	if s.index != nil {
		s.index.Records(func(part iter.Seq2[[]byte, []byte]) { s.recorded(look, part, take) })
	}
	var rest []int
	for i, at := range starts {
		if at == unseen {
			rest = append(rest, i)
		}
	}
	step, end := s.showReading(len(rest))
	defer end()
	Each(len(rest), func(k int) {
		i := rest[k]
		r := s.run(look.known[i].ID)
		if at := s.read(look, r, look.known[i]); at != noRun {
			take(i, r, at)
		} else {
			starts[i] = noRun
		}
		step()
	})
	order, _ := latestFirst(starts, len(starts))
	list := make([]T, len(order))
	for at, i := range order {
		list[at] = values[i]
	}
	return list, nil
}

// recorded calls take with those runs that are as they were when their records were made.
func (s *Store) recorded(l *look, part iter.Seq2[[]byte, []byte], take func(i int, r *Run, started int64)) {
	i := -1
	for id, data := range part {
		if i < 0 {
			i = sort.Search(len(l.known), func(i int) bool { return l.known[i].ID >= string(id) })
		}
		for i < len(l.known) && l.known[i].ID < string(id) {
			i++
		}
		if i == len(l.known) {
			return
		}
		d := record(data)
		if l.known[i].ID != string(id) || !d.valid() {
			continue
		}
		one := &struct { // in one piece of memory, for there are many
			run  Run
			seen sighting
		}{*s.run(l.known[i].ID), sighting{survey: &s.learnt, look: l, lasting: true, data: d}}
		r := &one.run
		if r.seen = &one.seen; !r.holds(d) {
			continue
		}
		s.learnStart(l, l.known[i], d)
		take(i, r, d.started())
	}
}

// read reads a run, and returns when it was started. One that cannot be read, every method of which says so, is at time 0.
func (s *Store) read(l *look, r *Run, k Known) int64 {
	if s.index == nil {
		return startOrNone(r)
	}
	seen, err := s.learn(r)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // a file or directory of somebody else
		s.learnt.start(r.ID, Start{})
		return noRun
	case err != nil:
		s.learnt.start(r.ID, Start{})
		return 0
	}
	seen.look, r.seen = l, seen
	s.learnStart(l, k, seen.data)
	return seen.data.started()
}

// learnStart takes from a record what is to be known of when the run was started.
func (s *Store) learnStart(l *look, k Known, d record) {
	if stamp, _ := d.stamps(); stamp != k.Stamp {
		s.learnt.start(k.ID, l.start(stamp, d.started()))
	}
}

// showReading shows how far the reading of runs is that have no record.
func (s *Store) showReading(n int) (step, end func()) {
	if s.reading == nil || n == 0 {
		return func() {}, func() {}
	}
	p := s.reading(n)
	return p.Step, p.End
}

// learn reads a run, for the index too unless it is changing: one that runs will not stay as it is.
func (s *Store) learn(r *Run) (*sighting, error) {
	d, newest, err := readRecord(r)
	if err != nil {
		return nil, err
	}
	lasting := newest < s.learnt.settled.Load() && d.phase().kind != phaseRunning
	if lasting {
		s.learnt.keep(r.ID, d)
	}
	return &sighting{survey: &s.learnt, lasting: lasting, data: d}, nil
}

// Recall lets those of the runs that the index knows answer as after a Survey, where it is to be saved also the others.
func (s *Store) Recall(list []*Run) []*Run {
	at := map[string]int{}
	for i, r := range list {
		if s.index != nil && r.seen == nil {
			at[r.ID] = i
		}
	}
	if len(at) == 0 {
		return list
	}
	recalled := slices.Clone(list)
	s.index.Recall(slices.Collect(maps.Keys(at)), func(id string, data []byte) {
		r, d := *list[at[id]], record(data)
		if d.valid() && r.holds(d) {
			r.seen = &sighting{survey: &s.learnt, lasting: true, data: d}
			recalled[at[id]] = &r
			delete(at, id)
		}
	})
	if !s.learnt.worthSaving() {
		return recalled
	}
	for _, i := range at {
		r := *list[i]
		var err error
		if r.seen, err = s.learn(&r); err == nil {
			recalled[i] = &r
		}
	}
	return recalled
}
