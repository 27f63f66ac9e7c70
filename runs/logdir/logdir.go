// Package logdir keeps a log directory for TensorBoard in step with runs: a directory for each run, called as people know the run, with
// a link for each of its event files at the same place, and event files of what only the run itself tells: its flags for the comparison
// of hyperparameters, and the images that it has made.
//
// TensorBoard reads the files of a directory in the order of their names, and none again once it has gone on to the next. So what is
// known at first is in a file that comes first, and what is known at the end in one that comes last.
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

// Dir is a log directory. Nobody else writes to it.
type Dir struct {
	Path string
	// Name is what the directory of a run is called. It may change, and need not be fit for a file.
	Name            func(*runs.View) string
	HParams, Images bool // whether there are these too

	known map[string]*entry // by run id
}

// entry is what there is of a run.
type entry struct {
	name   string
	done   bool             // the run had ended when its files were looked for: there will be no more
	images map[string]int64 // the time of the latest change of those that are there, by path
	count  int              // of files of images
}

// Sync makes the directory hold these runs and no others.
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
	ended := r.Status().Ended() // before the look: what it wrote before its end is there
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

// fileName is a text as the name of a directory, of which there are no two.
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

// link makes a link in the directory to for each event file of the run directory from, and adds the paths of images below from. What is
// linked into a run is another's.
func link(from, to string, images *[]string) error {
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // files come and go while a run writes
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
