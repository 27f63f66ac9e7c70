// Package plainfile opens files that other users may have replaced, on a runs root that several users write or in a directory that was
// copied from elsewhere. Opening a FIFO can block forever, a device can have endless content, and a file can be larger than memory. This
// package returns an error at once in each of these cases.
package plainfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// MaxRead is the size, in bytes, of the largest file that Read accepts. Files written by users, and guild's own files except output, are
// far smaller.
const MaxRead = 64 << 20

// Errors for files that are not usable. They are wrapped in an *fs.PathError.
var (
	ErrNotRegular = errors.New("it is no regular file (remove it, or put a file in its place)")
	ErrTooLarge   = errors.New("it is too large to be read")
)

// Flags must be added to the flags of an open. With them it does not block on a FIFO and does not make a terminal the controlling one.
// They have no effect on regular files.
const Flags = unix.O_NONBLOCK | unix.O_NOCTTY

// Open opens a regular file for reading. Links are followed.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is os.OpenFile for regular files. With unix.O_NOFOLLOW among the flags a link is an error.
func OpenFile(path string, flags int, perm fs.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, flags|Flags, perm)
	return checked(f, path, err)
}

// OpenIn opens a regular file below root for reading.
func OpenIn(root *os.Root, name string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|Flags, 0)
	return checked(f, name, err)
}

// OpenDir opens a directory for reading.
func OpenDir(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|Flags, 0)
}

// OpenDirIn opens a directory below root for reading.
func OpenDirIn(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_RDONLY|unix.O_DIRECTORY|Flags, 0)
}

func checked(f *os.File, path string, err error) (*os.File, error) {
	if err != nil {
		return nil, Explain(err, path)
	}
	st, err := f.Stat()
	if err == nil && st.IsDir() {
		err = &fs.PathError{Op: "read", Path: path, Err: unix.EISDIR}
	} else if err == nil && !st.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Explain converts the error of an open with Flags, and perhaps unix.O_NOFOLLOW, to ErrNotRegular if the file is a socket, a FIFO without
// a reader, or a link.
func Explain(err error, path string) error {
	if errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ELOOP) {
		return &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	}
	return err
}

// Read returns the content of a regular file of up to MaxRead bytes.
func Read(path string) ([]byte, error) { return ReadUpTo(path, MaxRead) }

// ReadUpTo returns the content of a regular file of up to limit bytes.
func ReadUpTo(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() > limit {
		return nil, tooLarge(path, limit)
	}
	buf := make([]byte, 0, st.Size()+512)
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if int64(len(buf)) > limit { // it grew while it was read, or does not report its size
			return nil, tooLarge(path, limit)
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

func tooLarge(path string, limit int64) error {
	return &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, limit)}
}
