// Package cmd has the command that schedulers run as.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"guild/proc/batchplan"
	"guild/proc/environ"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/mount"
	"guild/sched"
)

// Scheduler is the operation of a scheduler run; it reads its flags from the run directory.
type Scheduler struct {
	Kind string `arg:"" enum:"dask,slurm,node,batch,queue" help:"dask, slurm, node (of Slurm), batch or queue."`
}

// Run schedules until it is asked to stop.
func (s *Scheduler) Run(ctx context.Context, c *catalog.Catalog, con *console.Console) error {
	dir := os.Getenv("RUN_DIR")
	if dir == "" {
		return errors.New("a scheduler is started as a run; use 'guild run queue' or 'guild run dask:scheduler'")
	}
	kind := sched.Kind(s.Kind + ":scheduler")
	switch s.Kind {
	case "queue":
		kind = sched.Queue
	case "node":
		kind = sched.Node
	}
	self := runs.At(dir)
	flags, err := self.ReadFlags()
	if err != nil {
		return err
	}
	opts, err := sched.ParseOptions(kind, flags)
	if err != nil {
		return err
	}
	if kind == sched.Node {
		if err := useAllocation(ctx, &opts); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	if !opts.ReadOnly {
		opts.Act = actions(c)
	}
	opts.Planned = batchplan.Planned
	opts.OpenEngine = opener(kind, flags, c.Store, self, opts.Workers)
	opts.EndsAt = sched.AllocationEnd(os.Getenv)
	log := sched.NewLogger(con.Out, opts.LogLevel)
	if place := sched.ThisPlace().EndsAll(); place != "" && opts.OnStop == "" && opts.OpenEngine == nil && kind != sched.Node {
		opts.OnStop = sched.Restage
		log.Info().Msgf("What is under way when this scheduler stops waits again (on-stop=restage), for it would end with %s", place)
	}
	if err := checkRoot(ctx, c.Store, log); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if err := sched.New(c, self, opts, log).Run(ctx); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return ctx.Err() // an error if the scheduler was told to stop, for the exit status
}

// checkRoot returns an error for a runs root on which other hosts do not see the locks of this host, or on which that cannot be tested.
func checkRoot(ctx context.Context, store *runs.Store, log zerolog.Logger) error {
	if _, err := store.StagedDir(); err != nil {
		return err
	}
	if err := store.CheckFormat(); err != nil {
		return err
	}
	exe, err := environ.Executable()
	if err != nil {
		return err
	}
	const quiet = 3 * time.Second
	defer time.AfterFunc(quiet, func() {
		log.Warn().Msgf("Waiting for the file server of %s to grant a lock", store.Root())
	}).Stop()
	report, err := mount.Check(ctx, store.Root(), []string{exe, "sys", "probe-locks"})
	if err != nil {
		return err
	}
	return report.Err()
}
