package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guild/runs/dirmode"
	"guild/runs/phase"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// Claim is a staged run that this process, and no other on any host, may start.
type Claim struct {
	Run   *Run
	Lock  *Lock
	store *Store
	name  string // marker in .claimed
}

// Claim takes a staged run: first its lock, then a look at its status, then its marker. The error is ErrBusy if a process holds the run,
// ErrNotStaged if it has been started or stopped or was never staged, ErrNotFound if it is gone. Claim removes a marker that no staged
// run belongs to.
func (s *Store) Claim(id string) (*Claim, error) {
	r := s.run(id)
	l, gone, err := s.lockNamed(r)
	if gone {
		s.dropStale(id)
	}
	if err != nil {
		return nil, err
	}
	c := &Claim{Run: r, Lock: l, store: s}
	if err := c.take(); err != nil {
		_ = l.Close()
		return nil, err
	}
	return c, nil
}

// lockNamed takes the lock of a run whose id comes from the name of a marker or a claim. An NFS client that looked for the run before it
// was there goes on to believe that it is missing; gone says that it is missing for certain. What is read afterwards is as new as the
// lock.
func (s *Store) lockNamed(r *Run) (l *Lock, gone bool, err error) {
	l, err = r.TryLock()
	if errors.Is(err, ErrNotFound) {
		if refreshed := sharedfs.RefreshDirs(s.runs); refreshed != nil {
			if !errors.Is(refreshed, fs.ErrNotExist) {
				err = fmt.Errorf("look for run %s: %w", r.ShortID(), refreshed)
			}
			return nil, false, err
		}
		l, err = r.TryLock()
		gone = errors.Is(err, ErrNotFound) && isGone(r.GuildPath())
	}
	if err != nil {
		return nil, gone, err
	}
	if err := sharedfs.RefreshDirs(s.runs, r.GuildPath()); err != nil {
		_ = l.Close()
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNotFound
		}
		return nil, false, fmt.Errorf("look at run %s: %w", r.ShortID(), err)
	}
	return l, false, nil
}

func (c *Claim) take() error {
	got, err := c.Run.claimable()
	if err != nil {
		return fmt.Errorf("claim run %s: %w", c.Run.ShortID(), err)
	}
	if got != Staged {
		c.store.dropStale(c.Run.ID)
		return fmt.Errorf("claim run %s, which is %s: %w", c.Run.ShortID(), got, ErrNotStaged)
	}
	c.name = c.Run.ID + "." + claimant()
	err = os.Rename(c.store.stagedPath(c.Run.ID), c.store.claimedPath(c.name))
	if errors.Is(err, fs.ErrNotExist) {
		// Either the marker is gone, or .claimed does not exist yet, which happens once per store.
		if err := c.store.MakeDir(c.store.claimedDir()); err != nil {
			return fmt.Errorf("claim run %s: %w", c.Run.ShortID(), err)
		}
		err = os.Rename(c.store.stagedPath(c.Run.ID), c.store.claimedPath(c.name))
	}
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return fmt.Errorf("claim run %s, whose marker is gone: %w", c.Run.ShortID(), ErrNotStaged)
	}
	if err != nil {
		return fmt.Errorf("claim run %s: %w", c.Run.ShortID(), dirmode.Denied(c.store.stagedDir(), err))
	}
	return nil
}

// claimant returns a name for this process and this call that no other process on any host uses.
func claimant() string {
	return strings.TrimPrefix(process.TempName(fmt.Sprint(time.Now().UnixNano())), process.TempPrefix)
}

// claimable returns the recorded status, for who holds the run's lock. A status that cannot be read is an error and not another status: what
// is done with a run that is not staged must not be done with one that may be.
func (r *Run) claimable() (Status, error) {
	p, err := r.phase()
	if err != nil {
		return "", err
	}
	if now, ok := r.startedByGuildAI(p); ok {
		return now.Status, nil
	}
	if p.Kind != phase.Made {
		return statusOf(p), nil
	}
	data, err := sharedfs.ReadFile(r.GuildPath("status"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if s := parseStatus(data); s != "" {
		return s, nil
	}
	return r.markerState(p).Status, nil
}

// claimableStatus is claimable for callers that do not hold the lock and only read.
func (r *Run) claimableStatus() Status {
	s, err := r.claimable()
	if err != nil {
		return Error
	}
	return s
}

// Name returns the name of the claim, which is recorded with the owner and passed to DropClaim when the run has ended.
func (c *Claim) Name() string { return c.name }

// claimHolds reports whether a claim is still valid: nobody has staged the run again since. An owner that has read the phase and then finds
// its claim valid may begin the next phase. Staging the run again after that does not change the phase; starting it then does, so that one
// of the two starts fails.
func (r *Run) claimHolds(name string) (bool, error) {
	s := &Store{runs: filepath.Dir(r.Dir)}
	err := sharedfs.RefreshDirs(s.claimedDir())
	if err == nil {
		_, err = os.Lstat(s.claimedPath(name))
	}
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Release stages a claimed run again that was not started, at its old place. It returns no error if a recovery has already done so.
func (c *Claim) Release() error {
	_, err := c.release()
	return err
}

// release reports whether it was this call that put the marker back.
func (c *Claim) release() (bool, error) {
	// The lock is released first: a scheduler that the marker wakes must find the run free.
	if err := c.Lock.Close(); err != nil {
		return false, fmt.Errorf("release run %s: %w", c.Run.ShortID(), err)
	}
	err := os.Rename(c.store.claimedPath(c.name), c.store.stagedPath(c.Run.ID))
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("release run %s: %w", c.Run.ShortID(), err)
	}
	return true, nil
}

// ClaimedDir returns the directory of the claims, which is made where it is missing.
func (s *Store) ClaimedDir() (string, error) {
	return s.claimedDir(), s.MakeDir(s.claimedDir())
}

func (s *Store) stagedPath(id string) string    { return filepath.Join(s.stagedDir(), id) }
func (s *Store) claimedPath(name string) string { return filepath.Join(s.claimedDir(), name) }

// dropStale removes a marker that no staged run belongs to.
func (s *Store) dropStale(id string) { _ = os.Remove(s.stagedPath(id)) }

// DropClaim removes a claim's marker after its run has ended. A missing claim or an invalid name is not an error.
func (s *Store) DropClaim(name string) error {
	if _, _, ok := parseClaim(name); !ok {
		return nil
	}
	if err := os.Remove(s.claimedPath(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop claim: %w", err)
	}
	return nil
}
