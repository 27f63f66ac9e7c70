package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/manifest"
)

// diffView is a directory for comparing two runs. It has a directory for each run, named by its short id, with
//
//	flags       the flags
//	scalars     the last value of each scalar
//	attributes  what users, the operation and its definition set: label, tags, comments, marked and others
//	sourcecode  links to the files of the source code, by the manifest
//
// and, if whole runs are compared, also
//
//	output      a link to what it printed
//	record      what guild has recorded of the run, except its environment, which describes the host
//	files       links to all other files of the run
//
// What belongs to a single start, such as locks and the names of phases, is left out.
type diffView struct {
	dir string
	all bool
}

// newDiffView makes the directory. The caller removes it with close.
func newDiffView(all bool) (*diffView, error) {
	dir, err := os.MkdirTemp("", "guild-diff-")
	if err != nil {
		return nil, fmt.Errorf("compare runs: %w", err)
	}
	return &diffView{dir: dir, all: all}, nil
}

func (v *diffView) close() { _ = os.RemoveAll(v.dir) }

// add makes the directory for a run and returns its name.
func (v *diffView) add(r *runs.Run) (name string, err error) {
	name = r.ShortID()
	if _, err := os.Lstat(filepath.Join(v.dir, name)); err == nil {
		name += "-again" // a run compared with itself
	}
	to := filepath.Join(v.dir, name)
	if err = os.Mkdir(to, 0o777); err == nil {
		err = v.fill(to, r)
	}
	if err != nil {
		return "", fmt.Errorf("compare run %s: %w", r.ShortID(), err)
	}
	return name, nil
}

func (v *diffView) fill(to string, r *runs.Run) error {
	info := newInfo(r.AsView())
	attributes := map[string]any{"label": r.Label(), "tags": r.Tags(), "marked": r.Marked()}
	maps.Copy(attributes, info.attributes)
	for i, c := range r.Comments() {
		attributes[fmt.Sprintf("comment %d", i+1)] = c.Body
	}
	var scalars strings.Builder
	info.results.write(&scalars)
	if err := os.WriteFile(filepath.Join(to, "scalars"), []byte(scalars.String()), 0o666); err != nil {
		return err
	}
	texts := map[string]map[string]any{"flags": r.Flags(), "attributes": attributes}
	if v.all {
		texts["record"] = recordOf(r)
	}
	for name, values := range texts {
		if err := writeValues(filepath.Join(to, name), values); err != nil {
			return err
		}
	}
	source, err := linkSource(filepath.Join(to, "sourcecode"), r)
	if err != nil || !v.all {
		return err
	}
	if err := linkIfThere(r.GuildPath("output"), filepath.Join(to, "output")); err != nil {
		return err
	}
	return linkOthers(filepath.Join(to, "files"), r, source)
}

// recordOf returns the attributes that guild has written, but for those that are shown elsewhere and the environment.
func recordOf(r *runs.Run) map[string]any {
	record := map[string]any{"opref": r.Opref().String()}
	names, _ := r.AttrNames()
	for _, name := range names {
		if slices.Contains([]string{"comments", "env", "flags", "label", "marked", "tags", "opdef_attrs"}, name) || !reserved(name) {
			continue
		}
		if value, err := r.Attr(name); err == nil {
			record[name] = value
		}
	}
	return record
}

// writeValues writes names and values, one a line, in the form of 'guild runs info'.
func writeValues(path string, values map[string]any) error {
	var b strings.Builder
	writeMap(&b, 0, values)
	return os.WriteFile(path, []byte(b.String()), 0o666)
}

// linkSource makes links to the run's source code files, under their names in the run, and returns these names.
func linkSource(to string, r *runs.Run) (names map[string]bool, err error) {
	entries, err := manifest.Of(r)
	if err != nil {
		return nil, err
	}
	names = map[string]bool{}
	root, err := filepath.Rel(r.Dir, sourceDir(r))
	if err != nil {
		root = "."
	}
	for _, e := range entries {
		path := filepath.FromSlash(e.Path)
		if e.Kind != manifest.Source || !filepath.IsLocal(path) {
			continue
		}
		names[path] = true
		within, err := filepath.Rel(root, path)
		if err != nil || !filepath.IsLocal(within) {
			within = path
		}
		if err := linkIfThere(r.Path(path), filepath.Join(to, within)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// linkOthers makes links to the files of the run that are not in except.
func linkOthers(to string, r *runs.Run, except map[string]bool) error {
	return filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(r.Dir, path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // a running operation may have removed it
			return nil
		case err != nil || relErr != nil:
			return errors.Join(err, relErr)
		case rel == ".guild":
			return fs.SkipDir
		case d.IsDir() || except[rel]:
			return nil
		}
		return linkIfThere(path, filepath.Join(to, rel))
	})
}

// linkIfThere makes a link to a regular file, following links. It skips other files: reading a pipe would never end.
func linkIfThere(path, link string) error {
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o777); err != nil {
		return err
	}
	return os.Symlink(path, link)
}
