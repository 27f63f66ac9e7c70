package runs

import (
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// writeFile is os.WriteFile for the many small files of a store, without what os.OpenFile does for pipes and terminals. A file
// that could not be written as a whole is removed.
func writeFile(path string, data []byte) error { return writeFileAt(unix.AT_FDCWD, path, data, 0o666) }

// writeFileAt writes a file whose path begins at an open directory.
func writeFileAt(dir int, path string, data []byte, perm fs.FileMode) error {
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC | unix.O_CLOEXEC
	fd, err := retry(func() (int, error) { return unix.Openat(dir, path, flags, uint32(perm)) })
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	for len(data) > 0 && err == nil {
		var n int
		n, err = retry(func() (int, error) { return unix.Write(fd, data) })
		data = data[max(n, 0):]
	}
	if closeErr := unix.Close(fd); err == nil { // a file server can say only now that there is no space
		err = closeErr
	}
	if err != nil {
		_ = unix.Unlinkat(dir, path, 0)
		return &os.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}

// writeTemp writes data to a file with a name of its own beside path.
func writeTemp(path string, data []byte) (tmp string, err error) {
	tmp = filepath.Join(filepath.Dir(path), tempName(filepath.Base(path)))
	return tmp, writeFile(tmp, data)
}

// replaceFile writes data to a temporary file and renames that over path: no reader sees half of it.
func replaceFile(path string, data []byte) error {
	tmp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return nil
}

// ReplaceFile writes a file below .guild so that a reader sees all of it, or what was there before. It is for the owner of the
// run.
func (r *Run) ReplaceFile(name string, data []byte) error {
	return replaceFile(r.GuildPath(name), data)
}
