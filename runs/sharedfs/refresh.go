package sharedfs

import (
	"errors"
	"io/fs"
	"syscall"

	"guild/runs/plainfile"
)

// RefreshDirs opens and closes each directory, which makes an NFS client ask the server for its entries. Otherwise an entry can be outdated
// for a minute, even under a lock that has just been taken. On a local file system it costs microseconds.
func RefreshDirs(dirs ...string) error {
	for _, dir := range dirs {
		f, err := plainfile.OpenDir(dir)
		if err != nil {
			return GoneIfStale(err)
		}
		_ = f.Close()
	}
	return nil
}

// GoneIfStale turns a stale NFS handle into "does not exist", which is what it means: the file was removed elsewhere.
func GoneIfStale(err error) error {
	if errors.Is(err, syscall.ESTALE) {
		return fs.ErrNotExist
	}
	return err
}
