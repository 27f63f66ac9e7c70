package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// Marker says that a run waits for a scheduler.
type Marker struct {
	ID   string
	Time time.Time // when it was staged, by the clock of the file server

	order int64 // microseconds by the staging host's clock: which came first where Time, that has some milliseconds' grain, is equal
}

// Stage announces a run, whose status must be Staged, to schedulers on all hosts. One that is announced keeps its place.
func (s *Store) Stage(r *Run) error {
	dir, err := s.StagedDir()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, r.ID), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("stage run %s: %w", r.ShortID(), err)
	}
	st, err := f.Stat()
	if err == nil && st.Size() == 0 {
		_, err = f.WriteString(strconv.FormatInt(Micros(time.Now()), 10))
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("stage run %s: %w", r.ShortID(), err)
	}
	return nil
}

// Staged lists the markers in the order in which their runs are to start: that of staging. known gives markers of
// an earlier call, whose files need not be asked again. The cost is that of the staged runs, not of all runs.
func (s *Store) Staged(known []Marker) ([]Marker, error) {
	f, err := os.Open(s.stagedDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list staged runs: %w", err)
	}
	defer func() { _ = f.Close() }()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("list staged runs: %w", err)
	}
	old := make(map[string]Marker, len(known))
	for _, m := range known {
		old[m.ID] = m
	}
	markers := make([]Marker, 0, len(names))
	for _, name := range names {
		if !validName(name) {
			continue
		}
		m, ok := old[name]
		if !ok {
			if m, ok = s.marker(name); !ok {
				continue // consumed meanwhile
			}
		}
		markers = append(markers, m)
	}
	slices.SortFunc(markers, func(a, b Marker) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.order, b.order), cmp.Compare(a.ID, b.ID))
	})
	return markers, nil
}

func (s *Store) marker(id string) (Marker, bool) {
	st, err := os.Lstat(s.stagedPath(id))
	if err != nil {
		return Marker{}, false
	}
	order, _ := readInt(s.stagedPath(id))
	return Marker{ID: id, Time: st.ModTime(), order: int64(order)}, true
}
