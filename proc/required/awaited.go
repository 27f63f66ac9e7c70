package required

import (
	"slices"

	"guild/opdef/resource"
	"guild/proc/recipe"
	"guild/runs"
)

// RequiresRuns reports whether a run requires other runs.
func RequiresRuns(r *runs.Run) bool {
	rec, err := recipe.Read(withRecipe(r))
	return err == nil && slices.ContainsFunc(rec.Requires, func(res resource.Resource) bool {
		return slices.ContainsFunc(res.Sources, func(s resource.Source) bool { return s.Kind == resource.FromOperation })
	})
}

// Awaited returns a run that a staged run requires by its id and that has not ended yet, or nil if the staged run need not wait. It
// ignores errors in what the run requires: the start of the run reports them.
func Awaited(store *runs.Store, r *runs.Run) *runs.Run {
	rec, vals, err := recipe.ReadWithFlags(withRecipe(r))
	if err != nil {
		return nil
	}
	for _, res := range rec.Requires {
		for i := range res.Sources {
			v, _ := res.Sources[i].Value(vals)
			id, _ := v.(string)
			if res.Sources[i].Kind != resource.FromOperation || len(id) != fullID {
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

// withRecipe returns the run whose recipe counts: the run itself, or the prototype of the trials of a batch.
func withRecipe(r *runs.Run) *runs.Run {
	if r.IsBatch() {
		return runs.At(r.ProtoPath())
	}
	return r
}
