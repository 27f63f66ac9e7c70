// Package merge copies files of a run back to the project that they came from.
//
// Source code, and dependencies that were files of the project, go to the path that the manifest names as their origin. Files that the
// operation generated go to the same path below the project, if the options ask for them.
package merge

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/clone"
	"guild/runs/manifest"
	"guild/runs/plainfile"
	"guild/runs/replace"
)

// Options say what to copy.
type Options struct {
	Generated      bool     // also copy files that the operation generated
	SkipSourcecode bool     // do not copy source code
	SkipDeps       bool     // do not copy dependencies
	Exclude        []string // shell patterns for paths in the project, or for their last element
}

// File is a file of a run and its target in the project.
type File struct {
	Path   string // relative to the run directory, with slashes
	Target string // relative to the project, likewise; for a skipped file without a target, Path
	Reason string // why it is skipped
	kind   string // kind in the manifest; empty for a generated file
}

// Kind returns the kind of the file in the manifest. It is empty for a file that the operation generated.
func (f File) Kind() string { return f.kind }

// Reasons to skip a file.
const (
	NonProjectDependency = "non-project dependency"
	NonProjectFile       = "non-project file"
	SkippedSourcecode    = "skipped source code"
	SkippedDependency    = "skipped dependency"
	Excluded             = "excluded"
	Unchanged            = "unchanged"
)

// Plan lists what a merge copies and what it skips.
type Plan struct {
	Copy, Skip []File // sorted by target
	run        *runs.Run
	target     string
}

// New returns a plan to copy files of a run to the directory target. files are paths relative to the run directory.
func New(r *runs.Run, files []string, target string, o Options) (*Plan, error) {
	entries, err := manifest.Of(r)
	if err != nil {
		return nil, err
	}
	byPath := map[string]manifest.Entry{}
	for _, e := range entries {
		byPath[path.Clean(e.Path)] = e
	}
	p := &Plan{run: r, target: target}
	for _, name := range files {
		if name == ".guild" || strings.HasPrefix(name, ".guild/") || strings.HasPrefix(name, ".guild-") {
			continue
		}
		f := newFile(name, byPath)
		if f.Reason == "" {
			f.Reason = p.skip(f, o)
		}
		if f.Reason == "" {
			p.Copy = append(p.Copy, f)
		} else {
			p.Skip = append(p.Skip, f)
		}
	}
	byTarget := func(a, b File) int {
		// If two files have the same target, the one that is not source code wins, since it was written later.
		return cmp.Or(cmp.Compare(a.Target, b.Target), -cmp.Compare(b.kind, a.kind), cmp.Compare(a.Path, b.Path))
	}
	slices.SortFunc(p.Copy, byTarget)
	slices.SortFunc(p.Skip, byTarget)
	p.Copy = slices.CompactFunc(p.Copy, func(a, b File) bool { return a.Target == b.Target })
	return p, nil
}

// newFile looks up the target of a file in the manifest.
func newFile(name string, byPath map[string]manifest.Entry) File {
	f := File{Path: name, Target: name}
	e, ok := byPath[name]
	if !ok {
		return f
	}
	f.kind = e.Kind
	switch {
	case e.Kind == manifest.Source && len(e.Source) > 0:
		f.Target = e.Source[0]
	case e.Kind == manifest.Dependency:
		source, inProject := "", false
		if len(e.Source) == 1 { // sources with more parts are in archives
			source, inProject = strings.CutPrefix(e.Source[0], "file:")
		}
		if !inProject || !filepath.IsLocal(source) {
			f.Reason = NonProjectDependency
			return f
		}
		f.Target = source
	}
	if f.Target = path.Clean(f.Target); !filepath.IsLocal(f.Target) {
		f.Target, f.Reason = name, NonProjectFile
	}
	return f
}

// skip returns the reason to skip a file, or an empty string.
func (p *Plan) skip(f File, o Options) string {
	switch {
	case f.kind == manifest.Source && o.SkipSourcecode:
		return SkippedSourcecode
	case f.kind == manifest.Dependency && o.SkipDeps:
		return SkippedDependency
	case f.kind == "" && !o.Generated:
		return NonProjectFile
	}
	for _, pattern := range o.Exclude {
		for _, name := range []string{f.Target, path.Base(f.Target)} {
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return Excluded
			}
		}
	}
	if plainfile.Same(p.from(f), p.to(f)) {
		return Unchanged
	}
	return ""
}

func (p *Plan) from(f File) string { return p.run.Path(filepath.FromSlash(f.Path)) }
func (p *Plan) to(f File) string   { return filepath.Join(p.target, filepath.FromSlash(f.Target)) }

// Replaced returns the targets that exist already.
func (p *Plan) Replaced() []string {
	var list []string
	for _, f := range p.Copy {
		if _, err := os.Lstat(p.to(f)); err == nil {
			list = append(list, f.Target)
		}
	}
	return list
}

// Apply copies all files, or on an error none of them. It calls before with each file before it is copied.
func (p *Plan) Apply(before func(File)) error {
	if err := os.MkdirAll(p.target, 0o777); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	set, err := replace.Begin(p.target, p.target)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	defer set.Discard()
	for _, f := range p.Copy {
		before(f)
		if st, err := os.Lstat(p.to(f)); err == nil && st.IsDir() {
			return fmt.Errorf("copy %s: '%s' is a directory in the project: move it away, or use --exclude '%s'; nothing was copied",
				f.Path, f.Target, f.Target)
		}
		if err := copyFile(p.from(f), filepath.Join(set.Dir(), filepath.FromSlash(f.Target))); err != nil {
			return fmt.Errorf("copy %s: %w", f.Path, err)
		}
		set.Put(f.Target)
	}
	if err := set.Commit(); err != nil {
		return fmt.Errorf("nothing was merged: %w", err)
	}
	return nil
}

// copyFile copies a file with its permissions.
func copyFile(from, to string) error {
	st, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := clone.File(from, to); err != nil {
		return err
	}
	return os.Chmod(to, st.Mode().Perm())
}
