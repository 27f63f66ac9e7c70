package replace

import (
	"errors"
	"guild/runs/dirmode"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Prefix is the start of the temporary names of new files and of staging directories.
const Prefix = ".guild-replacing-"

// File writes a new file at path and replaces an existing one as a whole or not at all. The new file has the permissions of the old one.
// If path is a link, its target is replaced; if it is a device or a pipe, File writes to it. File creates the directory if it is
// missing.
func File(path string, write func(io.Writer) error) error {
	perm := fs.FileMode(0)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
		st, err := os.Stat(path)
		if err != nil {
			return err
		}
		if perm = st.Mode().Perm(); !st.Mode().IsRegular() {
			f, err := os.OpenFile(path, os.O_WRONLY, 0) // for a directory this returns a clear error
			if err != nil {
				return err
			}
			return errors.Join(write(f), f.Close())
		}
	}
	if err := dirmode.MakeAll(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := create(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil && perm != 0 {
		err = f.Chmod(perm)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Bytes is File for content that is in memory.
func Bytes(path string, data []byte) error {
	return File(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// create creates a file with a new name and the permissions that the umask allows.
func create(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, Prefix+"*")
	if err != nil {
		return nil, err
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil { // os.CreateTemp makes files that only the user can read
		return nil, err
	}
	return os.OpenFile(f.Name(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}
