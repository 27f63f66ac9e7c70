package gpu

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// locksVariable names another directory for locks, for tests and for hosts whose /tmp is not shared by all users.
const locksVariable = "GUILD_GPU_LOCKS"

// hostLocks is a local directory on every host, the same for all users and Guild homes.
const hostLocks = "/tmp/guild-gpus"

// ErrTaken says that a GPU is in use by another run.
var ErrTaken = errors.New("GPU is in use")

// Lock locks a GPU of this host. The lock belongs to the open file: it lasts until a holder unlocks it with flock, or until all descriptors
// of it are closed. A process of a run can therefore inherit it and keep it after its scheduler has ended. The caller's Close does not
// release it then. The error is ErrTaken if another run has the GPU.
func Lock(name string) (*os.File, error) {
	dir := os.Getenv(locksVariable)
	if dir == "" {
		dir = hostLocks
	}
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("lock GPU %s: %w", name, err)
	}
	f, err := open(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")))
	if err != nil {
		return nil, fmt.Errorf("lock GPU %s: %w", name, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrTaken
		}
		return nil, fmt.Errorf("lock GPU %s: %w", name, err)
	}
	return f, nil
}

// makeDir makes the directory for locks, in which every user may create files and only remove their own.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Chmod(dir, 0o777|fs.ModeSticky) // whatever the umask
}

// open opens a lock, or creates it for all users. It tries without O_CREATE first, since systems refuse O_CREATE for another user's file in
// a sticky directory.
func open(path string) (*os.File, error) {
	const mode = 0o666
	f, err := plainfile.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	f, err = plainfile.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, mode)
	if err != nil {
		return nil, err
	}
	_ = f.Chmod(mode) // whatever the umask; fails if another user has just created it with this mode
	return f, nil
}
