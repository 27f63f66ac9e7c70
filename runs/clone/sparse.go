package clone

import (
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Contents copies the contents of in to the empty file out and preserves holes. After each part, of at most some megabytes, it calls each
// with the size of the part in bytes. An error from each ends the copying. each may be nil.
func Contents(out, in *os.File, each func(n int64) error) error {
	st, err := in.Stat()
	if err != nil {
		return err
	}
	size := st.Size()
	for at := int64(0); at < size; {
		from, to, err := nextData(in, at, size)
		if err != nil {
			return err
		}
		if err := copyPart(out, in, from, to, each); err != nil {
			return err
		}
		at = to
	}
	return out.Truncate(size) // the file ends with a hole
}

// nextData returns the next part of a file with data, at or after an offset. If there is none, it returns an empty part at the end.
func nextData(in *os.File, at, size int64) (from, to int64, err error) {
	from, err = in.Seek(at, unix.SEEK_DATA)
	switch {
	case errors.Is(err, unix.ENXIO):
		return size, size, nil
	case err != nil: // the file system does not support holes
		return at, size, nil
	}
	if to, err = in.Seek(from, unix.SEEK_HOLE); err != nil {
		return 0, 0, err
	}
	return from, min(to, size), nil
}

func copyPart(out, in *os.File, from, to int64, each func(n int64) error) error {
	const part = 8 << 20
	if _, err := in.Seek(from, io.SeekStart); err != nil {
		return err
	}
	if _, err := out.Seek(from, io.SeekStart); err != nil {
		return err
	}
	for from < to {
		n, err := io.CopyN(out, in, min(part, to-from))
		if err != nil {
			if errors.Is(err, io.EOF) { // the file was truncated meanwhile
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		from += n
		if each != nil {
			if err := each(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// FromReader copies r to the empty file out, with holes in place of blocks of zeros. It returns the size in bytes.
func FromReader(out *os.File, r io.Reader) (size int64, err error) {
	const block = 4 << 10
	var zeros [block]byte
	buf := make([]byte, 16*block)
	for {
		n, err := io.ReadFull(r, buf)
		for at := 0; at < n; at += block {
			part := buf[at:min(at+block, n)]
			if bytes.Equal(part, zeros[:len(part)]) {
				continue
			}
			if _, err := out.WriteAt(part, size+int64(at)); err != nil {
				return size, err
			}
		}
		size += int64(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return size, out.Truncate(size)
		case err != nil:
			return size, err
		}
	}
}
