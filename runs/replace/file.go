package replace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Prefix is that of the names of files and directories that are being made beside what they replace.
const Prefix = ".guild-replacing-"

// File writes a file that takes the place of the one at path, if there is one, as a whole or not at all. It keeps the permissions of
// the one that it replaces. Where path is a link, what it leads to is replaced; where it is a device or a pipe, that is written to.
// The directory is made where it is missing.
func File(path string, write func(io.Writer) error) error {
	perm := fs.FileMode(0)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
		st, err := os.Stat(path)
		if err != nil {
			return err
		}
		if perm = st.Mode().Perm(); !st.Mode().IsRegular() {
			f, err := os.OpenFile(path, os.O_WRONLY, 0) // of a directory the error says what is wrong
			if err != nil {
				return err
			}
			return errors.Join(write(f), f.Close())
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
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

// Bytes is File with what the file is to hold.
func Bytes(path string, data []byte) error {
	return File(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// create makes a file of a new name, with the permissions that the umask leaves.
func create(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, Prefix+"*")
	if err != nil {
		return nil, err
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil { // os.CreateTemp lets nobody but the user read it
		return nil, err
	}
	return os.OpenFile(f.Name(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}
