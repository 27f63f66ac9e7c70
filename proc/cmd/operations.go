package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"guild/opdef/flagvalue"
	"guild/proc"
	"guild/proc/steps"
	"guild/proc/trials"
	"guild/runs"
	"guild/runs/console"
)

// Batch is the operation of a batch run.
type Batch struct{}

// Run runs or stages the trials.
func (*Batch) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	self, err := thisRun()
	if err != nil {
		return err
	}
	signals, release := proc.StopSignals()
	defer release()
	err = (&trials.Batch{Store: store, Run: self, Out: con.Out, Signals: signals}).Do(ctx)
	var end trials.EarlyEnd
	if errors.As(err, &end) {
		return console.Exit(end.Exit)
	}
	return err
}

// Trial runs one trial of the batch whose optimizer calls it.
type Trial struct {
	Flags  []string `arg:"" optional:"" name:"flag=value"`
	Result string   `placeholder:"FILE" help:"Write the trial's directory, exit_status and objective to FILE, as JSON."`
}

// Run runs the trial, and ends with its exit status.
func (t *Trial) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	self, err := thisRun()
	if err != nil {
		return err
	}
	if !self.IsBatch() {
		return console.WithHint(errors.New("trials are those of a batch, and this run is none"),
			fmt.Sprintf("Use 'guild run OPERATION --optimizer %s'.", self.Opref().OpSpec()))
	}
	signals, release := proc.StopSignals()
	defer release()
	b := &trials.Batch{Store: store, Run: self, Out: con.Out, Signals: signals}
	res, err := b.One(context.WithoutCancel(ctx), t.Flags, t.Result)
	if err != nil {
		return err
	}
	return exitStatus(res.Exit)
}

// Attrs prints all attributes of a run, or of a prototype, as JSON.
type Attrs struct {
	Dir string `arg:""`
}

// Run prints them.
func (a *Attrs) Run(con *console.Console) error {
	r := runs.At(a.Dir)
	names, err := r.AttrNames()
	if err != nil {
		return err
	}
	attrs := map[string]any{}
	for _, name := range names {
		if attrs[name], err = r.Attr(name); err != nil {
			return err
		}
	}
	con.Printf("%s\n", flagvalue.EncodeJSON(attrs))
	return nil
}

// Steps is the operation of a run that has steps.
type Steps struct{}

// Run runs the steps.
func (*Steps) Run(ctx context.Context, store *runs.Store, con *console.Console) error {
	self, err := thisRun()
	if err != nil {
		return err
	}
	err = (&steps.Steps{Store: store, Run: self, Out: con.Out}).Do(ctx)
	var failed steps.Failed
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Reason != "" {
		con.Notef("guild: %s\n", failed.Reason)
	}
	return console.Exit(failed.Exit)
}

// thisRun returns the run whose operation this process is.
func thisRun() (*runs.Run, error) {
	dir := os.Getenv("RUN_DIR")
	if dir == "" {
		return nil, errors.New("this command is the operation of a run; use 'guild run'")
	}
	return runs.At(dir), nil
}
