// Package required finds the runs that another run requires, because it uses their files.
package required

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"guild/proc/links"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
)

// Finder chooses among the runs of a store those that another run requires.
type Finder struct {
	Store  *catalog.Catalog // nil finds only run directories that are named by their path
	Within string           // directory of a run with steps: only runs that it links to are found; empty for all runs
	Staged bool             // also find runs that are still to be started
	Ended  bool             // find no run that has not ended, unless it is named by its whole id
	Since  time.Time        // when the run that requires the others was staged; zero if it was not
	Self   string           // id of the run that requires the others; it is never found
}

// Find returns the latest run of the operations that is marked or, if none is, the latest one that has completed or may complete. Runs that
// have failed are skipped, and one that was terminated is found only if there is no other. spec narrows the choice: it is the path of a run
// directory, the beginning of a run id, or a ranking (see parseRanking). A whole id finds that run in any status, unless it did not complete
// after Since. An error may have a method Cure() string, which says what the user can do.
func (f *Finder) Find(operations []string, spec string) (*runs.Run, error) {
	if strings.ContainsRune(spec, filepath.Separator) {
		if st, err := os.Stat(spec); err == nil && st.IsDir() {
			return runs.At(spec), nil
		}
	}
	if by, ok, err := parseRanking(spec); err != nil {
		return nil, err
	} else if ok {
		return f.best(operations, by)
	}
	match, err := MatchOperations(operations)
	if err != nil {
		return nil, err
	}
	all, err := f.candidates()
	if err != nil {
		return nil, err
	}
	var latest, stopped, unusable *runs.Run
	for _, r := range all {
		if r.ID == spec {
			return f.explicit(r)
		}
		if r.ID == f.Self || !strings.HasPrefix(r.ID, spec) || !match(r.Opref()) {
			continue
		}
		status := r.Status()
		if !f.usable(r, status) {
			unusable = cmp.Or(unusable, r)
			continue
		}
		if r.Marked() {
			return r, nil
		}
		if status == runs.Terminated {
			stopped = cmp.Or(stopped, r)
			continue
		}
		latest = cmp.Or(latest, r)
	}
	if latest = cmp.Or(latest, stopped); latest == nil {
		return nil, f.none(operations, spec, unusable)
	}
	return latest, nil
}

// explicit checks a run that is named by its whole id: it must have been started unless staged runs are allowed, and must not have failed
// since the run that requires it was staged.
func (f *Finder) explicit(r *runs.Run) (*runs.Run, error) {
	s := r.Status()
	if !f.Staged && s.Waits() {
		return nil, fmt.Errorf("run %s is %s; start it first with 'guild run --start %s'", r.ShortID(), s, r.ShortID())
	}
	if !f.Since.IsZero() && s.Ended() && s != runs.Completed && !EndedBefore(r, f.Since) {
		return nil, fmt.Errorf("run %s of %s did not complete (%s); start it again with 'guild run --restart %[1]s'", r.ShortID(), r.OpSpec(), s)
	}
	return r, nil
}

// usable reports whether a run in a status can be required when its id was not given.
func (f *Finder) usable(r *runs.Run, status runs.Status) bool {
	switch status {
	case runs.Completed, runs.Terminated:
		return true
	case runs.Running:
		return !f.Ended
	case runs.Staged:
		return f.Staged
	case runs.Pending: // others than those that wait in an engine may never be started
		queued, err := r.Queued()
		return f.Staged && queued && err == nil
	}
	return false
}

// candidates returns all runs that may be required, the latest first.
func (f *Finder) candidates() ([]*runs.Run, error) {
	switch {
	case f.Store == nil:
		return nil, nil
	case f.Within == "":
		return f.Store.List()
	}
	return links.Runs(f.Store, f.Within)
}

// MatchOperations returns a function that reports whether a run's operation matches one of the patterns. A pattern is OP, MODEL:OP or
// PACKAGE/MODEL:OP, where MODEL and OP are regular expressions for whole names. A part that is left out matches everything.
func MatchOperations(operations []string) (func(opref.Ref) bool, error) {
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
