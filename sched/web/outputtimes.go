package web

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"guild/runs"
)

const (
	indexEntry  = 9        // bytes per line in output.index: milliseconds since the epoch, and the stream
	maxCounting = 64 << 20 // bytes of output before a piece that may be read to count lines
)

// lineTimes returns when n lines were printed: the first time in milliseconds since the epoch, each further one as the difference to the
// one before. first is the number of the first line, from 0. Lines that the index lacks are left out.
func lineTimes(run *runs.Run, first, n int) []int64 {
	if n == 0 || first < 0 {
		return nil
	}
	f, err := openInside(run.Dir, ".guild/output.index")
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	buf := make([]byte, n*indexEntry)
	got, err := f.ReadAt(buf, int64(first)*indexEntry)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	times := make([]int64, got/indexEntry)
	before := int64(0)
	for i := range times {
		at := int64(binary.BigEndian.Uint64(buf[i*indexEntry:])) //nolint:gosec // a time
		times[i], before = at-before, at
	}
	return times
}

// linesBefore counts the lines that end before an offset; -1 if that would take too long.
func linesBefore(f *os.File, offset int64) int {
	if offset > maxCounting {
		return -1
	}
	n := 0
	buf := make([]byte, 256<<10)
	for r := io.NewSectionReader(f, 0, offset); ; {
		got, err := r.Read(buf)
		n += bytes.Count(buf[:got], []byte{'\n'})
		if err != nil {
			return n
		}
	}
}
