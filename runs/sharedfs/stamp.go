package sharedfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// Stamp is StampAt for a path of its own. Links are followed.
func Stamp(path string) (int64, error) { return StampAt(unix.AT_FDCWD, path) }

// DirTime returns the modification time of a directory. It opens it, which makes an NFS client ask the server. The error is fs.ErrNotExist
// for a file that is not a directory.
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

// Now returns the time by the clock of the file server of a directory, for comparison with the times of its files; if nothing can be
// written, it returns the time of this host. tmp is the path of a file that does not exist: Now creates it and removes it.
func Now(tmp string) time.Time {
	if err := WriteFile(tmp, nil); err != nil {
		return time.Now()
	}
	defer func() { _ = RemoveFile(tmp) }()
	st, err := os.Lstat(tmp)
	if err != nil {
		return time.Now()
	}
	return st.ModTime()
}
