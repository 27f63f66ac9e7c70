package cmd

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/natural"
)

// file is a file or directory of a run.
type file struct {
	path string // relative to the run directory, with slashes
	dir  bool   // a directory or a link to one
}

// walk returns everything below root in the order of paths. If follow is set, it enters links to directories, except those that contain the
// link.
func walk(root string, follow bool) ([]file, error) {
	st, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("list run files: %w", err)
	}
	w := walker{follow: follow}
	if err := w.dir(root, "", []os.FileInfo{st}); err != nil {
		return nil, fmt.Errorf("list run files: %w", err)
	}
	slices.SortFunc(w.files, func(a, b file) int { return natural.Compare(a.path, b.path) })
	return w.files, nil
}

type walker struct {
	follow bool
	files  []file
}

// dir adds the entries of the directory dir, whose path is rel; above are its parent directories and itself.
func (w *walker) dir(dir, rel string, above []os.FileInfo) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		f := file{path: path.Join(rel, e.Name()), dir: e.IsDir()}
		full := filepath.Join(dir, e.Name())
		enter := f.dir
		var st os.FileInfo
		if link := e.Type()&os.ModeSymlink != 0; link || f.dir && w.follow {
			st, err = os.Stat(full)
			f.dir = err == nil && st.IsDir()
			enter = f.dir && w.follow && !slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, st) })
		}
		w.files = append(w.files, f)
		if !enter {
			continue
		}
		// A running operation may remove files: a missing file is not an error.
		if err := w.dir(full, f.path, append(above[:len(above):len(above)], st)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func isGuildFile(p string) bool { return p == ".guild" || strings.HasPrefix(p, ".guild/") }

// pathPattern is a path with shell wildcards, split into segments; an empty one matches everything.
type pathPattern []string

func newPathPattern(p string) pathPattern {
	p = strings.Trim(path.Clean(filepath.ToSlash(p)), "/")
	if p == "." {
		return nil
	}
	return strings.Split(p, "/")
}

// match reports whether the pattern matches p or one of its parent directories. Unless hidden is set, a dot at the start of a segment must
// be matched by a dot in the pattern, and hidden files below a matched directory do not match.
func (pat pathPattern) match(p string, hidden bool) bool {
	segments := strings.Split(p, "/")
	if len(segments) < len(pat) {
		return false
	}
	for i, s := range segments {
		dot := strings.HasPrefix(s, ".")
		if i >= len(pat) {
			if dot && !hidden {
				return false
			}
			continue
		}
		if dot && !hidden && !strings.HasPrefix(pat[i], ".") {
			return false
		}
		if ok, err := path.Match(pat[i], s); s != pat[i] && (err != nil || !ok) {
			return false
		}
	}
	return true
}
