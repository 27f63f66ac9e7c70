package sharedfs

import (
	"bytes"
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// ReadFile is plainfile.Read for the many small files of a store: it makes fewer system calls and allocates only what it returns. It does
// not follow links, since guild makes none of these files a link.
func ReadFile(path string) ([]byte, error) { return ReadFileAt(unix.AT_FDCWD, path) }

// ReadFileAt is ReadFile of a path relative to the directory dirfd.
func ReadFileAt(dirfd int, path string) ([]byte, error) {
	fd, err := OpenAt(dirfd, path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW|plainfile.Flags)
	if err != nil {
		return nil, plainfile.Explain(err, path)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	switch {
	case st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return nil, &os.PathError{Op: "read", Path: path, Err: unix.EISDIR}
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, &os.PathError{Op: "open", Path: path, Err: plainfile.ErrNotRegular}
	case st.Size > plainfile.MaxRead:
		return nil, &os.PathError{Op: "read", Path: path, Err: plainfile.ErrTooLarge}
	}
	var small [512]byte // on the stack: the content is copied to an allocation of its own size
	buf := small[:]
	for n := 0; ; {
		m, err := unix.Read(fd, buf[n:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return nil, &os.PathError{Op: "read", Path: path, Err: err}
		}
		n += m
		if m == 0 || n < len(buf) { // a regular file returns all that it has
			return bytes.Clone(buf[:n]), nil
		}
		buf = append(buf, make([]byte, len(buf))...)
	}
}

// Open opens a file like os.Open, without its preparations for pipes and terminals. The caller has to close the descriptor.
func Open(path string, flags int) (fd int, err error) { return OpenAt(unix.AT_FDCWD, path, flags) }

// OpenAt is Open of a path relative to the directory dirfd.
func OpenAt(dirfd int, path string, flags int) (fd int, err error) {
	fd, err = Retry(func() (int, error) { return unix.Openat(dirfd, path, flags, 0) })
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return fd, nil
}

// Retry repeats a system call that a signal interrupted, as happens on mounts with the option intr.
func Retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
