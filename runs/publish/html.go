package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"guild/runs/archive"
	"guild/runs/made"
	"guild/runs/replace"
)

// HTML writes a report of pages to the directory dir and replaces an earlier one of guild: the files and directories in names, which fill
// writes to an empty directory. The report is replaced as a whole or not at all. If dir has files that guild did not write, or that were
// changed since, HTML returns an error before it calls fill, unless replaceIt allows it to replace those that the report itself has; others
// are never removed.
func HTML(dir string, names []string, replaceIt bool, fill func(dir string) error) error {
	if err := CheckHTML(dir, names, replaceIt); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := archive.MarkNoCopy(dir); err != nil {
		return err
	}
	set, err := replace.Begin(dir, dir)
	if err != nil {
		return err
	}
	defer set.Discard()
	if err := fill(set.Dir()); err != nil {
		return err
	}
	if replaceIt {
		if err := keepForeign(dir, set.Dir(), names); err != nil {
			return err
		}
	}
	record, err := made.In(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		st, err := os.Lstat(filepath.Join(set.Dir(), name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			record.Forget(name)
			set.Remove(name)
			continue
		case err != nil:
			return err
		case st.IsDir():
			err = record.Prepare(set.Dir(), name)
		default:
			err = record.PrepareFile(set.Dir(), name)
		}
		if err != nil {
			return err
		}
		set.Put(name)
	}
	set.Put(record.Name())
	return set.Commit()
}

// CheckHTML returns the error that HTML would return before it writes anything.
func CheckHTML(dir string, names []string, replaceIt bool) error {
	foreign, err := foreignOf(dir, names)
	if err != nil || replaceIt {
		return err
	}
	return made.Refusal(dir, foreign)
}

// foreignOf returns the files below names in dir that guild did not write, or that were changed since.
func foreignOf(dir string, names []string) ([]string, error) {
	record, err := made.In(dir)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, name := range names {
		below, err := record.Below(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, below...)
	}
	return record.Foreign(all...)
}

// keepForeign returns an error if directories to be replaced have files of the user that the report, written to filled, does not have.
func keepForeign(dir, filled string, names []string) error {
	foreign, err := foreignOf(dir, names)
	if err != nil {
		return err
	}
	foreign = slices.DeleteFunc(foreign, func(name string) bool {
		_, err := os.Lstat(filepath.Join(filled, filepath.FromSlash(name)))
		return err == nil
	})
	if len(foreign) > 0 {
		return fmt.Errorf("%s was not written by guild, and would be lost with the directory that it is in: move it away, or publish to another directory",
			filepath.Join(dir, filepath.FromSlash(foreign[0])))
	}
	return nil
}
