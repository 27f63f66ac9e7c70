package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/phase"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// Own takes ownership of a run to start it by hand: of a staged run as a scheduler does, of any other run if it has no owner. The claim's
// name is empty for a run that was not staged. The errors are those of Claim and TryLock.
func (s *Store) Own(r *Run) (l *Lock, claim string, err error) {
	before := r.state()
	if before.Err != nil { // the run may be staged
		return nil, "", before.Err
	}
	if filepath.Dir(r.Dir) == s.runs && before.Status == Staged {
		c, err := s.claimByHand(s.run(filepath.Base(r.Dir))) // a copy records the id of its original
		if err != nil {
			return nil, "", err
		}
		return c.Lock, c.name, nil
	}
	l, err = r.LockWait()
	if err != nil {
		return nil, "", err
	}
	if s := r.state(); s.Status == Running && s.Foreign {
		_ = l.Close()
		return nil, "", fmt.Errorf("run %s: %w", r.ShortID(), ErrBusy)
	}
	claim, err = s.claimOfQueued(r) // the token of its job, which then finds nothing to do
	if err != nil {
		_ = l.Close()
		return nil, "", err
	}
	return l, claim, nil
}

// OwnWaiting is Own for a run that is started for the first time: a staged or pending one. The error is ErrNotStaged if it has been started
// meanwhile: of several concurrent callers one gets the run.
func (s *Store) OwnWaiting(r *Run) (l *Lock, claim string, err error) {
	l, claim, err = s.Own(r)
	if err != nil || claim != "" {
		return l, claim, err
	}
	// Own read the status before it had the lock.
	var status Status
	if err = sharedfs.RefreshDirs(r.GuildPath()); err == nil {
		status, err = r.claimable()
	}
	if err == nil && !status.Waits() {
		err = fmt.Errorf("run %s is %s: %w", r.ShortID(), status, ErrNotStaged)
	}
	if err != nil {
		_ = l.Close()
		return nil, "", err
	}
	return l, "", nil
}

// Starter returns the process that has claimed a staged run and is about to start it. ok is false if no process has.
func (s *Store) Starter(r *Run) (host string, pid int, ok bool) {
	names, _ := sharedfs.Names(s.claimedDir()) // claims that cannot be read are ignored
	for _, name := range names {
		who, mine := strings.CutPrefix(name, r.ID+".")
		maker, _, known := process.MakerOf(who)
		if mine && known && maker.PID > 0 && claimedID(name) == r.ID {
			return maker.Host, maker.PID, true
		}
	}
	return "", 0, false
}

// claimByHand is Claim without the wait for a scheduler's sweep: if a staged run has no marker, it makes one first.
func (s *Store) claimByHand(r *Run) (*Claim, error) {
	var c *Claim
	err := whileLookedAt(func() (err error) {
		c, err = s.Claim(r.ID)
		if errors.Is(err, ErrBusy) && r.Status() != Staged { // another process has started it
			err = fmt.Errorf("run %s: %w", r.ShortID(), ErrNotStaged)
		}
		return err
	})
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

// EndStaged ends a staged run whose stop was requested, as if a scheduler had claimed it: its outcome is exit. The error is ErrNotStaged if
// the run has been started meanwhile, and ErrBusy if a process has claimed it and is about to start it.
func (r *Run) EndStaged(exit int) error {
	s := &Store{runs: filepath.Dir(r.Dir)}
	c, err := s.claimByHand(r)
	if err != nil {
		return err
	}
	if err := c.Lock.Finish(exit); err != nil && !c.Lock.Ended() {
		return errors.Join(err, c.Release())
	}
	return errors.Join(s.DropClaim(c.name), c.Lock.Close())
}

// FailStaged ends a staged run as an error for a reason that was known before its start: the run begins and fails at once. The errors are
// those of Claim. After an error the run still waits, unless it has ended all the same.
func (s *Store) FailStaged(id, reason string) error {
	c, err := s.Claim(id)
	if err != nil {
		return err
	}
	owner := Self()
	owner.Claim = c.name
	if err = c.Lock.Begin(owner); err == nil {
		err = errors.Join(c.Lock.NoteFailure(reason), c.Lock.Finish(1))
	}
	if !c.Lock.Ended() {
		return errors.Join(err, s.Unstart(c.Lock, c.name))
	}
	return errors.Join(err, s.DropClaim(c.name), c.Lock.Close())
}

// StageAgain stages a run without an owner again, such as an ended one. The errors are those of Own.
func (s *Store) StageAgain(r *Run) error {
	l, claim, err := s.Own(r)
	if err != nil {
		return err
	}
	if err := s.Restage(l); err != nil {
		_ = l.Close()
		return err
	}
	return s.DropClaim(claim)
}

// Restage stages an owned run as if for the first time, and releases the lock.
func (s *Store) Restage(l *Lock) error {
	r := l.run
	if err := s.prepareMarker(r.ID, r.priority()); err != nil {
		return err
	}
	err := l.stagedAgain()
	if err != nil && (errors.Is(err, ErrBusy) || l.phase.Kind != phase.Staged) {
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

// Unstart gives up a claimed run whose start had begun but whose operation was not started: the run is staged again, at its old place.
// After an error it is not.
func (s *Store) Unstart(l *Lock, claim string) error {
	err := l.stagedAgain()
	if err != nil && l.phase.Kind != phase.Staged {
		return err
	}
	// What fails from here on is done by a scheduler's recovery.
	if _, engine, _ := parseClaim(claim); engine != "" {
		_ = s.unqueue(l, claim)
		return nil
	}
	_ = s.PutBack(l, claim)
	return nil
}

// PutBack gives up a run that was taken with Own and not started.
func (s *Store) PutBack(l *Lock, claim string) error {
	if _, engine, _ := parseClaim(claim); claim == "" || engine != "" { // a queued run still is
		return l.Close()
	}
	return (&Claim{Run: l.run, Lock: l, store: s, name: claim}).Release()
}
