// Package links has the links by which the directory of a batch names its trials, and that of a run with steps the runs of its steps.
package links

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"guild/runs"
	"guild/runs/catalog"
)

// Make makes a link to the run directory target in the directory of run in. Below the same runs root the link is relative, so that
// it stays valid when the store is moved.
func Make(target string, in *runs.Run, link string) error {
	if filepath.Dir(in.Dir) == filepath.Dir(target) {
		target = filepath.Join("..", filepath.Base(target))
	}
	return os.Symlink(target, link)
}

// Runs returns the runs to which a directory has links, and the trials of those that are batches, the latest first.
func Runs(store *catalog.Catalog, dir string) ([]*runs.Run, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("find linked runs: %w", err)
	}
	var found []*runs.Run
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := filepath.EvalSymlinks(filepath.Join(dir, e.Name()))
		if err != nil {
			continue // a link that the operation has made
		}
		r, err := store.Get(filepath.Base(target))
		if err != nil {
			continue
		}
		found = append(found, r)
		if r.IsBatch() {
			trials, err := Runs(store, r.Dir)
			if err != nil {
				return nil, err
			}
			found = append(found, trials...)
		}
	}
	slices.SortFunc(found, func(a, b *runs.Run) int { return b.Started().Compare(a.Started()) })
	return found, nil
}

// Redirect changes the link in dir that leads to the run with id from, if there is one, to lead to the run with id to.
func Redirect(dir, from, to string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		link := filepath.Join(dir, e.Name())
		if target, err := os.Readlink(link); err == nil && filepath.Base(target) == from {
			if err := os.Remove(link); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(filepath.Dir(target), to), link)
		}
	}
	return nil
}
