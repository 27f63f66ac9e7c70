package runs

import (
	"cmp"
	"slices"
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
	type entry struct {
		run *Run
		at  time.Time
	}
	entries := make([]entry, 0, len(ids))
	for _, id := range ids {
		r := in.run(id)
		at := r.Started()
		if at.IsZero() && !isRunDir(r.Dir) {
			continue
		}
		entries = append(entries, entry{r, at})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.run.ID, b.run.ID))
	})
	runs := make([]*Run, len(entries))
	for i, e := range entries {
		runs[i] = e.run
	}
	return runs, nil
}
