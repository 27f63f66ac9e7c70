package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Own takes a run in order to start it by hand: a staged one as a scheduler would, any other one if nobody owns it. The
// claim's name is empty for a run that was not staged. The errors are those of Claim and TryLock.
func (s *Store) Own(r *Run) (l *Lock, claim string, err error) {
	if filepath.Dir(r.Dir) == s.runs && r.Status() == Staged {
		c, err := s.claimByHand(s.run(filepath.Base(r.Dir))) // a copy records the id of its original
		if err != nil {
			return nil, "", err
		}
		return c.Lock, c.name, nil
	}
	l, err = r.lockWait()
	if err != nil {
		return nil, "", err
	}
	if r.recordedStatus() == "" && r.foreignState().Status == Running {
		_ = l.Close()
		return nil, "", fmt.Errorf("run %s: %w", r.ShortID(), ErrBusy)
	}
	return l, "", nil
}

// claimByHand is Claim for one who does not want to wait for the sweep of a scheduler: it stages a run that says that it is staged and has
// no marker.
func (s *Store) claimByHand(r *Run) (*Claim, error) {
	c, err := s.Claim(r.ID)
	if !errors.Is(err, ErrNotStaged) || r.Status() != Staged {
		return c, err
	}
	if _, err := s.RecoverClaims(); err != nil {
		return nil, err
	}
	if _, err := s.stageUnmarked(r, s.now()); err != nil {
		return nil, err
	}
	return s.Claim(r.ID)
}

// Restage makes an owned run wait for a scheduler, as if it had just been staged, and gives the lock up.
func (s *Store) Restage(l *Lock) error {
	r := l.run
	if err := s.prepareMarker(r.ID); err != nil {
		return err
	}
	err := l.stagedAgain()
	if err != nil && (errors.Is(err, ErrBusy) || l.phase.kind != phaseStaged) {
		_ = os.Remove(s.preparedPath(r.ID))
		return err
	}
	// An error from here on does not make it less staged.
	if closed := l.Close(); closed != nil {
		err = errors.Join(err, fmt.Errorf("stage run %s: %w", r.ShortID(), closed))
	}
	s.adopt(r.ID)
	return err
}

// PutBack gives up a run that was taken with Own and not started.
func (s *Store) PutBack(l *Lock, claim string) error {
	if claim == "" {
		return l.Close()
	}
	return (&Claim{Run: l.run, Lock: l, store: s, name: claim}).Release()
}
