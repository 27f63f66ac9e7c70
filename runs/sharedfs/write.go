package sharedfs

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// WriteFile is os.WriteFile for the many small files of a store, without the preparations of os.OpenFile for pipes and terminals. It
// removes a file that could not be written completely.
func WriteFile(path string, data []byte) error { return WriteFileAt(unix.AT_FDCWD, path, data, 0o666) }

// WriteFileAt writes a file whose path begins at an open directory.
func WriteFileAt(dir int, path string, data []byte, perm fs.FileMode) error {
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC | unix.O_CLOEXEC
	fd, err := Retry(func() (int, error) { return unix.Openat(dir, path, flags, uint32(perm)) })
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	for len(data) > 0 && err == nil {
		var n int
		n, err = Retry(func() (int, error) { return unix.Write(fd, data) })
		data = data[max(n, 0):]
	}
	if closeErr := unix.Close(fd); err == nil { // a file server may report only now that there is no space
		err = closeErr
	}
	if err != nil {
		_ = unix.Unlinkat(dir, path, 0)
		return &os.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}

// RemoveFile removes a file. A missing file is not an error.
func RemoveFile(path string) error {
	_, err := Retry(func() (int, error) { return 0, unix.Unlink(path) })
	if err != nil && !errors.Is(GoneIfStale(err), fs.ErrNotExist) {
		return &os.PathError{Op: "remove", Path: path, Err: err}
	}
	return nil
}

// SyncDir makes the names in dir survive a power cut, if the file system can do that.
func SyncDir(dir string) error {
	f, err := plainfile.OpenDir(dir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
