// Package watch tells that something has happened in directories, as far as the system can: what other hosts do on a shared file system
// raises no event here, so that whoever must see that looks from time to time too.
package watch

import (
	"fmt"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// Watcher tells of events in the directories that were added. It is safe for concurrent use.
type Watcher struct {
	fs    *fsnotify.Watcher
	op    fsnotify.Op
	note  func(path string)
	woken chan struct{} // holds one: many events are one wake-up

	mu   sync.Mutex
	dirs map[string]bool
}

// New returns a watcher of no directory yet, for some operations. note is called from another goroutine with the path of what has changed, or
// with an empty one where events were lost. Close must be called.
func New(op fsnotify.Op, note func(path string)) (*Watcher, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch directories: %w", err)
	}
	w := &Watcher{fs: fs, op: op, note: note, woken: make(chan struct{}, 1), dirs: map[string]bool{}}
	go w.forward()
	return w, nil
}

// Dir is New with one directory. The first look at the directory must come after it, so that nothing falls in between.
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

// Add watches one more directory.
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

// Only watches these directories and no others. Those that cannot be watched, such as one that is gone, are left out.
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

// Woken receives after events, and is closed by Close.
func (w *Watcher) Woken() <-chan struct{} { return w.woken }

// Close ends the watcher. It can be called more than once.
func (w *Watcher) Close() { _ = w.fs.Close() }

// forward passes on what matters, and errors, for an overflow has lost some. It ends when the watcher is closed.
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
