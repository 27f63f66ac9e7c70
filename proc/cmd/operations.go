package cmd

import (
	"context"
	"errors"
	"os"

	"guild/proc"
	"guild/runs"
	"guild/runs/console"
	"guild/sched"
)

// Batch is the operation of a batch run.
type Batch struct{}

// Run runs or stages the trials.
func (*Batch) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	self, err := thisRun()
	if err != nil {
		return err
	}
	b := &proc.Batch{Store: store, Run: self, Out: con.Out, Signals: proc.StopSignals(),
		Parallel: func(t *proc.Trials, workers int) error { return sched.RunTrials(ctx, store, t, workers) }}
	err = b.Do(context.WithoutCancel(ctx))
	var end proc.BatchEnd
	if errors.As(err, &end) {
		return exitError(end.Exit)
	}
	return err
}

// Steps is the operation of a run that has steps.
type Steps struct{}

// Run runs the steps.
func (*Steps) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	self, err := thisRun()
	if err != nil {
		return err
	}
	err = (&proc.Steps{Store: store, Run: self, Out: con.Out}).Do(ctx)
	var failed proc.StepFailed
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Reason != "" {
		con.Notef("guild: %s\n", failed.Reason)
	}
	return exitError(failed.Exit)
}

// thisRun is the run that this process is the operation of.
func thisRun() (*runs.Run, error) {
	dir := os.Getenv("RUN_DIR")
	if dir == "" {
		return nil, errors.New("this command is the operation of a run; use 'guild run'")
	}
	return runs.At(dir), nil
}
