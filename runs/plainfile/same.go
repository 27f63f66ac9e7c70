package plainfile

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Same reports whether two regular files have the same content. It reads them piece by piece, and only if they are of the same size.
func Same(a, b string) bool {
	sa, err := os.Stat(a)
	if err != nil {
		return false
	}
	sb, err := os.Stat(b)
	if err != nil || sa.Size() != sb.Size() {
		return false
	}
	fa, err := Open(a)
	if err != nil {
		return false
	}
	defer func() { _ = fa.Close() }()
	fb, err := Open(b)
	if err != nil {
		return false
	}
	defer func() { _ = fb.Close() }()
	const size = 1 << 16
	ba, bb := make([]byte, size), make([]byte, size)
	for {
		na, errA := io.ReadFull(fa, ba)
		nb, errB := io.ReadFull(fb, bb)
		if !bytes.Equal(ba[:na], bb[:nb]) {
			return false
		}
		if errA != nil || errB != nil {
			return isEnd(errA) && isEnd(errB)
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
