// Package made keeps track of files that guild has written outside of a store. A hidden file beside them lists their digests, one a line.
// A file that is not listed, or whose content has changed, belongs to the user, and is replaced only if the user says so.
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

// NoCopyName is the name of the file that makes Guild AI and backup programs skip a directory. Where it exists, it has the digests too.
const NoCopyName = ".guild-nocopy"

// recordName is the name of the file with the digests elsewhere.
const recordName = ".guild-made"

// Record lists the files that guild has written to a directory.
type Record struct {
	dir   string
	name  string            // of the file that has the record
	sums  map[string]string // SHA-256 digests, in hex, by paths below the directory with slashes
	other []string          // lines of the file that are not guild's
}

// In reads the record of a directory. A missing record is empty.
func In(dir string) (*Record, error) {
	r := &Record{dir: dir, name: NoCopyName, sums: map[string]string{}}
	data, err := plainfile.Read(filepath.Join(dir, r.name))
	if errors.Is(err, fs.ErrNotExist) {
		r.name = recordName
		data, err = plainfile.Read(filepath.Join(dir, r.name))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if sum, name, ok := strings.Cut(line, "  "); ok && len(sum) == hex.EncodedLen(sha256.Size) {
			r.sums[name] = sum
		} else {
			r.other = append(r.other, line)
		}
	}
	return r, nil
}

// Name returns the name of the file that has the record.
func (r *Record) Name() string { return r.name }

// Foreign returns those of the files that exist and are not as guild has written them.
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

// Below returns the names of all files in a directory below that of the record.
func (r *Record) Below(sub string) (names []string, err error) {
	err = filepath.WalkDir(filepath.Join(r.dir, filepath.FromSlash(sub)), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(r.dir, path)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}

// Add adds the current state of files to the record, and writes the record.
func (r *Record) Add(names ...string) error {
	for _, name := range names {
		sum, err := digest(filepath.Join(r.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		r.sums[name] = sum
	}
	return r.write()
}

// Prepare writes a record to dir for the time when the directory sub has been replaced by that of the same name below dir.
func (r *Record) Prepare(dir, sub string) error {
	r.Forget(sub)
	prepared := r.at(dir)
	names, err := prepared.Below(sub)
	if err != nil {
		return err
	}
	return prepared.Add(names...)
}

// PrepareFile is Prepare for the file name in dir.
func (r *Record) PrepareFile(dir, name string) error { return r.at(dir).Add(name) }

// at returns the same record for a directory in which it is prepared.
func (r *Record) at(dir string) *Record { return &Record{dir, r.name, r.sums, r.other} }

// Forget removes a file, or all files below a directory, from the record. It does not write the record.
func (r *Record) Forget(name string) {
	maps.DeleteFunc(r.sums, func(known, _ string) bool { return known == name || strings.HasPrefix(known, name+"/") })
}

func (r *Record) write() error {
	var b strings.Builder
	for _, line := range r.other {
		fmt.Fprintln(&b, line)
	}
	for _, name := range slices.Sorted(maps.Keys(r.sums)) {
		fmt.Fprintf(&b, "%s  %s\n", r.sums[name], name)
	}
	return replace.Bytes(filepath.Join(r.dir, r.name), []byte(b.String()))
}

// digest returns the digest of a file; empty if it is not a regular file.
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

// Check returns an error if files of a directory belong to the user and would be overwritten.
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

// Write writes files by their paths below a directory, with slashes, and records them. If some of them exist and belong to the user,
// nothing is written unless replaceIt is set.
func Write(dir string, files map[string]string, replaceIt bool) error {
	names := slices.Sorted(maps.Keys(files))
	if !replaceIt {
		if err := Check(dir, names...); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := replace.Bytes(filepath.Join(dir, filepath.FromSlash(name)), []byte(files[name])); err != nil {
			return err
		}
	}
	record, err := In(dir)
	if err != nil {
		return err
	}
	return record.Add(names...)
}

// Refusal returns the error for files that belong to the user; nil if there are none.
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

// File writes a file that the user has named. An existing file that is not empty is replaced only if replaceIt is set.
func File(path string, replaceIt bool, write func(io.Writer) error) error {
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Size() > 0 && !replaceIt {
		return fmt.Errorf("%s is there: use --replace to replace it, or give another name", path)
	}
	return replace.File(path, write)
}
