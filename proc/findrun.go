package proc

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
)

// runFinder finds the runs that others require.
type runFinder struct {
	store  *catalog.Catalog // nil where there are none
	within string           // directory of a run with steps: only runs that it has links to count; empty for all
	staged bool             // runs that are still to be started count too
	self   string           // id of the run that requires others: it is none of them
}

// find returns the run to use of those of the operations: the latest one that is marked, or else the latest one. Runs that have
// failed do not count. spec is the start of a run's id, where a whole id counts whatever became of that run, or a ranking, see
// parseRanking. Where there is none, Cure has what to do about the error.
func (f *runFinder) find(operations []string, spec string) (*runs.Run, error) {
	if strings.ContainsRune(spec, filepath.Separator) {
		if st, err := os.Stat(spec); err == nil && st.IsDir() {
			return runs.At(spec), nil
		}
	}
	if by, ok, err := parseRanking(spec); ok || err != nil {
		return f.best(operations, by, err)
	}
	match, err := operationMatcher(operations)
	if err != nil {
		return nil, err
	}
	all, err := f.candidates()
	if err != nil {
		return nil, err
	}
	var latest, unusable *runs.Run
	for _, r := range all {
		if len(spec) == fullID && r.ID == spec {
			return f.explicit(r)
		}
		if r.ID == f.self || !strings.HasPrefix(r.ID, spec) || !match(r.Opref()) {
			continue
		}
		if !f.usable(r.Status()) {
			unusable = cmp.Or(unusable, r)
			continue
		}
		if r.Marked() {
			return r, nil
		}
		latest = cmp.Or(latest, r)
	}
	if latest == nil {
		return nil, f.none(operations, spec, unusable)
	}
	return latest, nil
}

// fullID is the length of a whole run id.
const fullID = 32

func (f *runFinder) explicit(r *runs.Run) (*runs.Run, error) {
	if s := r.Status(); !f.staged && (s == runs.Staged || s == runs.Pending) {
		return nil, fmt.Errorf("run %s is %s; start it first with 'guild run --start %s'", r.ShortID(), s, r.ShortID())
	}
	return r, nil
}

func (f *runFinder) usable(s runs.Status) bool {
	return s == runs.Completed || s == runs.Running || s == runs.Terminated || f.staged && s == runs.Staged
}

// candidates are all runs that can be required, the latest first.
func (f *runFinder) candidates() ([]*runs.Run, error) {
	if f.store == nil {
		return nil, nil
	}
	if f.within == "" {
		return f.store.List()
	}
	entries, err := os.ReadDir(f.within)
	if err != nil {
		return nil, fmt.Errorf("find the runs of steps: %w", err)
	}
	var found []*runs.Run
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := filepath.EvalSymlinks(filepath.Join(f.within, e.Name()))
		if err != nil {
			continue // a link of the operation's own
		}
		r, err := f.store.Get(filepath.Base(target))
		if err != nil {
			continue
		}
		found = append(found, r)
		if r.IsBatch() {
			trials, err := (&runFinder{store: f.store, within: r.Dir}).candidates()
			if err != nil {
				return nil, err
			}
			found = append(found, trials...)
		}
	}
	slices.SortFunc(found, func(a, b *runs.Run) int { return b.Started().Compare(a.Started()) })
	return found, nil
}

// operationMatcher matches the references of runs with OP, MODEL:OP or PACKAGE/MODEL:OP, where MODEL and OP are regular
// expressions for whole names. What is left out can be anything.
func operationMatcher(operations []string) (func(opref.Ref) bool, error) {
	type pattern struct {
		pkg       string
		model, op *regexp.Regexp
	}
	var patterns []pattern
	for _, spec := range operations {
		var p pattern
		rest := spec
		if i := strings.LastIndexByte(spec, '/'); i >= 0 {
			p.pkg, rest = spec[:i], spec[i+1:]
		}
		model, op, ok := strings.Cut(rest, ":")
		if !ok {
			model, op = "", rest
		}
		var err, opErr error
		if model != "" {
			p.model, err = regexp.Compile("^(?:" + model + ")$")
		}
		p.op, opErr = regexp.Compile("^(?:" + op + ")$")
		if err := errors.Join(err, opErr); err != nil || op == "" {
			return nil, fmt.Errorf("'%s' names no operation", spec)
		}
		patterns = append(patterns, p)
	}
	return func(ref opref.Ref) bool {
		return slices.ContainsFunc(patterns, func(p pattern) bool {
			return (p.pkg == "" || p.pkg == "." || p.pkg == ref.PkgName) && (p.model == nil || p.model.MatchString(ref.Model)) &&
				p.op.MatchString(ref.Op)
		})
	}, nil
}

// generated lists the names in a run directory that are files which the operation wrote, or directories with such files.
func generated(r *runs.Run) ([]string, error) {
	entries, err := r.Manifest()
	if err != nil {
		return nil, err
	}
	copied := map[string]bool{}
	for _, e := range entries {
		if legacySelect(e.Kind) {
			copied[filepath.Clean(e.Path)] = true
		}
	}
	var names []string
	err = filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(r.Dir, path) // it is below
		switch {
		case errors.Is(err, fs.ErrNotExist): // the run may be at work
			return nil
		case err != nil:
			return err
		case rel == ".":
			return nil
		case copied[rel] || strings.HasPrefix(rel, ".guild"):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir():
			top, _, _ := strings.Cut(rel, string(filepath.Separator))
			names = append(names, top)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of run %s: %w", r.ShortID(), err)
	}
	return slices.Compact(names), nil
}

// legacySelect tells which copied files an operation that requires a run does not get of it. Older projects set a variable to
// get its dependencies (1), or all of it (2).
func legacySelect(kind string) bool {
	switch os.Getenv("GUILD_LEGACY_OPDEP_SELECT") {
	case "1":
		return kind != runs.DepEntry
	case "2":
		return false
	}
	return true
}
