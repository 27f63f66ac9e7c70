package unpack

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"guild/runs/clone"
)

// Environment variables that set the limits for all archives: a number of bytes and a number of files.
const (
	BytesVariable = "GUILD_UNPACK_MAX_BYTES"
	FilesVariable = "GUILD_UNPACK_MAX_FILES"
)

// Default limits. They are far above the size of ordinary archives of runs and data, and below that of archives made to fill a disk.
// Zeros count too: they need no space on the disk, but time.
const (
	maxFiles   = 1_000_000
	freeBytes  = 10 << 30 // that any archive may contain
	timesBytes = 100      // or if that is more, bytes per byte of the archive
)

// Limit bounds what may be unpacked from an archive.
type Limit struct {
	archive  string
	files    int64
	bytes    int64 // remaining
	maxFiles int64
	maxBytes int64
}

// NewLimit returns the limit for an archive with a name and a size in bytes.
func NewLimit(archive string, size int64) (*Limit, error) {
	l := &Limit{archive: archive, maxFiles: maxFiles, maxBytes: max(freeBytes, timesBytes*size)}
	for name, limit := range map[string]*int64{BytesVariable: &l.maxBytes, FilesVariable: &l.maxFiles} {
		text := os.Getenv(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("%s is '%s': give a number greater than zero", name, text)
		}
		*limit = n
	}
	l.bytes = l.maxBytes
	return l, nil
}

// entry counts a file, directory or link.
func (l *Limit) entry() error {
	if l.files++; l.files > l.maxFiles {
		return fmt.Errorf("%s holds more than %d files, the limit for what is unpacked: if it is to be trusted, set %s to a greater number",
			l.archive, l.maxFiles, FilesVariable)
	}
	return nil
}

// copy copies in to a new file, up to the limit.
func (l *Limit) copy(out *os.File, in io.Reader) error {
	n, err := clone.FromReader(out, io.LimitReader(in, l.bytes+1))
	if l.bytes -= n; l.bytes < 0 {
		return fmt.Errorf("%s holds more than %d bytes, the limit for an archive of its size: if it is to be trusted, set %s to a greater number",
			l.archive, l.maxBytes, BytesVariable)
	}
	return err
}
