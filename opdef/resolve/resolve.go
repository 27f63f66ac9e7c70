// Package resolve puts what an operation requires into a run directory: files of the project, of the web and of other runs,
// and config files with the values of flags.
//
// A run that is started at once resolves everything at its start. For a staged run, files of the project and of the web are resolved when
// it is staged (Freeze), so that later changes do not reach it and the project need not be there when it starts. Runs of other operations
// and config files are resolved at the start of a staged run too. Of a config file, the original is kept at staging (originals.go).
//
// It knows no store: the caller finds runs for it. Files are made under temporary names below .guild and then renamed, so that no
// incomplete file is ever visible and replaced files are not lost, see package replace. Downloads and unpacked archives are cached under
// names derived from their origin.
package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"guild/opdef"
	"guild/opdef/resource"
	"guild/runs/replace"
)

// Resolver resolves the resources of one run. Only the owner of the run may use it.
type Resolver struct {
	RunDir  string
	Project string                       // directory of the project
	CmdDir  string                       // directory for relative files that a user named, besides the project
	Cache   string                       // directory for files that can be recreated
	Values  opdef.Values                 // of the run's flags
	Flags   map[string]opdef.CommandFlag // names and splitting of flags in config files

	// FindRun returns the run that spec names, or the default run if spec is empty, among runs of the operations.
	FindRun func(operations []string, spec string) (Run, error)
	// FindAll returns all usable runs of the operations.
	FindAll func(operations []string) ([]Run, error)
	// Import returns the reason why a Python module cannot be imported; nil if it can.
	Import func(ctx context.Context, module string) error
	// Say receives messages for users, a line at a time; warnings begin with WARNING.
	Say func(line string)
	// Debug receives the reasons why optional dependencies are not met; may be nil.
	Debug func(format string, args ...any)
	// Force continues without dependencies that cannot be met.
	Force bool

	// Frozen says that files, URLs and modules recorded as resolved were resolved for this start, when the run was staged: they are not
	// resolved again, even for sources that are resolved at each start.
	Frozen bool
	// Originals are directories with files kept at staging, see Freeze, which are used in place of the originals.
	Originals []string
	// Placed has the files that earlier resolutions put into the run, by path below the run directory with slashes, with the URI of their
	// source. A source that is resolved again because flags have changed may replace them.
	Placed map[string]string
}

// Run is a run whose files are required.
type Run struct {
	ID, Dir string
	// Generated returns the names in the run directory that are, or contain, files written by the operation.
	Generated func() ([]string, error)
}

// Entry is the origin of a file of the run, as in a manifest.
type Entry struct {
	Path   string   // below the run directory, with slashes
	SHA1   string   // in hex; a dash for a directory
	Source []string // URI, and the path within it
}

// NotMetError is the error of a dependency that cannot be resolved.
type NotMetError struct{ err error }

func (e *NotMetError) Error() string {
	return "run failed because a dependency was not met: " + e.err.Error()
}

// Unwrap returns the reason why the dependency cannot be resolved.
func (e *NotMetError) Unwrap() error { return e.err }

// Resolve resolves the resources in order. done is the run's attribute deps, which has what was resolved before, by resource and source.
// Resolve adds to it: uri, paths relative to the run directory and, if a flag was involved, config. The error is about the first source
// that cannot be resolved; entries and done have what was resolved before it.
func (r *Resolver) Resolve(ctx context.Context, resources []resource.Resource, done map[string]any) (entries []Entry, err error) {
	return r.resolve(ctx, resources, done, nil)
}

// resolve is Resolve, or Freeze if st is not nil.
func (r *Resolver) resolve(ctx context.Context, resources []resource.Resource, done map[string]any, st *Staging) (entries []Entry, err error) {
	own := filepath.Join(r.RunDir, ".guild")
	if err := os.MkdirAll(own, 0o777); err != nil {
		return nil, fmt.Errorf("resolve dependencies: %w", err)
	}
	set, err := replace.Begin(r.RunDir, own)
	if err != nil {
		return nil, fmt.Errorf("resolve dependencies: %w", err)
	}
	defer set.Discard()
	stand := map[string]bool{}
	for _, res := range resources {
		for i := range res.Sources {
			stand[res.Sources[i].ResolvingName()] = true
		}
	}
	for i := range resources {
		res := &resources[i]
		name := res.ResolvingName()
		r.Say("Resolving " + name)
		sources, _ := done[name].(map[string]any)
		if sources == nil {
			sources = map[string]any{}
			done[name] = sources
		}
		t := &task{Resolver: r, ctx: ctx, res: res, set: set, stand: stand, staging: st}
		err := t.sources(sources)
		entries = append(entries, t.entries...)
		if st != nil && len(sources) == 0 {
			delete(done, name)
		}
		if err != nil {
			return entries, &NotMetError{err}
		}
	}
	return entries, nil
}

// task is the resolution of one resource.
type task struct {
	*Resolver
	ctx     context.Context
	res     *resource.Resource
	set     *replace.Set    // of files of the run
	stand   map[string]bool // names of sources, which may be flags
	staging *Staging        // nil at the start of the run
	entries []Entry
	run     string // id of the run that was found for the current source
	anew    bool   // there is no earlier record for the current source
}

