package sched

import (
	"fmt"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// watcher tells when a marker appeared in the directory of staged runs, or one disappeared from that of claims.
type watcher struct {
	fs     *fsnotify.Watcher
	claims string
	woken  chan struct{} // holds one: many markers are one wake-up
}

// watchMarkers watches the directory of staged runs, and that of claims where that is not empty. The first look at the directories must
// come after it, so that nothing falls in between.
func watchMarkers(staged, claims string) (*watcher, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch for staged runs: %w", err)
	}
	for _, dir := range []string{staged, claims} {
		if dir == "" {
			continue
		}
		if err := fs.Add(dir); err != nil {
			fs.Close()
			return nil, fmt.Errorf("watch for staged runs: %w", err)
		}
	}
	w := &watcher{fs: fs, claims: claims, woken: make(chan struct{}, 1)}
	go w.forward()
	return w, nil
}

// forward passes on what matters: new markers, claims that are gone, and errors, for an overflow has lost some. It ends when the watcher is closed.
func (w *watcher) forward() {
	for {
		select {
		case ev, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if inClaims := filepath.Dir(ev.Name) == w.claims; !inClaims && ev.Has(fsnotify.Create) || inClaims && ev.Has(fsnotify.Remove) {
				w.wake()
			}
		case _, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			w.wake()
		}
	}
}

func (w *watcher) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *watcher) close() { w.fs.Close() }
