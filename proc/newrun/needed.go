package newrun

import (
	"guild/proc/batchplan"
	"guild/proc/links"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/pyyaml"
)

// Matching returns the runs that make the requested one unnecessary, the latest first. A run matches if it is of the same operation and
// has the same flag values, unless it has failed or is pending. A batch matches if it also has the same optimizer and plan, and has no trials
// left to run.
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
	for _, name := range []string{batchplan.AttrTrials, batchplan.AttrSpaces, batchplan.AttrMaxTrials, batchplan.AttrObjective} {
		got, _ := r.Attr(name) // nil if it is missing, as in want
		if list, ok := got.([]any); ok && len(list) == 0 {
			got = nil
		}
		if !pyyaml.Equal(got, want[name]) {
			return false
		}
	}
	return true
}

func (q *Request) sameRun(r *runs.View) bool {
	return r.Opref().SameOperation(q.Op.Ref) && pyyaml.Equal(r.Flags(), batchplan.Recorded(q.Values))
}

// UseMatch makes the link of a step, whose run is not needed, lead to the run that makes it unnecessary.
func (q *Request) UseMatch(match *runs.Run) error {
	if q.RunsOf == "" || q.RunID == "" {
		return nil
	}
	return links.Redirect(q.RunsOf, q.RunID, match.ID)
}
