// Package leftover recognises files that killed or stuck processes have left in a store: by their names, which identify the processes that
// made them, and by times.
package leftover

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"guild/runs/process"
	"guild/runs/remove"
)

// Leftover is a file or directory that was left behind.
type Leftover struct {
	Kind Kind
	Path string
}

// Kind is the kind of a Leftover.
type Kind string

// The kinds of leftovers.
const (
	File  Kind = "file"  // a file of guild that was to replace another one
	Draft Kind = "draft" // a run that was being made
	Purge Kind = "purge" // a run that was being deleted permanently
	// Marker is the prepared marker of a run that was never made or staged again, see runs.Store.CommitStaged.
	Marker Kind = "marker"
)

// Patience is how long a temporary file of another system is left alone, since its process may still be at work. A repair must not wait for
// that process, and takes away only the file's name.
const Patience = 24 * time.Hour

// At reports whether there is a File, a Draft or a Purge at a path. now is the time by the clock of the file server.
func At(path string, now time.Time) (Kind, bool) {
	name := filepath.Base(path)
	purged := strings.HasPrefix(name, remove.Prefix)
	if !purged && !strings.HasPrefix(name, process.TempPrefix) {
		return "", false
	}
	st, err := os.Lstat(path)
	maker, _, _ := process.MakerOf(name)
	if err != nil || !maker.Dead() && now.Sub(lastChange(path, st)) < Patience {
		return "", false
	}
	switch {
	case purged:
		return Purge, true
	case st.IsDir():
		return Draft, true
	}
	return File, true
}

// lastChange returns the latest time at which something was made in a draft, or that of a file.
func lastChange(path string, st os.FileInfo) time.Time {
	last := st.ModTime()
	for _, sub := range []string{".guild", filepath.Join(".guild", "attrs")} {
		if st, err := os.Lstat(filepath.Join(path, sub)); err == nil && st.ModTime().After(last) {
			last = st.ModTime()
		}
	}
	return last
}