// sources resolves the sources of the resource. done has the records of earlier resolutions, by name, and receives the new ones.
func (t *task) sources(done map[string]any) error {
	for i := range t.res.Sources {
		src := &t.res.Sources[i]
		name := src.ResolvingName()
		before, resolved := done[name]
		if resolved && (t.isFrozen(src) || !src.AlwaysResolve) && !t.lost(src, before) {
			t.Say("Skipping resolution of " + name + " because it's already resolved")
			continue
		}
		t.run, t.anew = "", !resolved
		record, err := t.record(src)
		switch {
		case err == nil && record != nil:
			done[name] = record
		case err == nil:
		case t.ctx.Err() != nil:
			return err
		case src.Optional:
			if t.Debug != nil {
				t.Debug("%v", err)
			}
			t.Say("Could not resolve " + name + " - skipping because dependency is optional")
		case t.Force:
			t.Say("WARNING: a dependency was not met: " + err.Error())
		default:
			return err
		}
	}
	return nil
}

// isFrozen reports whether a source was resolved for this start when the run was staged. Runs and config files are not: their records are
// from earlier starts.
func (t *task) isFrozen(src *resource.Source) bool {
	return t.Frozen && src.Kind != resource.FromOperation && src.Kind != resource.FromConfig
}

// record resolves a source and returns its record, which is nil if it is left to the start of the run.
func (t *task) record(src *resource.Source) (map[string]any, error) {
	if t.staging != nil {
		if later, err := t.postpone(src); later || err != nil {
			return nil, t.unresolved(src, err)
		}
	}
	paths, err := t.source(src)
	if err != nil {
		return nil, t.unresolved(src, err)
	}
	record := map[string]any{"uri": src.URI(), "paths": paths}
	if v, ok := src.Value(t.Values); ok {
		record["config"] = v
	}
	if t.run != "" {
		record["config"] = t.run
	}
	return record, nil
}

// lost reports, from the record of a source that was resolved for an earlier start, whether the run has a link to a missing file. This
// happens if the run with that file was deleted.
func (t *task) lost(src *resource.Source, record any) bool {
	m, _ := record.(map[string]any)
	paths, _ := m["paths"].([]any)
	root := t.Project
	if id, ok := m["config"].(string); ok && src.Kind == resource.FromOperation {
		root = filepath.Join(filepath.Dir(t.RunDir), id)
	}
	return slices.ContainsFunc(paths, func(path any) bool {
		origin, _ := path.(string)
		origin = filepath.FromSlash(origin)
		if !filepath.IsAbs(origin) {
			origin = filepath.Join(t.RunDir, origin)
		}
		rel, err := t.target(src, within(root, origin))
		if err != nil {
			return false
		}
		link := filepath.Join(t.RunDir, filepath.FromSlash(rel))
		_, err = os.Lstat(link)
		return err == nil && leadsNowhere(link)
	})
}

// unresolved returns the error of a source that cannot be resolved because of err, which may be nil.
func (t *task) unresolved(src *resource.Source, err error) error {
	var placing errPlace
	if err == nil {
		return nil
	}
	if errors.As(err, &placing) { // it names the resource
		return placing.err
	}
	err = fmt.Errorf("could not resolve '%s' in %s resource: %w", src.ResolvingName(), t.res.ResolvingName(), err)
	if src.Help != "" {
		err = fmt.Errorf("%w (%s)", err, src.Help)
	}
	return err
}

// source finds the files of a source and places them. It returns their paths relative to the run directory.
func (t *task) source(src *resource.Source) ([]any, error) {
	files, err := t.find(src)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 && src.Kind != resource.FromModule {
		if src.FailIfEmpty {
			return nil, fmt.Errorf("nothing resolved for %s", src.ResolvingName())
		}
		if src.WarnIfEmpty {
			t.Say("WARNING: nothing resolved for " + src.ResolvingName())
		}
	}
	paths := make([]any, len(files))
	for i, f := range files {
		if err := t.place(src, f); err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(t.RunDir, f.path)
		if err != nil {
			rel = f.path
		}
		paths[i] = filepath.ToSlash(rel)
	}
	return paths, nil
}

// file is a file or directory that a source provides.
type file struct {
	path   string // absolute
	kept   string // path of the copy kept at staging, which is used in its place; empty: none
	rel    string // path in the project, archive or run, with slashes; empty if it is in none
	packed bool   // it comes from an archive
	under  string // directory of its own at its destination; empty: none
}

// contents returns the path from which the file is read.
func (f file) contents() string { return cmp.Or(f.kept, f.path) }

// within returns a file with its path relative to root.
func within(root, path string) file {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		rel = ""
	}
	return file{path: path, rel: filepath.ToSlash(rel)}
}

func (t *task) find(src *resource.Source) ([]file, error) {
	switch src.Kind {
	case resource.FromModule:
		return nil, t.Import(t.ctx, src.Ref)
	case resource.FromOperation:
		return t.findRun(src)
	}
	if v, ok := src.Value(t.Values); ok {
		return t.findNamed(src, fmt.Sprint(v))
	}
	switch src.Kind {
	case resource.FromURL:
		return t.findURL(src)
	case resource.FromConfig:
		return t.findConfig(src)
	}
	return t.findFile(src)
}
