// Package watch reports changes of directories as far as the system does: on a shared file system, changes by other hosts raise no event
// here, so callers must also poll if those matter.
package watch

import (
	"fmt"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// Watcher reports events in the directories that were added. It is safe for concurrent use.
type Watcher struct {
	fs    *fsnotify.Watcher
	op    fsnotify.Op
	note  func(path string)
	woken chan struct{} // capacity 1, so that many events cause one wake-up

	mu   sync.Mutex
	dirs map[string]bool
}

// New returns a watcher of some operations, without directories at first. note is called from another goroutine with the path that has
// changed, or with an empty path if events were lost. Close must be called.
func New(op fsnotify.Op, note func(path string)) (*Watcher, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch directories: %w", err)
	}
	w := &Watcher{fs: fs, op: op, note: note, woken: make(chan struct{}, 1), dirs: map[string]bool{}}
	go w.forward()
	return w, nil
}

// Dir returns a watcher of one directory, as New does. Read the directory only afterwards, so that no change is missed.
func Dir(dir string, op fsnotify.Op, note func(path string)) (*Watcher, error) {
	w, err := New(op, note)
	if err != nil {
		return nil, err
	}
	if err := w.Add(dir); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// Add watches another directory.
func (w *Watcher) Add(dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dirs[dir] {
		return nil
	}
	if err := w.fs.Add(dir); err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	w.dirs[dir] = true
	return nil
}

// Only watches exactly these directories. It skips those that cannot be watched, for example because they are gone.
func (w *Watcher) Only(dirs []string) {
	wanted := make(map[string]bool, len(dirs))
	for _, dir := range dirs {
		wanted[dir] = true
		_ = w.Add(dir)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir := range w.dirs {
		if !wanted[dir] {
			_ = w.fs.Remove(dir) // it may be gone
			delete(w.dirs, dir)
		}
	}
}

// Woken returns a channel that receives after events. Close closes it.
func (w *Watcher) Woken() <-chan struct{} { return w.woken }

// Close ends the watcher. It may be called more than once.
func (w *Watcher) Close() { _ = w.fs.Close() }

// forward passes on relevant events, and errors, since an overflow has lost events. It ends when the watcher is closed.
func (w *Watcher) forward() {
	defer close(w.woken)
	for {
		select {
		case ev, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if ev.Op&w.op != 0 {
				w.wake(ev.Name)
			}
		case _, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			w.wake("")
		}
	}
}

func (w *Watcher) wake(path string) {
	w.note(path)
	select {
	case w.woken <- struct{}{}:
	default:
	}
}
