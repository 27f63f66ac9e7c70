// Package prototype copies the files of a run that is not started itself into new runs: the prototype of a batch into its trials, a step of
// a staged pipeline into the run of the step.
package prototype

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guild/runs"
	"guild/runs/clone"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// Files are the files of a prototype, without those of its own life. After they are read, each new run costs only writing its files.
type Files struct {
	run   *runs.Run
	dirs  []string // below the run directory, parents first
	files []file
	plain bool // the file system cannot share blocks
}

type file struct {
	path string // below the run directory
	perm fs.FileMode
	data []byte // nil if it is too much to be kept
	link string // target of a symbolic link; empty for a regular file
}

// Limits for files kept in memory: the size of each, and of all together.
const (
	keptFile = 64 << 10
	keptAll  = 16 << 20
)

// Read reads the files of a run that no longer changes.
func Read(r *runs.Run) (*Files, error) {
	t := &Files{run: r}
	kept := int64(0)
	err := fs.WalkDir(os.DirFS(r.Dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == "." || runs.TellsStatus(path) {
			return err
		}
		if e.IsDir() {
			t.dirs = append(t.dirs, path)
			return nil
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		f := file{path: path, perm: st.Mode().Perm()}
		switch {
		case e.Type() == fs.ModeSymlink:
			f.link, err = os.Readlink(r.Path(filepath.FromSlash(path)))
			t.files = append(t.files, f)
			return err
		case !st.Mode().IsRegular():
			return fmt.Errorf("%s is neither a regular file nor a link", path)
		}
		if st.Size() <= keptFile && kept+st.Size() <= keptAll {
			kept += st.Size()
			f.data, err = plainfile.Read(r.Path(filepath.FromSlash(path)))
		}
		t.files = append(t.files, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("copy run %s: %w", r.ShortID(), err)
	}
	return t, nil
}

// Fill copies the files into a draft. Only one goroutine may call it at a time.
func (t *Files) Fill(d *runs.Draft) error {
	for _, dir := range t.dirs {
		if err := os.Mkdir(filepath.Join(d.Dir(), filepath.FromSlash(dir)), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("copy run %s: %w", t.run.ShortID(), err)
		}
	}
	dir, err := plainfile.OpenDir(d.Dir())
	if err != nil {
		return fmt.Errorf("copy run %s: %w", t.run.ShortID(), err)
	}
	defer func() { _ = dir.Close() }()
	for i := range t.files {
		if err := t.copy(&t.files[i], dir); err != nil {
			return fmt.Errorf("copy run %s: %w", t.run.ShortID(), err)
		}
	}
	return nil
}

func (t *Files) copy(f *file, dir *os.File) error {
	if f.link != "" {
		return t.copyLink(f, dir.Name())
	}
	// Guild's own files are small, and many of them change: sharing their blocks costs more than writing them.
	if f.data != nil && (t.plain || strings.HasPrefix(f.path, ".guild/")) {
		return sharedfs.WriteFileAt(int(dir.Fd()), filepath.FromSlash(f.path), f.data, f.perm)
	}
	in, err := plainfile.Open(t.run.Path(filepath.FromSlash(f.path)))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	shared, err := clone.To(in, filepath.Join(dir.Name(), filepath.FromSlash(f.path)), f.perm)
	if err == nil {
		t.plain = !shared
	}
	return err
}

// copyLink makes a link in the run directory to that leads to the same place as the original. A relative link within the run directory
// stays within the copy.
func (t *Files) copyLink(f *file, to string) error {
	target, name := f.link, filepath.FromSlash(f.path)
	if inRun := filepath.Join(filepath.Dir(name), target); !filepath.IsAbs(target) && !filepath.IsLocal(inRun) {
		from, err := filepath.EvalSymlinks(filepath.Join(t.run.Dir, filepath.Dir(name)))
		if err != nil {
			return err
		}
		dir, err := filepath.EvalSymlinks(filepath.Join(to, filepath.Dir(name)))
		if err != nil {
			return err
		}
		if target, err = filepath.Rel(dir, filepath.Join(from, target)); err != nil {
			return err
		}
	}
	return os.Symlink(target, filepath.Join(to, name))
}
