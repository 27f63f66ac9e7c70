package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/clone"
)

// copier takes files to a directory.
type copier struct {
	ctx      context.Context
	to       string
	sync     bool     // to the disk, for the original is going to be removed
	progress Progress // or nil
}

func (k copier) path(name string) string { return filepath.Join(k.to, filepath.FromSlash(name)) }

func (k copier) dir(name string, _ os.FileInfo) error { return os.MkdirAll(k.path(name), 0o777) }

// endDir comes last, for a directory without the right to write takes no entries, and each entry changes its time.
func (k copier) endDir(name string, st os.FileInfo) error {
	if k.sync {
		if err := syncDir(k.path(name)); err != nil {
			return err
		}
	}
	if err := os.Chtimes(k.path(name), time.Time{}, st.ModTime()); err != nil {
		return err
	}
	return os.Chmod(k.path(name), st.Mode().Perm())
}

func (k copier) link(name, text string, _ os.FileInfo) error { return os.Symlink(text, k.path(name)) }

func (k copier) file(name string, in *os.File, st os.FileInfo) error {
	out, whole, err := clone.Create(in, k.path(name), st.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if whole {
		err = k.count(st.Size())
	} else {
		err = clone.Contents(out, in, k.count)
	}
	if err == nil && k.sync {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Chmod(st.Mode().Perm()), out.Close()); err != nil {
		return err
	}
	return os.Chtimes(k.path(name), time.Time{}, st.ModTime())
}

// count tells of what has been copied, and ends with the context.
func (k copier) count(n int64) error {
	if k.progress != nil {
		k.progress.Bytes(int(n))
	}
	return k.ctx.Err()
}

// syncDir brings the names in a directory to the disk, where the file system can do that.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// exists reports that a directory could not be renamed because there is something of the new name.
func exists(err error) bool {
	return errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.ENOTDIR)
}
