// Package merge copies files of a run back to the project that they came from.
//
// A source code file goes to where the manifest says that it came from, and so does a dependency that was a file of the project.
// What the operation generated goes to the same path below the project, if it is asked for.
package merge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/clone"
	"guild/runs/plainfile"
	"guild/runs/replace"
)

// Options say what to copy.
type Options struct {
	Generated      bool     // what the operation generated too
	SkipSourcecode bool     // no source code
	SkipDeps       bool     // no dependencies
	Exclude        []string // patterns of a shell for paths in the project, or for their last part
}

// File is a file of a run, and where it goes.
type File struct {
	Path   string // below the run directory, with slashes
	Target string // below the project, likewise; of a skipped one that has none there, Path
	Reason string // why it is skipped
	kind   string // of the manifest; empty for a generated one
}

// Kind is that of the file in the manifest, empty for one that the operation generated.
func (f File) Kind() string { return f.kind }

// The reasons why files are skipped.
const (
	NonProjectDependency = "non-project dependency"
	NonProjectFile       = "non-project file"
	SkippedSourcecode    = "skipped source code"
	SkippedDependency    = "skipped dependency"
	Excluded             = "excluded"
	Unchanged            = "unchanged"
)

// Plan is what a merge does.
type Plan struct {
	Copy, Skip []File // by target
	run        *runs.Run
	target     string
}

// New plans to copy the files of a run, given by their paths, to the directory target.
func New(r *runs.Run, files []string, target string, o Options) (*Plan, error) {
	entries, err := r.Manifest()
	if err != nil {
		return nil, err
	}
	byPath := map[string]runs.ManifestEntry{}
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
		// Of two files for one place the one that is no source code counts, for it is later.
		return cmp.Or(cmp.Compare(a.Target, b.Target), -cmp.Compare(b.kind, a.kind), cmp.Compare(a.Path, b.Path))
	}
	slices.SortFunc(p.Copy, byTarget)
	slices.SortFunc(p.Skip, byTarget)
	p.Copy = slices.CompactFunc(p.Copy, func(a, b File) bool { return a.Target == b.Target })
	return p, nil
}

// newFile says where a file goes, by the manifest.
func newFile(name string, manifest map[string]runs.ManifestEntry) File {
	f := File{Path: name, Target: name}
	e, ok := manifest[name]
	if !ok {
		return f
	}
	f.kind = e.Kind
	switch {
	case e.Kind == runs.SourceEntry && len(e.Source) > 0:
		f.Target = e.Source[0]
	case e.Kind == runs.DepEntry:
		source, inProject := "", false
		if len(e.Source) == 1 { // others are parts of an archive
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

// skip is the reason to skip a file, if there is one.
func (p *Plan) skip(f File, o Options) string {
	switch {
	case f.kind == runs.SourceEntry && o.SkipSourcecode:
		return SkippedSourcecode
	case f.kind == runs.DepEntry && o.SkipDeps:
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
	if same(p.from(f), p.to(f)) {
		return Unchanged
	}
	return ""
}

func (p *Plan) from(f File) string { return p.run.Path(filepath.FromSlash(f.Path)) }
func (p *Plan) to(f File) string   { return filepath.Join(p.target, filepath.FromSlash(f.Target)) }

// same reports that two regular files have the same content.
func same(a, b string) bool {
	sa, err := os.Stat(a)
	if err != nil {
		return false
	}
	sb, err := os.Stat(b)
	if err != nil || !sb.Mode().IsRegular() || sa.Size() != sb.Size() {
		return false
	}
	fa, err := plainfile.Open(a)
	if err != nil {
		return false
	}
	defer func() { _ = fa.Close() }()
	fb, err := plainfile.Open(b)
	if err != nil {
		return false
	}
	defer func() { _ = fb.Close() }()
	const size = 1 << 16
	ba, bb := make([]byte, size), make([]byte, size)
	for {
		na, errA := io.ReadFull(fa, ba)
		nb, errB := io.ReadFull(fb, bb)
		if !bytes.Equal(ba[:na], bb[:nb]) {
			return false
		}
		if errA != nil || errB != nil {
			return isEnd(errA) && isEnd(errB)
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// Replaced are the targets that are there already.
func (p *Plan) Replaced() []string {
	var list []string
	for _, f := range p.Copy {
		if _, err := os.Lstat(p.to(f)); err == nil {
			list = append(list, f.Target)
		}
	}
	return list
}

// Apply copies the files, and calls before with each. All of them are there as they are in the run, or the project is as it was.
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
		return fmt.Errorf("merge, of which nothing is done: %w", err)
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
