package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guild/runs/leftover"
	"guild/runs/process"
	"guild/runs/remove"
	"guild/runs/sharedfs"
)

// Leftovers looks for them among the runs, in the trash, and in the runs of both.
func (s *Store) Leftovers() ([]leftover.Leftover, error) {
	now := s.now()
	found, err := s.preparedLeftovers(now)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{s.runs, s.TrashDir()} {
		names, err := sharedfs.Names(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look for leftovers: %w", err)
		}
		left := make([][]leftover.Leftover, len(names))
		Each(len(names), func(i int) { left[i] = leftoversOf(filepath.Join(dir, names[i]), now) })
		found = append(found, slices.Concat(left...)...)
	}
	return found, nil
}

// leftoversOf looks at an entry of the runs root or of the trash, and into it where it can be a run.
func leftoversOf(path string, now time.Time) []leftover.Leftover {
	var found []leftover.Leftover
	if kind, ok := leftover.At(path, now); ok {
		found = append(found, leftover.Leftover{Kind: kind, Path: path})
	}
	if !IsName(filepath.Base(path)) {
		return found
	}
	for _, sub := range []string{guildDir, filepath.Join(guildDir, "attrs")} {
		inner, _ := sharedfs.Names(filepath.Join(path, sub)) // no run, or gone
		for _, name := range inner {
			file := filepath.Join(path, sub, name)
			if kind, ok := leftover.At(file, now); ok && kind == leftover.File {
				found = append(found, leftover.Leftover{Kind: kind, Path: file})
			}
		}
	}
	return found
}

// preparedLeftovers returns the prepared markers of runs that are neither being made nor being staged.
func (s *Store) preparedLeftovers(now time.Time) ([]leftover.Leftover, error) {
	marks, err := sharedfs.Names(s.stagedDir()) // before the runs: a run that is being made is there when its marker is
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	names, err := sharedfs.Names(s.runs)
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
		if !strings.HasPrefix(name, process.TempPrefix) {
			continue
		}
		if _, left := leftover.At(filepath.Join(s.runs, name), now); !left {
			known[draftID(name)] = true
		}
	}
	var found []leftover.Leftover
	for _, name := range marks {
		id, prepared := strings.CutPrefix(name, ".")
		if prepared && IsName(id) && (!known[id] || s.run(id).staysUnstaged()) {
			found = append(found, leftover.Leftover{Kind: leftover.Marker, Path: s.preparedPath(id)})
		}
	}
	return found, nil
}

// staysUnstaged reports whether the run exists and nobody is staging it again: a process that does owns the run from before its marker is
// prepared until it is staged.
func (r *Run) staysUnstaged() bool {
	if owned, err := r.Owned(); err != nil || owned || !isRunDir(r.Dir) {
		return false
	}
	status, err := r.claimable()
	return err == nil && status != Staged
}

func (s *Store) now() time.Time { return leftover.Now(s.runs) }

// draftID returns the id of the run that was being made, which its temporary name ends in.
func draftID(path string) string {
	if _, id, ok := process.MakerOf(filepath.Base(path)); ok && IsName(id) {
		return id
	}
	return NewID()
}

// ClearLeftover removes a leftover. A draft goes to the trash, since it may contain files of a user.
func (s *Store) ClearLeftover(l leftover.Leftover) error {
	var err error
	switch l.Kind {
	case leftover.Draft:
		if err = s.MakeDir(s.TrashDir()); err == nil {
			err = remove.ToTrash(l.Path, s.TrashDir(), draftID(l.Path))
		}
	case leftover.Purge:
		err = os.RemoveAll(l.Path)
	case leftover.Marker:
		err = s.clearPrepared(l.Path)
	default:
		err = os.Remove(l.Path)
	}
	if err != nil && !errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return fmt.Errorf("clear a leftover: %w", err)
	}
	return nil
}

// ClearDrafts moves to the trash what was left of runs that processes of this system were making when they died, and removes
// what was left of runs that they were removing. Of other systems it takes what has not changed for a day. It lists the root
// once and looks into no run. It returns the paths that it cleared.
func (s *Store) ClearDrafts() ([]string, error) {
	names, err := sharedfs.Names(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	var cleared []string
	var failed []error
	now := sync.OnceValue(s.now)
	for _, name := range names {
		if _, _, ok := process.MakerOf(name); !ok { // what a user called so is left alone
			continue
		}
		path := filepath.Join(s.runs, name)
		kind, left := leftover.At(path, now())
		if !left {
			continue
		}
		if err := s.ClearLeftover(leftover.Leftover{Kind: kind, Path: path}); err != nil {
			failed = append(failed, err)
		} else {
			cleared = append(cleared, path)
		}
	}
	return cleared, errors.Join(failed...)
}

// clearPrepared removes a prepared marker, unless its run has become staged or is about to be.
func (s *Store) clearPrepared(path string) error {
	r := s.run(strings.TrimPrefix(filepath.Base(path), "."))
	l, gone, err := s.lockNamed(r)
	switch {
	case gone:
		return os.Remove(path)
	case errors.Is(err, ErrBusy):
		return nil
	case err != nil:
		return err
	}
	defer func() { _ = l.Close() }()
	if status, err := r.claimable(); err != nil || status == Staged {
		return err
	}
	return os.Remove(path)
}
