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

// A scheduler looks for staged runs without a marker, such as copies, every sweepEvery. It looks at the runs that are new since the last
// time, and every fullSweep times at all. One that runs once looks before it ends. Runs that changed within copyQuiet are left for the next time.
const (
	sweepEvery = time.Minute
	fullSweep  = 10
	copyQuiet  = 20 * time.Second
)

// A scheduler looks for runs that Guild AI has staged when it starts, and then as often as it polls, but for at most a fiftieth of the time.
// Those that changed within markedQuiet are left for the next time.
const (
	markedQuiet = 2 * time.Second
	markedShare = 50
)

// sweeper stages runs that have no marker, see runs.Store.Sweep, and clears what crashes left in the root, see runs.Store.ClearDrafts. The
// markers that it makes wake the scheduler as any other marker does.
type sweeper struct {
	store *runs.Store
	log   zerolog.Logger
	quiet time.Duration // copyQuiet

	mu    sync.Mutex // held during a sweep
	count int
	seen  map[string]bool // runs that need not be looked at, by id

	nextMarked time.Time // when runs that Guild AI has staged are looked for again
}

// sweep looks once, unless another scheduler of this host or an earlier call is at it.
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

// stageMarked stages the runs that Guild AI has staged, see runs.Store.StageMarked, unless the last look was too long for another one now.
// It returns how many runs it leaves for a later call.
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

// stageAllMarked is stageMarked that waits for runs that have just changed.
func (s *sweeper) stageAllMarked(ctx context.Context) {
	for s.stageMarked() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(markedQuiet): // nothing tells that a copy is complete but that it does not change any more
		}
	}
}
