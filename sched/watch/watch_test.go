package watch

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// paths collects the paths that a watcher reports.
type paths struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (p *paths) note(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[path] = true
}

func (p *paths) has(path string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[path]
}

// await waits until the watcher has reported a path.
func await(t *testing.T, w *Watcher, p *paths, path string) {
	t.Helper()
	for !p.has(path) {
		if _, open := <-w.Woken(); !open {
			t.Fatalf("closed before it told of %s", path)
		}
	}
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestOnly: after the watcher has moved from one directory to another, it reports nothing of the first.
func TestOnly(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	p := &paths{seen: map[string]bool{}}
	w, err := Dir(a, fsnotify.Create, p.note)
	if err != nil {
		t.Fatal(err)
	}
	touch(t, filepath.Join(a, "1"))
	await(t, w, p, filepath.Join(a, "1"))
	w.Only([]string{b, filepath.Join(b, "gone")})
	w.Only([]string{b})
	touch(t, filepath.Join(a, "2"))
	touch(t, filepath.Join(b, "3"))
	await(t, w, p, filepath.Join(b, "3"))
	if p.has(filepath.Join(a, "2")) {
		t.Error("a directory is watched that was left out")
	}
	w.Close()
	w.Close()
	for range w.Woken() { // until it is closed
	}
}

func TestNoDirectory(t *testing.T) {
	if w, err := Dir(filepath.Join(t.TempDir(), "gone"), fsnotify.Create, func(string) {}); err == nil {
		w.Close()
		t.Error("a directory is watched that is not there")
	}
}
