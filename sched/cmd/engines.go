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
)

// opener returns what connects a kind of scheduler to its engine; nil is worker processes of this host.
func opener(kind sched.Kind, flags map[string]any, store *runs.Store, self *runs.Run, workers int) func(context.Context, zerolog.Logger) (engine.Engine, error) {
	text := func(name string) string {
		if flags[name] == nil {
			return ""
		}
		return fmt.Sprint(flags[name])
	}
	switch {
	case kind == sched.Dask && (text("address") != "" || text("scheduler-file") != ""):
		return func(ctx context.Context, log zerolog.Logger) (engine.Engine, error) {
			python := text("python")
			if python == "" {
				python = "python3"
			}
			file := text("scheduler-file")
			if file != "" && !filepath.IsAbs(file) { // the run's directory is not where the user was
				file = filepath.Join(os.Getenv("CMD_DIR"), file)
			}
			return dask.Open(ctx, dask.Config{Address: text("address"), SchedulerFile: file, Python: python, Store: store, Log: log})
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
