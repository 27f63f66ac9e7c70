package unpack

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"guild/runs/clone"
)

// Variables of the environment that set the limits for all archives: numbers of bytes and of files.
const (
	BytesVariable = "GUILD_UNPACK_MAX_BYTES"
	FilesVariable = "GUILD_UNPACK_MAX_FILES"
)

// The limits where nothing else is said. They are far from what archives of runs and data hold, and near to what archives that are made
// to fill a disk do. What is of zeros alone counts too: it takes no place on the disk, but time.
const (
	maxFiles   = 1_000_000
	freeBytes  = 10 << 30 // that any archive may hold
	timesBytes = 100      // and more than that, for each byte of the archive
)

// Limit is how much may be unpacked of an archive.
type Limit struct {
	archive  string
	files    int64
	bytes    int64 // still free
	maxFiles int64
	maxBytes int64
}

// NewLimit returns the limit for an archive of a size in bytes.
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

// copy copies to a new file.
func (l *Limit) copy(out *os.File, in io.Reader) error {
	n, err := clone.FromReader(out, io.LimitReader(in, l.bytes+1))
	if l.bytes -= n; l.bytes < 0 {
		return fmt.Errorf("%s holds more than %d bytes, the limit for an archive of its size: if it is to be trusted, set %s to a greater number",
			l.archive, l.maxBytes, BytesVariable)
	}
	return err
}
