package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs/leftover"
	"guild/runs/sharedfs"
)

// Sweep stages the runs of the root that are recorded as staged and that no scheduler knows, because they have neither a marker nor a
// claim: copies of staged runs made with cp or tar, and what a crash during staging has left. A run in which something has changed within
// the time quiet is left for a later call, since it may still be being copied. Zero is for callers that know better.
//
// Sweep does not look at the runs in seen, and adds the runs that it need not look at again; if seen is nil it looks at all runs. That
// costs a few system calls for each run, too much to be done often. The ids of the runs that were staged are returned even with an error
// about others.
func (s *Store) Sweep(quiet time.Duration, seen map[string]bool) (staged []string, err error) {
	if err := s.CheckFormat(); err != nil {
		return nil, err
	}
	ids, err := s.IDs()
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	dir, err := s.StagedDir()
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return seen[id] })
	markers, err := s.Staged(nil)
	if err != nil {
		return nil, err
	}
	marked := make(map[string]bool, len(markers))
	for _, m := range markers {
		marked[m.ID] = true
	}
	settled := leftover.Now(dir).Add(-quiet)
	says, old, running := make([]bool, len(ids)), make([]bool, len(ids)), make([]bool, len(ids))
	Each(len(ids), func(i int) {
		r := s.run(ids[i])
		stamp, err := sharedfs.Stamp(r.GuildPath())
		old[i] = err == nil && !time.Unix(0, stamp).After(settled)
		queued, err := r.Queued()
		status := r.claimableStatus()
		says[i] = !marked[r.ID] && (status == Staged || err == nil && queued || r.markedStaged())
		running[i] = status == Running
	})
	var failed []error
	for i, id := range ids {
		switch {
		case says[i]:
			found, err := s.stageUnmarked(s.run(id), settled)
			if err != nil {
				failed = append(failed, fmt.Errorf("stage run %s: %w", id, err))
			} else if found {
				staged = append(staged, id)
			}
		case running[i]:
			if err := s.run(id).clearAfterLoss(); err != nil {
				failed = append(failed, err)
			}
		case old[i] && seen != nil: // the status of a younger one may follow
			seen[id] = true
		}
	}
	return staged, errors.Join(failed...)
}

// stageUnmarked stages a run without a marker, unless it has changed since the time settled, is not staged, is owned or is claimed.
func (s *Store) stageUnmarked(r *Run, settled time.Time) (bool, error) {
	changed, err := lastChangeBelow(r.Dir)
	if err != nil || changed.After(settled) {
		return false, err
	}
	l, gone, err := s.lockNamed(r)
	if gone || errors.Is(err, ErrBusy) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if r.markedStaged() {
		return s.takeMarked(l)
	}
	status, err := r.claimable()
	queued := false
	if err == nil {
		queued, err = r.Queued()
	}
	claimed := false
	if err == nil && (status == Staged || queued) {
		claimed, err = s.hasClaim(r.ID)
	}
	wanted := err == nil && (status == Staged || queued) && !claimed
	if wanted {
		err = r.SetAttr("id", r.ID) // a copy has the id of its original
	}
	if wanted && queued && err == nil { // no job will start it: it was copied from another root, or deleted while it waited, and restored
		return true, s.Restage(l)
	}
	// The lock is released before the marker appears: a scheduler that the marker wakes must find the run free.
	if err = errors.Join(err, l.Close()); err != nil || !wanted {
		return false, err
	}
	return true, s.Stage(r)
}

// lastChangeBelow returns when a directory or something in it was changed last, by the clock of the file server. A copy cannot have this
// time from its original, as it can the time of modification.
func lastChangeBelow(dir string) (time.Time, error) {
	var last int64
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && (e.IsDir() || e.Type().IsRegular()) {
			var stamp int64
			stamp, err = sharedfs.Stamp(path)
			last = max(last, stamp)
		}
		if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return time.Unix(0, last), err
}

// hasClaim reports a claim of any kind to a run, also one whose name only a later version of this program understands: a scheduler has
// taken it, or RecoverClaims puts it back.
func (s *Store) hasClaim(id string) (bool, error) {
	names, err := sharedfs.Names(s.claimedDir())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(names, func(name string) bool {
		if of, _, ok := parseClaim(name); ok {
			return of == id // the rest of the name has random digits, which can look like a short id
		}
		return strings.Contains(name, id)
	}), err
}
