package proc

import (
	"slices"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
)

// RequiresRuns tells whether a run is to get files of other runs.
func RequiresRuns(r *runs.Run) bool {
	rec, err := recipe.Read(ownRecipe(r))
	return err == nil && slices.ContainsFunc(rec.Requires, func(res opdef.Resource) bool {
		return slices.ContainsFunc(res.Sources, func(s opdef.ResourceSource) bool { return s.Kind == opdef.FromOperation })
	})
}

// Awaited returns a run that was chosen for a staged one to require and that is still to end. It is nil where the staged run need
// not wait; what is wrong with what it requires, its start says.
func Awaited(store *runs.Store, r *runs.Run) *runs.Run {
	rec, err := recipe.Read(ownRecipe(r))
	if err != nil {
		return nil
	}
	vals, err := ownRecipe(r).ReadFlags()
	if err != nil {
		return nil
	}
	for _, res := range rec.Requires {
		for i := range res.Sources {
			v, _ := res.Sources[i].Value(vals)
			id, _ := v.(string)
			if res.Sources[i].Kind != opdef.FromOperation || len(id) != fullID {
				continue
			}
			needed, err := store.Get(id)
			if err != nil || needed.ID == r.ID {
				continue
			}
			switch needed.Status() {
			case runs.Staged, runs.Pending, runs.Running:
				return needed
			}
		}
	}
	return nil
}

// ownRecipe is the run that has what a run, or the trials of a batch, are started by.
func ownRecipe(r *runs.Run) *runs.Run {
	if r.IsBatch() {
		return runs.At(r.ProtoPath())
	}
	return r
}
