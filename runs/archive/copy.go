package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// copier copies the files of runs.
type copier struct {
	ctx    context.Context
	follow bool // what links lead to in place of the links
	sync   bool // to the disk, for the original is going to be removed

	progress Progress // or nil
}

// tree copies the directory from to the directory to, which may be there already.
func (k *copier) tree(from, to string) error {
	st, err := os.Stat(from)
	if err != nil {
		return err
	}
	return k.dir(from, to, []os.FileInfo{st})
}

// dir copies a directory; above are the directories that it is in, and itself.
func (k *copier) dir(from, to string, above []os.FileInfo) error {
	if err := k.ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
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
		if err := k.entry(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), above); err != nil {
			return err
		}
	}
	st := above[len(above)-1]
	// Last, for a directory without the right to write takes no entries, and each entry changes its time.
	if err := os.Chtimes(to, time.Time{}, st.ModTime()); err != nil {
		return err
	}
	return os.Chmod(to, st.Mode().Perm())
}

func (k *copier) entry(from, to string, above []os.FileInfo) error {
	st, err := look(from, k.follow, above)
	if err != nil {
		return err
	}
	switch st.Mode().Type() {
	case fs.ModeSymlink:
		text, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(text, to)
	case fs.ModeDir:
		return k.dir(from, to, append(above[:len(above):len(above)], st))
	case 0:
		return k.file(from, to, st)
	}
	return nil // a pipe or socket means nothing elsewhere
}

// look tells what an entry of a directory counts as: where links are followed, as what it leads to. One that leads nowhere stays
// what it is; one that leads back to a directory above is an error.
func look(path string, follow bool, above []os.FileInfo) (os.FileInfo, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if follow && st.Mode()&fs.ModeSymlink != 0 {
		if target, err := os.Stat(path); err == nil {
			st = target
		}
	}
	if st.IsDir() && slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, st) }) {
		return nil, fmt.Errorf("%s leads back to a directory that it is in", path)
	}
	return st, nil
}

func (k *copier) file(from, to string, st os.FileInfo) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, reader{k.ctx, in, k.progress})
	if err == nil && k.sync {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Chmod(st.Mode().Perm()), out.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, time.Time{}, st.ModTime())
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

// isTemporary tells names that are about to be renamed or removed.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, ".tmp-") || strings.HasPrefix(name, ".nfs")
}

// exists reports that a directory could not be renamed because there is something of the new name.
func exists(err error) bool {
	return errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.ENOTDIR)
}
