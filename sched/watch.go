package sched

import (
	"fmt"

	"github.com/fsnotify/fsnotify"
)

// watcher tells when a marker appeared in the directory of staged runs.
type watcher struct {
	fs    *fsnotify.Watcher
	woken chan struct{} // holds one: many markers are one wake-up
}

// watchStaged watches dir. The first look at the directory must come after it, so that nothing falls in between.
func watchStaged(dir string) (*watcher, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch for staged runs: %w", err)
	}
	if err := fs.Add(dir); err != nil {
		fs.Close()
		return nil, fmt.Errorf("watch for staged runs: %w", err)
	}
	w := &watcher{fs: fs, woken: make(chan struct{}, 1)}
	go w.forward()
	return w, nil
}

// forward passes on what matters: new names, and errors, for an overflow has lost some. It ends when the watcher is closed.
func (w *watcher) forward() {
	for {
		select {
		case ev, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if ev.Has(fsnotify.Create) {
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
