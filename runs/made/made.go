// Package made records which files outside a store were written by guild, so that no command overwrites a file of the user. The digests
// of written files are in a file beside them, one per line. A file that is not listed, or that has changed since, belongs to the user, and
// is replaced only on request.
package made

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
	"guild/runs/replace"
)

// RecordName is the name of the file with the digests.
const RecordName = ".guild-made"

// Record lists what guild has written to a directory: SHA-256 digests, in hex, by path below the directory, with slashes.
type Record struct {
	dir  string
	sums map[string]string
}

// In reads the record of a directory. If there is none, the result is empty.
func In(dir string) (*Record, error) {
	r := &Record{dir, map[string]string{}}
	data, err := plainfile.Read(filepath.Join(dir, RecordName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		if sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			r.sums[name] = sum
		}
	}
	return r, nil
}

// Foreign returns those of the files that exist and are not as guild wrote them.
func (r *Record) Foreign(names ...string) (foreign []string, err error) {
	for _, name := range names {
		sum, err := digest(filepath.Join(r.dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sum != r.sums[name] {
			foreign = append(foreign, name)
		}
	}
	return foreign, nil
}

// All returns the names of all files below the directory except the record.
func (r *Record) All() (names []string, err error) {
	err = filepath.WalkDir(r.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == filepath.Join(r.dir, RecordName) {
			return err
		}
		rel, err := filepath.Rel(r.dir, path)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}

// Add records the current content of files, in addition to those recorded before.
func (r *Record) Add(names ...string) error {
	for _, name := range names {
		sum, err := digest(filepath.Join(r.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		r.sums[name] = sum
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.sums)) {
		fmt.Fprintf(&b, "%s  %s\n", r.sums[name], name)
	}
	return replace.Bytes(filepath.Join(r.dir, RecordName), []byte(b.String()))
}

// digest returns the digest of a regular file, and an empty string for anything else.
func digest(name string) (string, error) {
	st, err := os.Lstat(name)
	if err != nil || !st.Mode().IsRegular() {
		return "", err
	}
	f, err := plainfile.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Check returns an error if any of the files exists and is not as guild wrote it.
func Check(dir string, names ...string) error {
	r, err := In(dir)
	if err != nil {
		return err
	}
	foreign, err := r.Foreign(names...)
	if err != nil {
		return err
	}
	return Refusal(dir, foreign)
}

// Refusal returns the error for files that belong to the user, or nil if there are none.
func Refusal(dir string, foreign []string) error {
	if len(foreign) == 0 {
		return nil
	}
	more := ""
	if n := len(foreign) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Errorf("%s%s was not written by guild, or has been changed since: it is left alone; use --replace to replace it",
		filepath.Join(dir, filepath.FromSlash(foreign[0])), more)
}

// File writes a file at a path that the user gave. An existing file that is not empty is replaced only if replaceIt is true.
func File(path string, replaceIt bool, write func(io.Writer) error) error {
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Size() > 0 && !replaceIt {
		return fmt.Errorf("%s is there: use --replace to replace it, or give another name", path)
	}
	return replace.File(path, write)
}
