package cmd

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/sched"
	"guild/sched/engine"
	"guild/sched/engine/batch"
)

// opener returns what connects a kind of scheduler to its engine; nil is worker processes of this host.
func opener(kind sched.Kind, flags map[string]any, store *runs.Store, self *runs.Run, workers int) func(context.Context, zerolog.Logger) (engine.Engine, error) {
	text := func(name string) string {
		if flags[name] == nil {
			return ""
		}
		return fmt.Sprint(flags[name])
	}
	if kind == sched.Batch {
		return func(_ context.Context, log zerolog.Logger) (engine.Engine, error) {
			log.Info().Msgf("Submitting to a batch system by %q", text("submit"))
			return batch.Open(batch.Config{Submit: text("submit"), Alive: text("alive"), Cancel: text("cancel"), ID: text("id"),
				Setup: text("setup"), Self: self, Store: store, Room: workers})
		}
	}
	return nil
}
