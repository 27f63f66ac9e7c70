package archive

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
)

// walker takes the files of runs elsewhere.
type walker struct {
	ctx      context.Context
	to       sink
	follow   bool     // take what links lead to in place of the links
	progress Progress // or nil
}

// sink is where a walker takes files.
type sink interface {
	dir(name string, st os.FileInfo) error
	endDir(name string, st os.FileInfo) error // after its entries
	link(name, text string, st os.FileInfo) error
	file(name string, in io.Reader, st os.FileInfo) error
}

// walk takes a directory, and all that is in it, to where it has the given name.
func (t *Transfer) walk(ctx context.Context, dir string, to sink, name string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	w := walker{ctx: ctx, to: to, follow: t.CopyResources, progress: t.Progress}
	return w.dir(dir, name, []os.FileInfo{st})
}

// dir takes a directory; above are the directories that it is in, and itself.
func (w *walker) dir(from, name string, above []os.FileInfo) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	st := above[len(above)-1]
	if err := w.to.dir(name, st); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if isTemporary(e.Name()) {
			continue
		}
		if err := w.entry(filepath.Join(from, e.Name()), name+"/"+e.Name(), above); err != nil {
			return err
		}
	}
	return w.to.endDir(name, st)
}

func (w *walker) entry(from, name string, above []os.FileInfo) error {
	st, err := w.look(from, above)
	if err != nil {
		return err
	}
	switch st.Mode().Type() {
	case fs.ModeSymlink:
		text, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return w.to.link(name, text, st)
	case fs.ModeDir:
		return w.dir(from, name, append(above[:len(above):len(above)], st))
	case 0:
		in, err := plainfile.Open(from)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		return w.to.file(name, reader{w.ctx, in, w.progress}, st)
	}
	return nil // a pipe or socket means nothing elsewhere
}

// look tells what an entry of a directory counts as: where links are followed, as what it leads to. One that leads nowhere stays
// what it is; one that leads back to a directory above is an error.
func (w *walker) look(path string, above []os.FileInfo) (os.FileInfo, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if w.follow && st.Mode()&fs.ModeSymlink != 0 {
		if target, err := os.Stat(path); err == nil {
			st = target
		}
	}
	if st.IsDir() && slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, st) }) {
		return nil, fmt.Errorf("%s leads back to a directory that it is in", path)
	}
	return st, nil
}

// isTemporary tells names that are about to be renamed or removed.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, ".tmp-") || strings.HasPrefix(name, ".nfs")
}

// reader ends with its context, and tells of what is read.
type reader struct {
	ctx context.Context
	io.Reader
	progress Progress // or nil
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.Reader.Read(p)
	if r.progress != nil {
		r.progress.Bytes(n)
	}
	return n, err
}
