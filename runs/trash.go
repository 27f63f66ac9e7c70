package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"guild/runs/dirmode"
	"guild/runs/remove"
	"guild/runs/sharedfs"
)

// Deleted returns the runs in the trash, the latest started first.
func (s *Store) Deleted() ([]*Run, error) { return runsIn(s.TrashDir()) }

// runsIn returns the runs in a directory, the latest started first, after a look at each of them. Package catalog does so for directories of
// many runs.
func runsIn(dir string) ([]*Run, error) {
	ids, err := runNames(dir)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	list, started := make([]*Run, 0, len(ids)), map[string]time.Time{}
	for _, id := range ids {
		if r := Named(id, filepath.Join(dir, id)); isRunDir(r.Dir) {
			list = append(list, r)
			started[id] = r.Started()
		}
	}
	slices.SortStableFunc(list, func(a, b *Run) int { return started[b.ID].Compare(started[a.ID]) })
	return list, nil
}

// Delete moves a run to the trash, or deletes it permanently. The error is ErrBusy if the run has an owner.
func (s *Store) Delete(r *Run, permanent bool) error {
	l, err := r.LockWait()
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer func() { _ = l.Close() }()
	if l.run.recordedStatus() == "" && r.foreignState().Status == Running {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), ErrBusy)
	}
	claim, err := s.claimOfQueued(r)
	if err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	if permanent {
		err = purge(l)
	} else {
		err = s.trash(r)
	}
	if err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	// Last: if this is interrupted, the next process that claims the run drops the marker, and a scheduler's recovery the claim.
	s.dropStale(r.ID)
	return s.DropClaim(claim)
}

// DeleteOwned removes an owned run for good, and ends the ownership.
func (s *Store) DeleteOwned(l *Lock) error {
	if err := purge(l); err != nil {
		return fmt.Errorf("delete run %s: %w", l.run.ShortID(), err)
	}
	s.dropStale(l.run.ID)
	return nil
}

func (s *Store) trash(r *Run) error {
	if err := s.MakeDir(s.TrashDir()); err != nil {
		return err
	}
	err := remove.ToTrash(r.Dir, s.TrashDir(), r.ID)
	if errors.Is(err, syscall.EXDEV) {
		return fmt.Errorf("the trash, %s, is on another file system than the run; --permanent deletes the run permanently", s.TrashDir())
	}
	return notFoundIfGone(dirmode.Denied(r.Dir, err))
}

func notFoundIfGone(err error) error {
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

// Restore moves a run back from the trash. A staged run waits for a scheduler again. The error is ErrExists if there is a run with its id,
// ErrBusy if another process is restoring or purging it.
func (s *Store) Restore(r *Run) (*Run, error) {
	l, err := r.LockWait()
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	defer func() { _ = l.Close() }()
	back := s.run(r.deletedID())
	if err := s.MakeDir(s.runs); err != nil {
		return nil, fmt.Errorf("restore run %s: %w", r.ShortID(), err)
	}
	status, err := r.claimable()
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	staged := status == Staged
	if staged { // of the two steps no one can be lost, see CommitStaged
		if err := s.prepareMarker(back.ID, r.priority()); err != nil {
			return nil, fmt.Errorf("restore: %w", err)
		}
	}
	if err := os.Rename(r.Dir, back.Dir); err != nil {
		if staged {
			_ = os.Remove(s.preparedPath(back.ID))
		}
		if remove.IsTaken(err) {
			err = fmt.Errorf("%w under its id, %s", ErrExists, back.ID)
		}
		return nil, fmt.Errorf("restore run %s: %w", r.ShortID(), notFoundIfGone(err))
	}
	if !staged {
		return back, nil
	}
	// The lock is released first: a scheduler that the marker wakes must find the run free.
	if err := l.Close(); err != nil {
		return nil, fmt.Errorf("restore run %s: %w", r.ShortID(), err)
	}
	s.adopt(back.ID)
	return back, nil
}

// deletedID returns the id that a run in the trash had: its name has a number at the end if the trash already had a run of that id.
func (r *Run) deletedID() string {
	id, ok := r.AttrString("id")
	if !ok || !IsName(id) {
		return r.ID
	}
	number, ok := strings.CutPrefix(r.ID, id+".")
	if !ok || strings.Trim(number, "0123456789") != "" {
		return r.ID
	}
	return id
}

// Purge deletes a run in the trash permanently. The error is ErrBusy if another process is restoring or purging it.
func (s *Store) Purge(r *Run) error {
	l, err := r.LockWait()
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	defer func() { _ = l.Close() }()
	if err := purge(l); err != nil {
		return fmt.Errorf("purge run %s: %w", r.ShortID(), err)
	}
	return nil
}

// purge removes the directory of an owned run, and ends the ownership.
func purge(l *Lock) error {
	begun, err := remove.ForGood(l.run.Dir, l.run.ID, func() { _ = l.Close() })
	if !begun {
		err = notFoundIfGone(err)
	}
	return err
}
