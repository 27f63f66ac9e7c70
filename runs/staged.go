package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Marker says that a run waits for a scheduler.
type Marker struct {
	ID   string
	Time time.Time // when it was staged, by the clock of the file server
}

// Stage announces a run, whose status must be Staged, to schedulers on all hosts.
func (s *Store) Stage(r *Run) error {
	dir, err := s.StagedDir()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, r.ID), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("stage run %s: %w", r.ShortID(), err)
	}
	return f.Close()
}

// Staged lists the markers in the order in which their runs are to start: time of staging, then id. known gives markers of
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
	times := make(map[string]time.Time, len(known))
	for _, m := range known {
		times[m.ID] = m.Time
	}
	markers := make([]Marker, 0, len(names))
	for _, name := range names {
		if !validName(name) {
			continue
		}
		t, ok := times[name]
		if !ok {
			st, err := os.Lstat(filepath.Join(s.stagedDir(), name))
			if err != nil {
				continue // consumed meanwhile
			}
			t = st.ModTime()
		}
		markers = append(markers, Marker{ID: name, Time: t})
	}
	slices.SortFunc(markers, func(a, b Marker) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	return markers, nil
}
