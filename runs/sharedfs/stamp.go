package sharedfs

import (
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Stamp is StampAt for a path of its own. Links are followed.
func Stamp(path string) (int64, error) { return StampAt(unix.AT_FDCWD, path) }

// DirTime is the modification time of a directory. It opens it, which makes an NFS client ask the server. The error is fs.ErrNotExist for
// what is no directory.
func DirTime(dir string) (time.Time, error) {
	f, err := os.Open(dir)
	if err != nil {
		return time.Time{}, GoneIfStale(err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return time.Time{}, GoneIfStale(err)
	}
	if !st.IsDir() {
		return time.Time{}, fs.ErrNotExist
	}
	return st.ModTime(), nil
}
