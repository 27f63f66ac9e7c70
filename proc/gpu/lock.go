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

// locksVariable names another directory of locks than that of the host, for tests and for hosts whose /tmp is not shared by all.
const locksVariable = "GUILD_GPU_LOCKS"

// hostLocks is on every host, the same for all users and Guild homes, and local.
const hostLocks = "/tmp/guild-gpus"

// ErrTaken says that a GPU is in use by another run.
var ErrTaken = errors.New("GPU is in use")

// Lock takes a GPU of this host. The lock belongs to the open file: it lasts until one holder unlocks it by flock, or until every
// descriptor of it is closed. So it can be handed to the process of a run, which holds it however its scheduler ends. Close gives the
// caller's share up. The error is ErrTaken where somebody has the GPU.
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

// makeDir makes the directory of locks, in which every user makes files and nobody removes those of others.
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

// open opens a lock that is there, or makes it for all users. Systems refuse to open another user's file in such a directory in
// order to create it.
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
	_ = f.Chmod(mode) // whatever the umask; where another user was faster, it is done
	return f, nil
}
