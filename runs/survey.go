package runs

import (
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/sys/unix"
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
	known := s.records(look.ids)
	entries := make([]entry, len(look.ids))
	Each(len(entries), func(i int) {
		r := s.run(look.ids[i])
		d, lasting := known[i], true
		if !d.valid() || !d.holds(look.fd, r.ID) {
			var newest int64
			var err error
			if d, newest, err = readRecord(r); err != nil {
				s.learnt.start(r.ID, Start{})
				entries[i] = unread(r, err)
				return
			}
			// One that runs will not stay as it is.
			if lasting = newest < look.settled && d.phase().kind != phaseRunning; lasting {
				s.learnt.keep(r.ID, d)
			}
		}
		if stamp, _ := d.stamps(); stamp != look.starts[i].Stamp {
			s.learnt.start(r.ID, look.start(stamp, d.started()))
		}
		r.seen = &sighting{survey: &s.learnt, look: look, lasting: lasting, data: d}
		entries[i] = entry{r, d.started()}
	})
	return latestFirst(entries), nil
}

// records are those that the index has of the runs.
func (s *Store) records(ids []string) []record {
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	known := make([]record, len(ids))
	s.index.Records(func(id, d []byte) {
		if i, ok := at[string(id)]; ok {
			known[i] = d
		}
	})
	return known
}

// unread is an entry that could not be read: no run where there is none, else a run of which every method says so.
func unread(r *Run, err error) entry {
	if errors.Is(err, fs.ErrNotExist) {
		return entry{}
	}
	return entry{r, 0}
}

// Recall lets those of the runs that the index knows answer as after a Survey. It reads no run.
func (s *Store) Recall(list []*Run) []*Run {
	at := map[string]int{}
	var ids []string
	for i, r := range list {
		if s.index != nil && r.seen == nil {
			ids, at[r.ID] = append(ids, r.ID), i
		}
	}
	if len(ids) == 0 {
		return list
	}
	recalled := slices.Clone(list)
	s.index.Recall(ids, func(id string, data []byte) {
		r, d := list[at[id]], record(data)
		if d.valid() && d.holds(unix.AT_FDCWD, r.Dir) {
			recalled[at[id]] = &Run{ID: r.ID, Dir: r.Dir, seen: &sighting{survey: &s.learnt, lasting: true, data: d}}
		}
	})
	return recalled
}
