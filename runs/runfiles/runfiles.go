// Package runfiles lists the files of runs, and adds up the sizes of files in a directory.
package runfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/natural"
)

// File is a file or directory of a run.
type File struct {
	Path string // relative to the run directory, with slashes
	Dir  bool   // a directory or a link to one
}

// List returns all files and directories below root, in the natural order of their paths. With follow, it lists what is in linked directories
// too, except for links to a directory that they are in.
func List(root string, follow bool) ([]File, error) {
	st, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("list run files: %w", err)
	}
	w := walker{follow: follow}
	if err := w.dir(root, "", []os.FileInfo{st}); err != nil {
		return nil, fmt.Errorf("list run files: %w", err)
	}
	slices.SortFunc(w.files, func(a, b File) int { return natural.Compare(a.Path, b.Path) })
	return w.files, nil
}

type walker struct {
	follow bool
	files  []File
}

// dir adds what is in the directory dir, whose path is rel. The last of above is this directory, the others are those that it is in.
func (w *walker) dir(dir, rel string, above []os.FileInfo) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		f := File{Path: path.Join(rel, e.Name()), Dir: e.IsDir()}
		full := filepath.Join(dir, e.Name())
		enter := f.Dir
		var st os.FileInfo
		if link := e.Type()&os.ModeSymlink != 0; link || f.Dir && w.follow {
			st, err = os.Stat(full)
			f.Dir = err == nil && st.IsDir()
			enter = f.Dir && w.follow && !slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, st) })
		}
		w.files = append(w.files, f)
		if !enter {
			continue
		}
		// A run may be writing and removing files, so a directory that is gone by now is not an error.
		if err := w.dir(full, f.Path, append(above[:len(above):len(above)], st)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// IsGuilds reports whether a path, relative to a run directory, is in the directory that guild keeps for itself.
func IsGuilds(p string) bool { return p == ".guild" || strings.HasPrefix(p, ".guild/") }

// Size returns how many bytes the files below a directory have. Files that are removed meanwhile do not count.
func Size(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		st, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			size += st.Size()
		}
		return err
	})
	return size, err
}
