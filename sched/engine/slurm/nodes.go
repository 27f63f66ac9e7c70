package slurm

import (
	"context"
	"errors"

	"guild/sched/engine"
)

// OpenNodes stub, replaced next.
func OpenNodes(_ context.Context, _ Config) (engine.Engine, error) { return nil, errors.New("todo") }
