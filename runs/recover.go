package runs

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// RecoverClaims looks at every claim whose owner is gone: a run that was never started is staged again, a claim of a run that
// ended or was lost is dropped. A queued run is left to its engine, or staged again where nobody will start it. It returns the ids of
// the runs that were staged again. The cost is that of the claims: the runs that are under way and those left by a crash. Claims of
// other users' runs are left to them.
func (s *Store) RecoverClaims() ([]string, error) {
	return s.RecoverClaimsBut(func(string, string) {})
}

// RecoverClaimsBut is RecoverClaims that tells of each run of another user, which it cannot look at.
func (s *Store) RecoverClaimsBut(foreign func(id, owner string)) ([]string, error) {
	if err := s.CheckFormat(); err != nil {
		return nil, err
	}
	claims, err := s.Claims()
	if err != nil {
		return nil, err
	}
	var restaged []string
	var failed []error
	for _, c := range claims {
		again, err := s.recoverClaim(c)
		if errors.Is(err, fs.ErrPermission) {
			if owner := s.run(c.ID).Foreign(); owner != "" {
				foreign(c.ID, owner)
				continue
			}
		}
		if err != nil {
			failed = append(failed, err)
		} else if again {
			restaged = append(restaged, c.ID)
		}
	}
	return restaged, errors.Join(failed...)
}

func (s *Store) recoverClaim(m ClaimMarker) (restaged bool, err error) {
	r := s.run(m.ID)
	l, gone, err := s.lockNamed(r)
	switch {
	case errors.Is(err, ErrBusy):
		return false, nil // under way
	case gone:
		return false, s.DropClaim(m.Name)
	case err != nil:
		return false, err
	}
	p, err := r.phase()
	if err == nil && p.kind == phaseQueued && m.Engine != "" {
		return s.recoverQueued(l, m)
	}
	c := &Claim{Run: r, Lock: l, store: s, name: m.Name}
	status, err := r.claimable()
	if status == Staged {
		return c.release()
	}
	if err == nil {
		err = l.Settle() // its owner may have been killed before it could
	}
	_ = l.Close()
	if err != nil {
		return false, err
	}
	return false, s.DropClaim(m.Name)
}

// Sweep looks through the whole root for staged runs without a marker, which a crash between the two steps of staging leaves,
// as well as copying runs in from elsewhere, and stages them. Queued runs without a claim count as staged. Its cost is that of all runs: it is for once in a while.
func (s *Store) Sweep() ([]string, error) {
	if err := s.CheckFormat(); err != nil {
		return nil, err
	}
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	markers, err := s.Staged(nil)
	if err != nil {
		return nil, err
	}
	marked := make(map[string]bool, len(markers))
	for _, m := range markers {
		marked[m.ID] = true
	}
	var found []string
	for _, id := range ids {
		if marked[id] {
			continue
		}
		staged, err := s.stageLost(s.run(id))
		if err != nil {
			return found, err
		}
		if staged {
			found = append(found, id)
		}
	}
	return found, nil
}

// stageLost stages a staged run that has neither a marker nor a claim nor an owner, and a queued one without a claim.
func (s *Store) stageLost(r *Run) (bool, error) {
	if queued, err := r.Queued(); err == nil && queued {
		if s.hasClaim(r.ID) {
			return false, nil
		}
		return s.unqueueLost(r)
	}
	if r.claimableStatus() != Staged {
		return false, nil
	}
	if owned, err := r.Owned(); err != nil || owned { // claimed at this moment
		return false, nil
	}
	if r.claimableStatus() != Staged || s.hasClaim(r.ID) {
		return false, nil
	}
	return true, s.Stage(r)
}

// hasClaim reports a claim of any kind to a run, also one whose name only a later version of this program understands. What cannot be
// read may hold one.
func (s *Store) hasClaim(id string) bool {
	names, err := readNames(s.claimedDir())
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, id) })
}

// claimedID is the run id in the name of a claim. An id can have dots, what follows it has none.
func claimedID(name string) string { return name[:max(0, strings.LastIndexByte(name, '.'))] }
