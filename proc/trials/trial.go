package trials

import (
	"context"
	"fmt"
	"os"

	"guild/opdef/flagvalue"
	"guild/proc"
	"guild/proc/revise"
	"guild/runs"
	"guild/runs/values"
)

// One runs one trial for an optimizer that chooses trials by itself. Flags that assign does not set have the values of the batch. If
// resultFile is not empty, One writes the result to it as JSON: dir, exit_status and objective, which is null if the trial has none.
func (b *Batch) One(ctx context.Context, assign []string, resultFile string) (proc.Result, error) {
	t, err := b.common(ctx)
	if err != nil {
		return proc.Result{}, err
	}
	vals, err := revise.TrialFlags(t.recipe, t.proto, t.plan.Values, assign)
	if err != nil {
		return proc.Result{}, err
	}
	t.single = true
	d, err := t.draft(vals)
	if err != nil {
		return proc.Result{}, err
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return proc.Result{}, err
	}
	defer lock.Close()
	b.log("INFO", "Running trial %s: %s", d.ID(), describe(t.opspec, vals))
	w := &proc.Worker{Store: b.Store, Lock: lock, Echo: b.Out, Signals: b.Signals, Say: proc.SayTo(b.Out)}
	res, err := w.Run(ctx)
	if err != nil || resultFile == "" {
		return res, err
	}
	return res, t.writeResult(lock.Run(), res, resultFile)
}

func (t *queue) writeResult(r *runs.Run, res proc.Result, file string) error {
	column, _, err := t.plan.Column()
	if err != nil {
		return err
	}
	result := map[string]any{"dir": r.Dir, "exit_status": res.Exit, "objective": nil}
	switch y := column.Of(values.Of(r)).(type) {
	case int, float64:
		result["objective"] = y
	}
	if err := os.WriteFile(file, []byte(flagvalue.EncodeJSON(result)), 0o666); err != nil {
		return fmt.Errorf("write the result of trial %s: %w", r.ShortID(), err)
	}
	return nil
}
