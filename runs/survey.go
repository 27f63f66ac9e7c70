package runs

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
)

// Survey is List for those who look at many runs and change none: its runs answer from what is seen of them here, their
// attributes, what they are runs of, and their status unless they run. That is as true as the disk was when it was called.
func (s *Store) Survey() ([]*Run, error) {
	if s.index == nil {
		return s.List()
	}
	look, err := s.look()
	if err != nil || look == nil {
		return nil, err
	}
	records := s.records(look.known)
	step, end := s.showReading(records)
	defer end()
	entries := make([]entry, len(look.known))
	eachPart(len(entries), func(from, to int) {
		for i, r := range s.runsOf(look.known[from:to]) {
			i += from
			d := records[i]
			if d.valid() && d.holds(r.ID, look.stamp) {
				r.seen = &sighting{survey: &s.learnt, lasting: true, data: d}
			} else {
				var err error
				r.seen, err = s.learn(r)
				step()
				if err != nil {
					s.learnt.start(r.ID, Start{})
					entries[i] = unread(r, err)
					continue
				}
				d = r.seen.data
			}
			r.seen.look = look
			if stamp, _ := d.stamps(); stamp != look.known[i].Stamp {
				s.learnt.start(r.ID, look.start(stamp, d.started()))
			}
			entries[i] = entry{r, d.started()}
		}
	})
	return latestFirst(entries), nil
}

// showReading shows how far the reading of the runs is that have no record.
func (s *Store) showReading(records []record) (step, end func()) {
	unknown := 0
	for _, d := range records {
		if d == nil {
			unknown++
		}
	}
	if s.reading == nil || unknown == 0 {
		return func() {}, func() {}
	}
	p := s.reading(unknown)
	return p.Step, p.End
}

// records are those that the index has of the runs.
func (s *Store) records(known []Known) []record {
	at := make(map[string]int, len(known))
	for i, k := range known {
		at[k.ID] = i
	}
	records := make([]record, len(known))
	s.index.Records(func(id, d []byte) {
		if i, ok := at[string(id)]; ok {
			records[i] = d
		}
	})
	return records
}

// unread is an entry that could not be read: no run where there is none, else a run of which every method says so.
func unread(r *Run, err error) entry {
	if errors.Is(err, fs.ErrNotExist) {
		return entry{}
	}
	return entry{r, 0}
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
		if d.valid() && d.holds(r.Dir, stampOf) {
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
