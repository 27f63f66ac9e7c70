package required

import (
	"fmt"
	"time"

	"guild/opdef"
	"guild/opdef/resource"
	"guild/proc/recipe"
	"guild/runs"
)

// Pinned returns the ids, or the beginnings of ids, of the runs that a run requires and that its flags name. It is empty if the recipe or
// the flags cannot be read: the start of the run reports that.
func Pinned(r *runs.Run) []string {
	rec, vals, err := recipe.ReadWithFlags(withRecipe(r))
	if err != nil {
		return nil
	}
	return PinnedBy(rec.Requires, vals)
}

// PinnedBy is Pinned for resources and values of flags. Values that choose a run by its results or stand for all runs are left out.
func PinnedBy(resources []resource.Resource, vals opdef.Values) (ids []string) {
	for _, res := range resources {
		for i := range res.Sources {
			src := &res.Sources[i]
			v, _ := src.Value(vals)
			if src.Kind != resource.FromOperation || v == nil {
				continue
			}
			list, several := v.([]any)
			if !several {
				list = []any{v}
			}
			for _, one := range list {
				if id := fmt.Sprint(one); runs.IsName(id) && id != resource.AllRuns {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// EndedBefore reports whether a run had ended before a time. A run that is required after its end is wanted as it is, even if it has
// failed.
func EndedBefore(r *runs.Run, t time.Time) bool {
	stopped := r.AttrTime("stopped")
	return !stopped.IsZero() && !t.IsZero() && stopped.Before(t)
}

// withRecipe returns the run whose recipe counts: the run itself, or the prototype of the trials of a batch.
func withRecipe(r *runs.Run) *runs.Run {
	if r.IsBatch() {
		return runs.At(r.ProtoPath())
	}
	return r
}
