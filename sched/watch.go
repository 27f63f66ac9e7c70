package sched

import (
	"context"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"

	"guild/sched/watch"
)

// watchStaged reports newly staged runs if the system supports it; if not, woken is nil.
func (s *Scheduler) watchStaged() (woken <-chan struct{}, closeFn func(), err error) {
	dir, err := s.store.StagedDir()
	if err != nil {
		return nil, nil, err
	}
	w, err := watch.Dir(dir, fsnotify.Create, func(string) {})
	if err != nil {
		s.log.Warn().Msgf("Staged runs are found only by polling: %v", err)
		return nil, func() {}, nil
	}
	return w.Woken(), w.Close, nil
}

// claimWatch collects the names of changed claims. On this host, a worker that an engine started changes the claim when its run begins, and
// removes it when the run has ended. Changes on other hosts are found by asking the engine.
type claimWatch struct {
	mu      sync.Mutex
	changed map[string]bool
	missed  bool
}

func (c *claimWatch) note(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if path == "" {
		c.missed = true
	} else if name := filepath.Base(path); strings.HasPrefix(name, ".") { // of an engine
		c.changed[name] = true
	}
}

// take returns the names of the claims that have changed since the last call. missed says that there may be others.
func (c *claimWatch) take() (changed map[string]bool, missed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed, missed = c.changed, c.missed
	c.changed, c.missed = map[string]bool{}, false
	return changed, missed
}

// watchClaims reports changed claims if they matter to this scheduler. The workers of its own pool report their ends themselves, but not
// the workers of others, for whose resources a run may wait.
func (s *Scheduler) watchClaims() (woken <-chan struct{}, closeFn func()) {
	s.claims.changed = map[string]bool{}
	shares := len(s.opts.Resources) > 0 || len(s.gpus) > 0 || s.opts.WaitForRunning
	if !s.traits.Queues && !shares {
		return nil, func() {}
	}
	dir, err := s.store.ClaimedDir()
	if err != nil {
		return nil, func() {} // the first claim reports the error
	}
	w, err := watch.Dir(dir, fsnotify.Chmod|fsnotify.Remove|fsnotify.Rename, s.claims.note)
	if err != nil {
		s.log.Warn().Msgf("The progress of runs is found only by polling: %v", err)
		return nil, func() {}
	}
	return w.Woken(), w.Close
}

// claimsChanged finds out what became of the jobs whose claims have changed.
func (s *Scheduler) claimsChanged(ctx context.Context) {
	changed, missed := s.claims.take()
	if missed {
		s.follow(ctx)
		return
	}
	for token := range changed {
		switch j := s.jobs[token]; {
		case j == nil: // of another scheduler
		case !s.store.HasClaim(token):
			s.ended(ctx, j)
		case j.Began.IsZero():
			s.seenToBegin(j)
		}
	}
}
