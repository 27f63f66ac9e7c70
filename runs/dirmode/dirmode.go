// Package dirmode makes directories with the mode of the shared directory around them, so that several users can work in a runs root
// whatever their umask.
package dirmode

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Mode is the mode for new directories.
type Mode struct {
	perm   fs.FileMode // maximum: the umask applies
	shared fs.FileMode // exactly, whatever the umask; 0 for a directory that is not shared
}

// ByUmask is the mode of directories outside of a store.
var ByUmask = Mode{perm: 0o777}

// Of returns the mode for directories made below dir. A directory that its group may write is shared by several users, who need to rename
// markers and runs in each other's directories: all directories get its mode. In a sticky directory users must not do so. Of returns
// ByUmask if dir does not exist.
func Of(dir string) Mode {
	st, err := os.Stat(dir)
	if err != nil || !st.IsDir() {
		return ByUmask
	}
	const groupMayWrite = 0o020
	m := Mode{perm: st.Mode().Perm()}
	if m.perm&groupMayWrite != 0 && st.Mode()&fs.ModeSticky == 0 {
		m.shared = m.perm | st.Mode()&fs.ModeSetgid
	}
	return m
}

// Make makes one directory. The error wraps fs.ErrExist if the name exists.
func (m Mode) Make(path string) error {
	if err := os.Mkdir(path, m.perm); err != nil {
		return Denied(path, err)
	}
	return m.Share(path)
}

// MakeAll makes a directory and its missing parents, with the mode for entries of the nearest existing parent.
func MakeAll(path string) error {
	up := path
	for {
		if st, err := os.Stat(up); err == nil && st.IsDir() || up == filepath.Dir(up) {
			return Of(up).MakeAll(path)
		}
		up = filepath.Dir(up)
	}
}

// MakeAll makes a directory and its missing parents.
func (m Mode) MakeAll(path string) error {
	if st, err := os.Stat(path); err == nil {
		if !st.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if up := filepath.Dir(path); up != path {
		if err := m.MakeAll(up); err != nil {
			return err
		}
	}
	err := m.Make(path)
	if st, statErr := os.Stat(path); errors.Is(err, fs.ErrExist) && statErr == nil && st.IsDir() {
		return nil
	}
	return err
}

// Share gives a directory the mode of directories of a shared root.
func (m Mode) Share(dir string) error {
	if m.shared == 0 {
		return nil
	}
	return os.Chmod(dir, m.shared)
}

// Denied adds to a permission error which file is the cause, who owns it, and what helps.
func Denied(path string, err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w; -H names another home", err)
	}
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	for {
		st, statErr := os.Stat(path)
		if statErr == nil && unix.Access(path, unix.W_OK) != nil {
			change := "g+w"
			if st.IsDir() {
				change = "g+rwxs"
			}
			owner := Owner(st)
			return fmt.Errorf("%w; %s is %s's (%s): %s can let its group write by 'chmod %s %s', or -H names another home",
				err, path, owner, st.Mode(), owner, change, path)
		}
		if statErr == nil && st.IsDir() || path == filepath.Dir(path) {
			return err // it is writable, so the cause is another one
		}
		path = filepath.Dir(path)
	}
}

// Owner returns the name of the user a file belongs to, or the number of a user without a name on this host.
func Owner(st fs.FileInfo) string {
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return "somebody else"
	}
	id := strconv.FormatUint(uint64(sys.Uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "user " + id
}
