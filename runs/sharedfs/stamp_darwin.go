package sharedfs

import (
	"os"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// StampAt returns when the file or directory was changed last, in nanoseconds by the clock of its file server. Opening asks an NFS
// server, which a look at the name alone does not. The path is relative to the directory dirfd.
func StampAt(dirfd int, path string) (int64, error) {
	fd, err := Retry(func() (int, error) { return unix.Openat(dirfd, path, unix.O_RDONLY|unix.O_CLOEXEC|plainfile.Flags, 0) })
	if err != nil {
		return 0, GoneIfStale(&os.PathError{Op: "open", Path: path, Err: err})
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, GoneIfStale(&os.PathError{Op: "stat", Path: path, Err: err})
	}
	return unix.TimespecToNsec(st.Ctim), nil
}

// StampAtLocal is StampAt, of name in dir, on a file system of this host.
func StampAtLocal(dirfd int, dir, name string) (int64, error) { return StampAt(dirfd, dir+"/"+name) }
