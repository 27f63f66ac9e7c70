package newrun

import (
	"context"

	"guild/proc/batchplan"
	"guild/proc/dependency"
	"guild/runs"
)

// Freezing says which parts of a run are staged, and receives messages about what is resolved for it.
type Freezing struct {
	Run    bool              // the run itself
	Trials bool              // the trials of a batch that is started at once
	Say    func(line string) // warnings begin with WARNING; may be nil
}

// Freeze resolves what a run requires before it is staged, as far as that is possible before its start; for a batch also what its trials
// require. The run is owned by the caller, or being made. The error wraps a resolve.NotMetError if a requirement is missing.
func Freeze(ctx context.Context, store *runs.Store, r *runs.Run, f Freezing) error {
	if r.IsBatch() && (f.Run || f.Trials) {
		plan, err := batchplan.Read(r)
		if err != nil {
			return err
		}
		job, err := dependency.Of(store, runs.At(r.ProtoPath()))
		if err != nil {
			return err
		}
		job.Say = f.Say
		if err := job.AtStagingOfBatch(ctx, r, &plan.Batch); err != nil {
			return err
		}
	}
	if !f.Run {
		return nil
	}
	job, err := dependency.Of(store, r)
	if err != nil {
		return err
	}
	job.Say = f.Say
	return job.AtStaging(ctx)
}
