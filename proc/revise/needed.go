package revise

import (
	"guild/proc/batchplan"
	"guild/runs"
	"guild/runs/pyyaml"
)

// Needed reports whether it is of use to start a run again with the changes: it is if a flag value changes or the run has not come to
// its end. A batch has not if it was stopped or has trials left.
func Needed(store *runs.Store, r *runs.Run, v Revision) (bool, error) {
	if s := r.Status(); s != runs.Completed && (s != runs.Terminated || r.IsBatch()) {
		return true, nil
	}
	flags, err := Flags(r, v)
	if err != nil {
		return false, err
	}
	was := r
	if r.IsBatch() {
		was = runs.At(r.ProtoPath())
		opt, err := v.optimizerFlags(r)
		if err != nil || !pyyaml.Equal(r.Flags(), batchplan.Recorded(opt)) {
			return true, err
		}
	}
	if !pyyaml.Equal(was.Flags(), batchplan.Recorded(flags)) {
		return true, nil
	}
	if r.IsBatch() {
		return batchplan.TrialsLeft(store, r)
	}
	return false, nil
}
