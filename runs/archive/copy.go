package archive

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// copier takes files to directories.
type copier struct {
	sync bool // to the disk, for the original is going to be removed
}

func (k copier) dir(to string, _ os.FileInfo) error { return os.MkdirAll(to, 0o777) }

// endDir comes last, for a directory without the right to write takes no entries, and each entry changes its time.
func (k copier) endDir(to string, st os.FileInfo) error {
	if err := os.Chtimes(to, time.Time{}, st.ModTime()); err != nil {
		return err
	}
	return os.Chmod(to, st.Mode().Perm())
}

func (k copier) link(to, text string, _ os.FileInfo) error { return os.Symlink(text, to) }

func (k copier) file(to string, in io.Reader, st os.FileInfo) error {
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil && k.sync {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Chmod(st.Mode().Perm()), out.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, time.Time{}, st.ModTime())
}

// exists reports that a directory could not be renamed because there is something of the new name.
func exists(err error) bool {
	return errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.ENOTDIR)
}
