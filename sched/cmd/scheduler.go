// Package cmd has the command that schedulers run as.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"guild/runs"
	"guild/runs/console"
	"guild/sched"
)

// Scheduler is the operation of a scheduler run; it reads its flags from the run directory.
type Scheduler struct {
	Kind string `arg:"" enum:"dask,queue" help:"dask or queue."`
}

// Run schedules until it is told to stop.
func (s *Scheduler) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	dir := os.Getenv("RUN_DIR")
	if dir == "" {
		return errors.New("a scheduler is started as a run; use 'guild run queue' or 'guild run dask:scheduler'")
	}
	kind := sched.Queue
	if s.Kind == "dask" {
		kind = sched.Dask
	}
	self := runs.At(dir)
	opts, err := sched.ParseOptions(kind, self.Flags())
	if err != nil {
		return err
	}
	if err := sched.New(store, self, opts, sched.NewLogger(con.Out, opts.LogLevel)).Run(ctx); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return ctx.Err() // told to stop: the exit code says so
}
