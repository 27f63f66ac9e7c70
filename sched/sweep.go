package sched

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/rs/zerolog"

	"guild/runs"
)

// A scheduler looks for staged runs without a marker, such as copies, every sweepEvery: at the runs that are new since the last time, and
// at all runs every fullSweep times. A run-once scheduler looks before it ends. Runs that changed within copyQuiet are left for the next
// time.
const (
	sweepEvery = time.Minute
	fullSweep  = 10
	copyQuiet  = 20 * time.Second
)

// A scheduler looks for runs that Guild AI has staged when it starts, and then at each poll, but it spends at most a fiftieth of its time
// on this. Runs that changed within markedQuiet are left for the next time.
const (
	markedQuiet = 2 * time.Second
	markedShare = 50
)

// sweeper stages runs that have no marker, see runs.Store.Sweep, and removes what crashes left in the root, see runs.Store.ClearDrafts. The
// new markers wake the scheduler as any other marker does.
type sweeper struct {
	store *runs.Store
	log   zerolog.Logger
	quiet time.Duration // copyQuiet, except in tests

	mu    sync.Mutex // held during a sweep
	count int
	seen  map[string]bool // ids of runs that need no further look

	nextMarked time.Time // time of the next look for runs that Guild AI has staged
}

// sweep looks once, unless another scheduler of this host or an earlier call is sweeping.
func (s *sweeper) sweep() {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if err := s.store.MakeDir(s.store.LocksDir()); err != nil {
		s.log.Debug().Msgf("Sweep: %v", err)
		return
	}
	lock := flock.New(filepath.Join(s.store.LocksDir(), "sweep"))
	if got, err := lock.TryLock(); err != nil || !got {
		return
	}
	defer func() { _ = lock.Unlock() }()
	if s.count%fullSweep == 0 {
		s.seen = map[string]bool{}
	}
	s.count++
	found, err := s.store.Sweep(s.quiet, s.seen)
	if err != nil {
		s.log.Debug().Msgf("Sweep: %v", err)
	}
	for _, id := range found {
		s.log.Info().Msgf("Staged run %s: it had no marker, as copies of staged runs have none", id)
	}
	cleared, err := s.store.ClearDrafts()
	if err != nil {
		s.log.Debug().Msgf("Sweep: %v", err)
	}
	for _, path := range cleared {
		s.log.Info().Msgf("Cleared %s: the process that was making or removing this run has died", path)
	}
}

// stageMarked stages the runs that Guild AI has staged, see runs.Store.StageMarked, unless the last look took too long to look again now.
// It returns the number of runs that it leaves for a later call.
func (s *sweeper) stageMarked() (fresh int) {
	if !s.mu.TryLock() {
		return 0
	}
	defer s.mu.Unlock()
	begun := time.Now()
	if begun.Before(s.nextMarked) {
		return 0
	}
	staged, fresh, err := s.store.StageMarked(markedQuiet)
	s.nextMarked = time.Now().Add(markedShare * time.Since(begun))
	if err != nil {
		s.log.Debug().Msgf("Look for runs that Guild AI has staged: %v", err)
	}
	for _, id := range staged {
		s.log.Info().Msgf("Staged run %s, which has the marker of Guild AI", id)
	}
	return fresh
}

// stageAllMarked calls stageMarked until no run has changed too recently.
func (s *sweeper) stageAllMarked(ctx context.Context) {
	for s.stageMarked() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(markedQuiet): // a copy is known to be complete only if it no longer changes
		}
	}
}
