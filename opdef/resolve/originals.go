package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
)

// withKept returns the file with the copy of it that was kept at staging, if there is one.
func (t *task) withKept(f file) file {
	f.kept = t.kept(f.path, filepath.Base(f.path))
	return f
}

// kept returns the path of the copy of an original that was kept at staging, or an empty text if there is none. origin is an absolute path
// or an address of the web, name the name of the file.
func (t *task) kept(origin, name string) string {
	for _, dir := range t.Originals {
		path := keptPath(dir, origin, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// keptPath returns the path in dir for the copy of an original. It ends with the name of the original, which determines the kind of file.
func keptPath(dir, origin, name string) string {
	const length = 8 // bytes of the digest, so that names stay short
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(dir, hex.EncodeToString(sum[:length]), name)
}

// keep copies the original of a source to the directory dir, unless it is there.
func (t *task) keep(src *resource.Source, dir string) error {
	f, origin, err := t.original(src)
	if err != nil {
		return err
	}
	to := keptPath(dir, origin, filepath.Base(f.path))
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if f.kept == "" && (!src.Unpack || archiveType(src.ArchiveType, f.path) == "") { // otherwise the command runs where the archive is unpacked
		if err := t.postProcess(src, f, filepath.Dir(f.path)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := t.copyTree(f.contents(), to); err != nil && !errors.Is(err, fs.ErrExist) {
		return errors.Join(err, os.RemoveAll(to))
	}
	return nil
}

// original returns the file or directory that a source is resolved from, and the name under which it is kept.
func (t *task) original(src *resource.Source) (f file, origin string, err error) {
	v, named := src.Value(t.Values)
	switch {
	case named:
		f, err = t.namedFile(src, fmt.Sprint(v))
	case src.Kind == resource.FromURL:
		if f, err = t.addressed(src); err == nil {
			origin, err = flagvalue.ExpandFlags(src.Ref, t.Values)
		}
		return f, origin, err
	default:
		f, err = t.projectFile(src)
	}
	return f, f.path, err
}
