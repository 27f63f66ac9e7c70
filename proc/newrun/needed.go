package newrun

import (
	"guild/proc/batchplan"
	"guild/proc/links"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/pyyaml"
)

// Matching returns the runs that make the requested one unnecessary, the latest first. A run matches if it is of the same operation and has
// the same flag values, unless it has failed or is pending. A batch matches if it also has the same optimizer and plan, and has no trials
// left to run.
func (q *Request) Matching(store *catalog.Catalog) ([]*runs.Run, error) {
	return matching(store, q.Batch != nil, q.matches)
}

// Like returns the runs that make an existing run, which has not been started, unnecessary: those that match as for Matching.
func Like(store *catalog.Catalog, r *runs.Run) ([]*runs.Run, error) {
	return matching(store, r.IsBatch(), func(other *runs.View) bool { return other.ID != r.ID && alike(r.AsView(), other) })
}

func matching(store *catalog.Catalog, batch bool, matches func(*runs.View) bool) ([]*runs.Run, error) {
	found, err := catalog.Collect(store, func(r *catalog.Snapshot) (*runs.Run, bool) {
		if !matches(r.AsView()) {
			return nil, false
		}
		status := r.Status()
		return r.Run(), status != runs.Error && status != runs.Pending
	})
	if err != nil || !batch {
		return found, err
	}
	var whole []*runs.Run
	for _, r := range found {
		if r.Status() == runs.Completed {
			if left, err := batchplan.TrialsLeft(store.Store, r); err != nil {
				return nil, err
			} else if left {
				continue
			}
		}
		whole = append(whole, r)
	}
	return whole, nil
}

// alike reports whether two runs or batches are of the same operation with the same values.
func alike(a, b *runs.View) bool {
	same := func(a, b *runs.View) bool {
		return a.Opref().SameOperation(b.Opref()) && pyyaml.Equal(a.Flags(), b.Flags())
	}
	if a.IsBatch() != b.IsBatch() || !same(a, b) {
		return false
	}
	if !a.IsBatch() {
		return true
	}
	if !same(runs.At(a.ProtoPath()).AsView(), runs.At(b.ProtoPath()).AsView()) {
		return false
	}
	for _, name := range planAttrs {
		if !pyyaml.Equal(planAttr(a, name), planAttr(b, name)) {
			return false
		}
	}
	return true
}

// planAttrs are the attributes in which batches with the same plan agree.
var planAttrs = [...]string{batchplan.AttrTrials, batchplan.AttrSpaces, batchplan.AttrMaxTrials, batchplan.AttrObjective}

// planAttr returns an attribute of a batch. An empty list is nil, as a missing one.
func planAttr(r *runs.View, name string) any {
	v, _ := r.Attr(name)
	if list, ok := v.([]any); ok && len(list) == 0 {
		return nil
	}
	return v
}

// matches reports whether a run or batch is of the same operation with the same values.
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
	for _, name := range planAttrs {
		if !pyyaml.Equal(planAttr(r, name), want[name]) {
			return false
		}
	}
	return true
}

func (q *Request) sameRun(r *runs.View) bool {
	return r.Opref().SameOperation(q.Op.Ref) && pyyaml.Equal(r.Flags(), batchplan.Recorded(q.Values))
}

// UseMatch redirects the link of a step, whose run is not needed, to the run that makes it unnecessary.
func (q *Request) UseMatch(match *runs.Run) error {
	if q.RunsOf == "" || q.RunID == "" {
		return nil
	}
	return links.Redirect(q.RunsOf, q.RunID, match.ID)
}
