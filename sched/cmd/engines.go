package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/sched"
	"guild/sched/engine"
	"guild/sched/engine/batch"
	"guild/sched/engine/dask"
	"guild/sched/engine/slurm"
)

// opener returns a function that connects a scheduler to the engine of its kind. It returns nil for kinds that start worker processes on
// this host.
func opener(kind sched.Kind, flags map[string]any, store *runs.Store, self *runs.Run, workers int) func(context.Context, zerolog.Logger) (engine.Engine, error) {
	text := texts(flags)
	switch {
	case kind == sched.Dask && (text("address") != "" || text("scheduler-file") != ""):
		return func(ctx context.Context, log zerolog.Logger) (engine.Engine, error) {
			python := text("python")
			if python == "" {
				python = "python3"
			}
			file := text("scheduler-file")
			if file != "" && !filepath.IsAbs(file) { // relative to where the user was, not to the run directory
				file = filepath.Join(os.Getenv("CMD_DIR"), file)
			}
			return dask.Open(ctx, dask.Config{Address: text("address"), SchedulerFile: file, Python: python, Store: store, Log: log})
		}
	case kind == sched.Slurm:
		return func(ctx context.Context, log zerolog.Logger) (engine.Engine, error) {
			return openSlurm(ctx, flags, slurm.Config{Self: self, Store: store, Room: workers, Log: log, RunOnce: flags["run-once"] == true})
		}
	case kind == sched.Batch:
		return func(_ context.Context, log zerolog.Logger) (engine.Engine, error) {
			log.Info().Msgf("Submitting to a batch system by %q", text("submit"))
			return batch.Open(batch.Config{Submit: text("submit"), Alive: text("alive"), Cancel: text("cancel"), ID: text("id"),
				Setup: text("setup"), Self: self, Store: store, Room: workers})
		}
	}
	return nil
}

// texts returns a function that returns the value of a flag as it was typed; empty for a flag without a value.
func texts(flags map[string]any) func(name string) string {
	return func(name string) string {
		if flags[name] == nil {
			return ""
		}
		return fmt.Sprint(flags[name])
	}
}

func openSlurm(ctx context.Context, flags map[string]any, cfg slurm.Config) (engine.Engine, error) {
	text := texts(flags)
	cfg.Options = map[string]string{}
	for _, name := range slurm.OptionNames() {
		cfg.Options[name] = text(name)
	}
	cfg.Setup, cfg.Sbatch = text("setup"), text("sbatch")
	cfg.Arrays = flags["array"] != false
	cfg.Warn, _ = flags["warn"].(int)
	if text("mode") == "nodes" {
		cfg.MaxNodes, _ = flags["max-nodes"].(int)
		return slurm.OpenNodes(ctx, cfg)
	}
	return slurm.Open(ctx, cfg)
}
