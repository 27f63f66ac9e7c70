package archive

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs"
)

// Place is a directory or zip file with runs outside a store.
type Place struct {
	Path string // absolute
	Zip  bool
	Name string // name for messages
}

// ErrNoPlace means that the path does not exist, or is neither a directory nor a zip file.
var ErrNoPlace = errors.New("not a valid archive")

// At returns the place at path. The error wraps ErrNoPlace if there is none.
func At(path string) (Place, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Place{}, fmt.Errorf("archive %s: %w", path, err)
	}
	st, err := os.Stat(abs)
	switch {
	case err != nil:
		return Place{}, fmt.Errorf("%s is %w", path, ErrNoPlace)
	case st.IsDir():
		return Place{Path: abs, Name: path}, nil
	case !IsZip(abs):
		return Place{}, fmt.Errorf("invalid archive %s - expected a directory or a zip file", path)
	}
	return Place{Path: abs, Zip: true, Name: path}, nil
}

// IsZip reports whether path has the extension of a zip file.
func IsZip(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// List returns the runs of the place, the latest started first. Of a zip file it unpacks the directories .guild to a temporary directory;
// done removes that, and must be called when the runs are no longer needed. The context ends the unpacking.
func (p Place) List(ctx context.Context) (list []*runs.Run, done func(), err error) {
	dir, done := p.Path, func() {}
	if p.Zip {
		if dir, err = os.MkdirTemp("", "guild-archive-"); err != nil {
			return nil, done, fmt.Errorf("read %s: %w", p.Name, err)
		}
		done = func() { _ = os.RemoveAll(dir) }
		if err := unpackRecords(ctx, p, dir); err != nil {
			done()
			return nil, func() {}, err
		}
	}
	list, err = listDir(dir)
	if err != nil {
		done()
		return nil, func() {}, err
	}
	return list, done, nil
}

// listDir returns the runs in a directory, the latest started first.
func listDir(dir string) ([]*runs.Run, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	started := map[*runs.Run]time.Time{}
	var list []*runs.Run
	for _, e := range entries {
		r := runs.Named(e.Name(), filepath.Join(dir, e.Name()))
		if st, err := os.Lstat(r.GuildPath()); e.Name()[0] == '.' || err != nil || !st.IsDir() {
			continue
		}
		started[r] = r.Started()
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *runs.Run) int {
		return cmp.Or(started[b].Compare(started[a]), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

func openZip(p Place) (*zip.ReadCloser, error) {
	z, err := zip.OpenReader(p.Path)
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("cannot read from %s: File is not a zip file", p.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read from %s: %w", p.Name, err)
	}
	return z, nil
}
