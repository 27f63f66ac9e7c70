package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// dirMode is with what mode a store makes its directories.
type dirMode struct {
	perm   fs.FileMode // at most: the umask takes from it
	shared fs.FileMode // exactly, whatever the umask; 0 for a store that is not shared
}

// byUmask is the mode of directories outside of a store.
var byUmask = dirMode{perm: 0o777}

// modeOf is the mode for directories of the store that dir belongs to. One that its group may write is shared by several users,
// who need to rename, in each other's directories, markers and runs: all directories get its mode then. In a sticky directory users
// are not meant to do so.
func modeOf(dir string) dirMode {
	st, err := os.Stat(dir)
	if err != nil || !st.IsDir() {
		return byUmask
	}
	const groupMayWrite = 0o020
	m := dirMode{perm: st.Mode().Perm()}
	if m.perm&groupMayWrite != 0 && st.Mode()&fs.ModeSticky == 0 {
		m.shared = m.perm | st.Mode()&fs.ModeSetgid
	}
	return m
}

// make makes one directory. The error is fs.ErrExist where there is something of that name.
func (m dirMode) make(path string) error {
	if err := os.Mkdir(path, m.perm); err != nil {
		return denied(path, err)
	}
	if m.shared == 0 {
		return nil
	}
	return os.Chmod(path, m.shared)
}

// mode is that of the store's directories: as the runs root, or as the home where there is none yet.
func (s *Store) mode() dirMode {
	if m := modeOf(s.runs); m != byUmask {
		return m
	}
	return modeOf(s.home)
}

// MakeDir makes a directory of the home, and those above it, where they are missing. They get the mode of the runs root where
// that is shared, and are never open to more people than it is.
func (s *Store) MakeDir(path string) error {
	if isDir(path) {
		return nil
	}
	if path != s.runs && !strings.HasPrefix(path, s.home+string(filepath.Separator)) {
		return denied(path, os.MkdirAll(path, byUmask.perm))
	}
	if err := s.MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	err := s.mode().make(path)
	if errors.Is(err, fs.ErrExist) && isDir(path) {
		return nil
	}
	return err
}

// denied adds to an error that is about permission which file stands in the way, whose it is, and what helps.
func denied(path string, err error) error {
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
			owner := ownerOf(st)
			return fmt.Errorf("%w; %s is %s's (%s): %s can let its group write by 'chmod %s %s', or -H names another home",
				err, path, owner, st.Mode(), owner, change, path)
		}
		if statErr == nil && st.IsDir() || path == filepath.Dir(path) {
			return err // it is writable: something else is in the way
		}
		path = filepath.Dir(path)
	}
}

// ownerOf is the name of the user a file belongs to, or the number of one who has no name here.
func ownerOf(st fs.FileInfo) string {
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

// Foreign returns the name of the user a run belongs to where that is another one, who does not let this process start it. It is
// empty for runs that this process can start, and for one that is gone.
func (r *Run) Foreign() string {
	st, err := os.Stat(r.Dir)
	if err != nil {
		return ""
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok || int(sys.Uid) == os.Geteuid() {
		return ""
	}
	if unix.Access(r.GuildPath(), unix.W_OK) == nil && !errors.Is(unix.Access(r.lockPath(), unix.W_OK), unix.EACCES) {
		return ""
	}
	return ownerOf(st)
}

// Private reports that nobody but its user, and root, can read the files of a run: one of the directories on the way to it is closed
// to all others.
func (r *Run) Private() bool {
	const othersMayEnter = 0o011
	dir, err := filepath.Abs(r.Dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return false
	}
	for {
		st, err := os.Stat(dir)
		if err != nil {
			return false
		}
		if sys, ok := st.Sys().(*syscall.Stat_t); ok && int(sys.Uid) == os.Geteuid() && st.Mode()&othersMayEnter == 0 {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
		dir = filepath.Dir(dir)
	}
}
