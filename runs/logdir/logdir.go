// Package logdir maintains a log directory for TensorBoard. It has a directory for each run, named for display, with a link to each of
// the run's event files at the same path. Event files of its own add what the run's files do not have: flags, for the HParams page, and
// image files.
//
// TensorBoard reads the files of a directory in the order of their names and never goes back to an earlier one. So what is known at the
// start of a run is in a file whose name sorts first, and what is known at its end in one whose name sorts last.
package logdir

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guild/runs"
	"guild/runs/scalars"
)

// Dir is a log directory. No other process may write to it.
type Dir struct {
	Path string
	// Name returns the display name of a run. It may change, and need not be valid as a file name.
	Name            func(*runs.View) string
	HParams, Images bool // whether to write event files for flags and images

	known map[string]*entry // entries by run id
}

// entry is the state of a run's directory.
type entry struct {
	name   string
	done   bool             // the run had ended before its files were listed, so there will be no more
	images map[string]int64 // modification times of the images that were written, by path
	count  int              // number of event files with images
}

// Sync updates the directory so that it has exactly these runs.
func (d *Dir) Sync(list []*runs.View) error {
	if d.known == nil {
		d.known = map[string]*entry{}
	}
	wanted := map[string]bool{}
	for _, r := range list {
		wanted[r.ID] = true
	}
	for id, e := range d.known {
		if wanted[id] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(d.Path, e.name)); err != nil {
			return fmt.Errorf("log directory: %w", err)
		}
		delete(d.known, id)
	}
	for _, r := range list {
		if err := d.sync(r); err != nil {
			return fmt.Errorf("log directory of run %s: %w", r.ShortID(), err)
		}
	}
	return nil
}

func (d *Dir) sync(r *runs.View) error {
	e := d.known[r.ID]
	name := fileName(d.Name(r), r.ID)
	if e == nil {
		e = &entry{name: name, images: map[string]int64{}}
		d.known[r.ID] = e
	}
	dir := filepath.Join(d.Path, name)
	if e.name != name {
		if err := os.Rename(filepath.Join(d.Path, e.name), dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		e.name = name
	}
	ended := r.Status().Ended() // read before the files are listed, so that all files of an ended run are found
	if e.done && ended {
		return nil
	}
	if d.HParams {
		if err := writeHParams(r, dir, ended); err != nil {
			return err
		}
	}
	var images []string
	if err := link(r.Dir, dir, &images); err != nil {
		return err
	}
	if d.Images {
		if err := e.writeImages(r, dir, images); err != nil {
			return err
		}
	}
	e.done = ended
	return nil
}

// fileName converts a text to a directory name; the id makes it unique.
func fileName(text, id string) string {
	const longest = 200
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == 0x7f {
			return '_'
		}
		return r
	}, strings.TrimSpace(text))
	for len(text) > longest {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	return cmp.Or(strings.TrimLeft(text, "."), id)
}

// link creates a link in the directory to for each event file of the run directory from, and appends the paths of images below from to
// images. It does not follow links, since their targets belong to other runs.
func link(from, to string, images *[]string) error {
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // a running run creates and removes files
			return nil
		}
		if err != nil || !e.Type().IsRegular() || !scalars.IsEventFile(e.Name()) && !isImage(e.Name()) {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if isImage(e.Name()) {
			*images = append(*images, rel)
			return nil
		}
		at := filepath.Join(to, rel)
		if scalars.IsSystemFile(e.Name()) {
			// TensorBoard follows one file of a directory at a time, and does not go back to one before it.
			at = filepath.Join(filepath.Dir(at), "system", e.Name())
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return err
		}
		if err := os.Symlink(path, at); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
	return err
}
