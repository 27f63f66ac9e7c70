package sharedfs

import (
	"os"

	"golang.org/x/sys/unix"
)

// Names lists a directory with as few system calls as possible.
func Names(dir string) ([]string, error) {
	fd, err := Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	names, err := NamesOf(fd)
	if err != nil {
		return nil, &os.PathError{Op: "readdir", Path: dir, Err: err}
	}
	return names, nil
}

// NamesOf lists a directory that has just been opened.
func NamesOf(fd int) ([]string, error) {
	names := make([]string, 0, 16)
	var buf [1024]byte
	for {
		n, err := Retry(func() (int, error) { return unix.ReadDirent(fd, buf[:]) })
		if err != nil {
			return nil, err
		}
		if n <= 0 {
			return names, nil
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}
