// Package unpack writes what archives hold to directories: nothing outside of the directory, no more than a limit, and with holes in
// place of zeros.
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

// Dir is a directory that an archive is unpacked to. Names are paths below it with slashes. One that leads out of it, by itself or
// by a link, is an error.
type Dir struct {
	root  *os.Root
	limit *Limit
	links []link
}

type link struct{ name, target string }

// Open returns the directory, which must be there.
func Open(dir string, limit *Limit) (*Dir, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, limit: limit}, nil
}

// Close ends the use of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Mkdir makes a directory, and those that it is in. It is open to no more people than perm says, where that is not zero: archives need
// not say to whom.
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
	return d.root.MkdirAll(name, 0o777) // no error where it is a directory
}

// File makes a file, and the directories that it is in. The owner may read and write it, whatever perm says. A file of that name is
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

// SetTime sets the time of the latest change of a file.
func (d *Dir) SetTime(name string, t time.Time) error { return d.root.Chtimes(name, time.Time{}, t) }

func (d *Dir) parent(name string) error {
	if dir := path.Dir(path.Clean(name)); dir != "." {
		return d.root.MkdirAll(dir, 0o777)
	}
	return nil
}

// Hardlink makes another name for a file that is there.
func (d *Dir) Hardlink(name, old string) error {
	if err := d.limit.entry(); err != nil {
		return err
	}
	if err := d.parent(name); err != nil {
		return err
	}
	return d.root.Link(path.Clean(old), name)
}

// Symlink notes a link. Links are made at the end, so that nothing is written through them.
func (d *Dir) Symlink(name, target string) error {
	d.links = append(d.links, link{path.Clean(name), target})
	return d.limit.entry()
}

// MakeLinks makes the links that were noted, wherever they lead to.
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

// MakeInnerLinks makes those of the links that lead to something in the directory, by whatever other links, and returns the names of
// the others.
func (d *Dir) MakeInnerLinks() (left []string, err error) {
	if err := d.MakeLinks(); err != nil {
		return nil, err
	}
	// One that is taken away can be on the way of others.
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

// ReadLink is the text of a link in an archive that keeps it as content.
func ReadLink(in io.Reader) (string, error) {
	const longest = 1 << 12
	text, err := io.ReadAll(io.LimitReader(in, longest+1))
	if err == nil && len(text) > longest {
		err = fmt.Errorf("a link of more than %d bytes", longest)
	}
	return strings.TrimRight(string(text), "\x00"), err
}
