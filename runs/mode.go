package runs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"guild/runs/dirmode"
)

// mode returns the mode of the store's directories: that of the runs root or, before there is one, of the home.
func (s *Store) mode() dirmode.Mode {
	if m := dirmode.Of(s.runs); m != dirmode.ByUmask {
		return m
	}
	return dirmode.Of(s.home)
}

// MakeDir makes a directory of the home and its missing parents. They get the mode of the runs root if that is shared, and are never open
// to more users than the root.
func (s *Store) MakeDir(path string) error {
	if path != s.runs && !strings.HasPrefix(path, s.home+string(filepath.Separator)) {
		return dirmode.ByUmask.MakeAll(path)
	}
	return s.mode().MakeAll(path)
}

// Foreign returns the name of the other user who owns the run if this process may not start it. It is empty for runs that this process may
// start, and for a run that no longer exists.
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
	return dirmode.Owner(st)
}

// Private reports whether only its user, and root, can read the files of a run: one of the directories on the path to it is closed to all
// others.
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
