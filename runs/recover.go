package runs

import (
	"errors"
	"io/fs"
	"strings"

	"guild/runs/phase"
)

// RecoverClaims handles every claim whose owner is gone: a run that was never started is staged again, and the claim of a run that ended or
// was lost is dropped. A queued run is left to its engine, or staged again if nobody will start it. It returns the ids of the runs that
// were staged again. The cost depends on the number of claims: of runs under way, and those left by crashes. Claims of other users' runs
// are left to them.
func (s *Store) RecoverClaims() ([]string, error) {
	return s.RecoverClaimsBut(func(string) bool { return false }, func(string, string) {})
}

// RecoverClaimsBut is RecoverClaims without the claims for which sound returns true: the caller knows that they need no recovery. It calls
// foreign for each run of another user, which it may not read.
func (s *Store) RecoverClaimsBut(sound func(claim string) bool, foreign func(id, owner string)) ([]string, error) {
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
		if sound(c.Name) {
			continue
		}
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
	if err == nil && p.Kind == phase.Queued && m.Engine != "" {
		return s.recoverQueued(l, m)
	}
	c := &Claim{Run: r, Lock: l, store: s, name: m.Name}
	status, err := r.claimable()
	if err == nil && status == Pending && m.Engine != "" { // its scheduler was killed while it handed the run to an engine
		if err = r.sayStaged(); err == nil {
			status = Staged
		}
	}
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

// claimedID returns the run id in the name of a claim. An id can have dots, what follows it has none.
func claimedID(name string) string { return name[:max(0, strings.LastIndexByte(name, '.'))] }
