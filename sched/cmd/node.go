package cmd

import (
	"context"
	"os"

	"guild/proc/environ"
	"guild/sched"
	"guild/sched/engine/slurm"
)

// useAllocation sets the options that the user has not set from the Slurm allocation of this process.
func useAllocation(ctx context.Context, opts *sched.Options) error {
	a, err := slurm.ReadAllocation(ctx)
	if err != nil {
		return err
	}
	if !opts.WorkersGiven {
		opts.Workers = a.CPUs
	}
	opts.Resources = a.Capacity()
	if opts.Deadline.IsZero() {
		opts.Deadline = a.End
	}
	if opts.GPUs == "" && a.GPUs > 0 {
		opts.GPUs = os.Getenv(environ.GPUs)
	}
	opts.Dashboard = "no" // the dashboard of the scheduler that submitted the job shows the runs too
	return nil
}
