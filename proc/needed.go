package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"

	"guild/opdef"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/pyyaml"
)

// Matching returns the runs that make the requested one unnecessary, the latest first: runs of the same operation with the same
// values that have not failed, nor wait for a batch that may never go on. A batch is matched by batches with the same optimizer
// that have no trials left.
func (q *Request) Matching(store *catalog.Catalog) ([]*runs.Run, error) {
	found, err := catalog.Collect(store, func(r *catalog.Snapshot) (*runs.Run, bool) {
		if !q.matches(r.AsView()) {
			return nil, false
		}
		status := r.Status()
		return r.Run(), status != runs.Error && status != runs.Pending
	})
	if err != nil || q.Batch == nil {
		return found, err
	}
	var whole []*runs.Run
	for _, r := range found {
		if r.Status() == runs.Completed {
			if left, err := trialsLeft(store.Store, r); err != nil {
				return nil, err
			} else if left {
				continue
			}
		}
		whole = append(whole, r)
	}
	return whole, nil
}

func (q *Request) matches(r *runs.View) bool {
	if r.IsBatch() != (q.Batch != nil) {
		return false
	}
	if q.Batch == nil {
		return q.sameRun(r)
	}
	if !q.Batch.Optimizer.sameRun(r) || !q.sameRun(runs.At(r.ProtoPath()).AsView()) {
		return false
	}
	want := q.batchAttrs()
	for _, name := range []string{attrTrials, attrSpaces, attrMaxTrials, attrObjective} {
		got, _ := r.Attr(name) // nil where there is none, as in want
		if list, ok := got.([]any); ok && len(list) == 0 {
			got = nil
		}
		if !sameYAML(got, want[name]) {
			return false
		}
	}
	return true
}

func (q *Request) sameRun(r *runs.View) bool {
	return sameOperation(r.Opref(), q.Op.Ref) && sameYAML(r.Flags(), plainFlags(q.Values))
}

// sameOperation compares operations whatever else has changed in their guild.yml.
func sameOperation(a, b opref.Ref) bool {
	a.PkgVersion, b.PkgVersion = "", ""
	return a == b
}

// sameYAML compares values as they are recorded.
func sameYAML(a, b any) bool {
	x, err := pyyaml.Encode(a)
	if err != nil {
		return false
	}
	y, err := pyyaml.Encode(b)
	return err == nil && bytes.Equal(x, y)
}

// UseMatch lets the link of a step, which is not run, lead to the run that makes it unnecessary.
func (q *Request) UseMatch(match *runs.Run) error {
	if q.RunsOf == "" || q.RunID == "" {
		return nil
	}
	entries, err := os.ReadDir(q.RunsOf)
	if err != nil {
		return err
	}
	for _, e := range entries {
		link := filepath.Join(q.RunsOf, e.Name())
		if target, err := os.Readlink(link); err == nil && filepath.Base(target) == q.RunID {
			if err := os.Remove(link); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(filepath.Dir(target), match.ID), link)
		}
	}
	return nil
}

// RestartNeeded tells whether a run that is started again would be another one: it has not run to an end, or a value changes. A
// batch that was stopped has not, nor has one with trials that are left.
func RestartNeeded(store *runs.Store, r *runs.Run, v Revision) (bool, error) {
	if s := r.Status(); s != runs.Completed && (s != runs.Terminated || r.IsBatch()) {
		return true, nil
	}
	flags, err := RevisedFlags(r, v)
	if err != nil {
		return false, err
	}
	was := r
	if r.IsBatch() {
		was = runs.At(r.ProtoPath())
		opt, err := v.optimizerFlags(r)
		if err != nil || !sameYAML(r.Flags(), plainFlags(opt)) {
			return true, err
		}
	}
	if !sameYAML(was.Flags(), plainFlags(flags)) {
		return true, nil
	}
	if r.IsBatch() {
		return trialsLeft(store, r)
	}
	return false, nil
}

// trialsLeft tells whether a batch has trials that have not completed, or has none for some of its values.
func trialsLeft(store *runs.Store, batch *runs.Run) (bool, error) {
	p, err := readPlan(batch)
	if err != nil {
		return false, err
	}
	had, err := (&runFinder{store: catalog.New(store, nil), within: batch.Dir}).candidates()
	if err != nil {
		return false, err
	}
	completed := slices.DeleteFunc(slices.Clone(had), func(r *runs.Run) bool { return r.Status() != runs.Completed })
	switch _, sequential := sequentialOptimizer(p.optimizer); {
	case sequential:
		return len(completed) < p.trialsOrDefault(), nil
	case !p.isBuiltin():
		return len(completed) < len(had), nil
	}
	planned, err := p.trials()
	if err != nil {
		return false, err
	}
	for _, vals := range planned {
		var r *runs.Run
		if r, completed = unused(completed, vals); r == nil {
			return true, nil
		}
	}
	return false, nil
}

// unused takes the first of runs with the given values out of the list.
func unused(list []*runs.Run, vals opdef.Values) (*runs.Run, []*runs.Run) {
	for i, r := range list {
		if sameYAML(r.Flags(), plainFlags(vals)) {
			return r, append(list[:i:i], list[i+1:]...)
		}
	}
	return nil, list
}
