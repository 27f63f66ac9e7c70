// Package unpack writes the contents of archives to a directory. It never writes outside the directory or more than a limit, and it
// writes holes in place of zeros.
package unpack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// Dir is the directory to which an archive is unpacked. Names are paths below it, with slashes. A name that leads out of it, directly or
// through a link, is an error.
type Dir struct {
	root  *os.Root
	limit *Limit
	links []link
}

type link struct{ name, target string }

// Open opens the directory, which must exist.
func Open(dir string, limit *Limit) (*Dir, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, limit: limit}, nil
}

// Close closes the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Mkdir creates a directory and its parents. If perm is not zero, the directory gets at most these permissions; some archives do not
// record permissions.
func (d *Dir) Mkdir(name string, perm fs.FileMode) error {
	if name = path.Clean(name); name == "." {
		return nil
	}
	if err := d.limit.entry(); err != nil {
		return err
	}
	if perm == 0 {
		perm = 0o777
	}
	if err := d.parent(name); err != nil {
		return err
	}
	if err := d.root.Mkdir(name, perm.Perm()|0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.root.MkdirAll(name, 0o777) // no error if it is a directory already
}

// File writes a file and creates its parent directories. The owner can always read and write it, whatever perm says. An existing file is
// replaced.
func (d *Dir) File(name string, perm fs.FileMode, in io.Reader) error {
	if err := d.limit.entry(); err != nil {
		return err
	}
	if err := d.parent(name); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	out, err := d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm.Perm()|0o600)
	if err != nil {
		return err
	}
	return errors.Join(d.limit.copy(out, in), out.Close())
}

// SetTime sets the modification time of a file.
func (d *Dir) SetTime(name string, t time.Time) error { return d.root.Chtimes(name, time.Time{}, t) }

func (d *Dir) parent(name string) error {
	if dir := path.Dir(path.Clean(name)); dir != "." {
		return d.root.MkdirAll(dir, 0o777)
	}
	return nil
}

// Hardlink creates a second name for an existing file.
func (d *Dir) Hardlink(name, old string) error {
	if err := d.limit.entry(); err != nil {
		return err
	}
	if err := d.parent(name); err != nil {
		return err
	}
	return d.root.Link(path.Clean(old), name)
}

// Symlink records a link. Links are created at the end, so that no file is written through them.
func (d *Dir) Symlink(name, target string) error {
	d.links = append(d.links, link{path.Clean(name), target})
	return d.limit.entry()
}

// MakeLinks creates the recorded links, wherever they lead.
func (d *Dir) MakeLinks() error {
	for _, l := range d.links {
		if err := d.parent(l.name); err != nil {
			return err
		}
		if err := d.root.Symlink(l.target, l.name); err != nil {
			return err
		}
	}
	return nil
}

// MakeInnerLinks creates those of the links whose targets are in the directory, also if they lead there through other links. It returns
// the names of the others.
func (d *Dir) MakeInnerLinks() (left []string, err error) {
	if err := d.MakeLinks(); err != nil {
		return nil, err
	}
	// Removing a link can break links that lead through it.
	for again := true; again; {
		again = false
		for _, l := range d.links {
			if _, err := d.root.Lstat(l.name); err != nil {
				continue
			}
			if _, err := d.root.Stat(l.name); err != nil {
				if err := d.root.Remove(l.name); err != nil {
					return left, err
				}
				left, again = append(left, l.name), true
			}
		}
	}
	return left, nil
}

// ReadLink reads the target of a link from an archive that stores it as the content of an entry.
func ReadLink(in io.Reader) (string, error) {
	const longest = 1 << 12
	text, err := io.ReadAll(io.LimitReader(in, longest+1))
	if err == nil && len(text) > longest {
		err = fmt.Errorf("a link of more than %d bytes", longest)
	}
	return strings.TrimRight(string(text), "\x00"), err
}
