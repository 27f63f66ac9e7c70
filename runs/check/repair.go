package check

import (
	"context"
	"errors"
	"fmt"

	"guild/runs"
)

// Repair repairs the problems as far as that is possible without guessing and without waiting for anybody, and returns them with the
// results. The error is about repairs that could not be tried.
func Repair(ctx context.Context, s *runs.Store, found []Problem) ([]Problem, error) {
	claims := false
	var failed []error
	for _, p := range found {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		if p.Kind == AbandonedClaim {
			claims = true
		} else if err := mend(s, p); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.Path, err))
		}
	}
	if claims {
		if _, err := s.RecoverClaims(); err != nil {
			failed = append(failed, err)
		}
	}
	left, _, err := again(ctx, s, found)
	if err != nil {
		return found, err
	}
	open := keys(left)
	result := make([]Problem, len(found))
	for i, p := range found {
		p.Mended = !open[p.key()]
		result[i] = p
	}
	return result, errors.Join(failed...)
}

func mend(s *runs.Store, p Problem) error {
	switch p.Kind {
	case Leftover:
		return s.ClearLeftover(p.leftover)
	case StrayMarker:
		c, err := s.Claim(p.Run) // removes a wrong marker
		if err == nil {
			return c.Release() // the marker has become right
		}
		return ignore(err, runs.ErrNotFound, runs.ErrNotStaged, runs.ErrBusy)
	case NoMarker, LostOwner, StaleFiles:
		return mendRun(s, p)
	}
	return nil
}

func mendRun(s *runs.Store, p Problem) error {
	r, err := s.Get(p.Run)
	if err != nil {
		return ignore(err, runs.ErrNotFound)
	}
	l, claim, err := s.Own(r) // finds a marker, or makes one
	if err != nil {
		return ignore(err, runs.ErrNotFound, runs.ErrNotStaged, runs.ErrBusy)
	}
	switch p.Kind {
	case LostOwner:
		err = l.NoteLost()
	case StaleFiles:
		err = l.Settle()
	}
	return errors.Join(err, s.PutBack(l, claim))
}

// ignore returns nil for errors that mean that another process has meanwhile changed something.
func ignore(err error, those ...error) error {
	for _, e := range those {
		if errors.Is(err, e) {
			return nil
		}
	}
	return err
}
