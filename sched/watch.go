package sched

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// watcher tells when something happened in a directory.
type watcher struct {
	fs    *fsnotify.Watcher
	op    fsnotify.Op
	names func(string)  // is told what it happened to; empty: something was missed
	woken chan struct{} // holds one: many events are one wake-up
}

// watchDir watches dir. The first look at the directory must come after it, so that nothing falls in between.
func watchDir(dir string, op fsnotify.Op, names func(string)) (*watcher, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", dir, err)
	}
	if err := fs.Add(dir); err != nil {
		fs.Close()
		return nil, fmt.Errorf("watch %s: %w", dir, err)
	}
	w := &watcher{fs: fs, op: op, names: names, woken: make(chan struct{}, 1)}
	go w.forward()
	return w, nil
}

// forward passes on what matters, and errors, for an overflow has lost some. It ends when the watcher is closed.
func (w *watcher) forward() {
	for {
		select {
		case ev, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if ev.Op&w.op != 0 {
				w.wake(filepath.Base(ev.Name))
			}
		case _, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			w.wake("")
		}
	}
}

func (w *watcher) wake(name string) {
	w.names(name)
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *watcher) close() { w.fs.Close() }

// watchStaged tells of newly staged runs, as far as the system can.
func (s *Scheduler) watchStaged() (woken <-chan struct{}, closeFn func(), err error) {
	dir, err := s.store.StagedDir()
	if err != nil {
		return nil, nil, err
	}
	w, err := watchDir(dir, fsnotify.Create, func(string) {})
	if err != nil {
		s.log.Warn().Msgf("Staged runs are found only by polling: %v", err)
		return nil, func() {}, nil
	}
	return w.woken, w.close, nil
}

// claimWatch knows which claims have changed: on this host, a worker that an engine started changes the claim when its run begins,
// and removes it when the run has ended. What happens on other hosts is seen by asking.
type claimWatch struct {
	mu      sync.Mutex
	changed map[string]bool
	missed  bool
}

func (c *claimWatch) note(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name == "" {
		c.missed = true
	} else if strings.HasPrefix(name, ".") { // of an engine
		c.changed[name] = true
	}
}

// take returns the names of the claims that have changed since the last call. missed says that there may be more.
func (c *claimWatch) take() (changed map[string]bool, missed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed, missed = c.changed, c.missed
	c.changed, c.missed = map[string]bool{}, false
	return changed, missed
}

// watchClaims tells of changed claims where they matter: workers of this host's own pool tell by themselves, but not those of others for
// whose resources a run waits.
func (s *Scheduler) watchClaims() (woken <-chan struct{}, closeFn func()) {
	s.claims.changed = map[string]bool{}
	shares := len(s.opts.Resources) > 0 || len(s.gpus) > 0 || s.opts.WaitForRunning
	if !s.traits.Queues && !shares {
		return nil, func() {}
	}
	dir, err := s.store.ClaimedDir()
	if err != nil {
		return nil, func() {} // the first claim says what is wrong
	}
	w, err := watchDir(dir, fsnotify.Chmod|fsnotify.Remove|fsnotify.Rename, s.claims.note)
	if err != nil {
		s.log.Warn().Msgf("The progress of runs is found only by polling: %v", err)
		return nil, func() {}
	}
	return w.woken, w.close
}

// claimsChanged looks what became of the jobs whose claims have changed.
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
