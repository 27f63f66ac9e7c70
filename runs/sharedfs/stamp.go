package sharedfs

import (
	"errors"
	"io/fs"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// Stamp is StampAt for a path of its own. Links are followed.
func Stamp(path string) (int64, error) { return StampAt(unix.AT_FDCWD, path) }

// DirTime is the modification time of a directory. It opens it, which makes an NFS client ask the server. The error is fs.ErrNotExist for
// what is no directory.
func DirTime(dir string) (time.Time, error) {
	f, err := plainfile.OpenDir(dir)
	if errors.Is(err, syscall.ENOTDIR) {
		return time.Time{}, fs.ErrNotExist
	}
	if err != nil {
		return time.Time{}, GoneIfStale(err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return time.Time{}, GoneIfStale(err)
	}
	return st.ModTime(), nil
}
