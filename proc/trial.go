package proc

import (
	"context"
	"fmt"
	"os"

	"guild/opdef"
	"guild/runs"
	"guild/runs/values"
)

// One runs one trial of a batch whose optimizer chooses trials by itself: flags that are not assigned are those of the batch. What
// became of it is written to the file resultTo, where that is not empty: directory, exit_status and, of a trial that has one,
// objective.
func (b *Batch) One(ctx context.Context, assign []string, resultTo string) (Result, error) {
	t, err := b.common()
	if err != nil {
		return Result{}, err
	}
	vals, err := t.oneTrial(assign)
	if err != nil {
		return Result{}, err
	}
	d, err := t.draft(vals)
	if err != nil {
		return Result{}, err
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return Result{}, err
	}
	defer lock.Close()
	b.log("INFO", "Running trial %s: %s", d.ID(), Describe(t.opspec, vals))
	w := &Worker{Store: b.Store, Lock: lock, Echo: b.Out, Signals: b.Signals, Say: SayTo(b.Out)}
	res, err := w.Run(ctx)
	if err != nil || resultTo == "" {
		return res, err
	}
	return res, t.writeResult(lock.Run(), res, resultTo)
}

// oneTrial is the values of one trial.
func (t *Trials) oneTrial(assign []string) (opdef.Values, error) {
	vals, _, err := revised(t.recipe, t.proto, t.plan.Values, Revision{Flags: assign, Force: true}, manyValues)
	if err != nil {
		return nil, err
	}
	for name, v := range vals {
		if (&opdef.Batch{Values: opdef.Values{name: v}}).Is() {
			return nil, fmt.Errorf("flag '%s' has several values, %s; a trial needs one of them: %[1]s=VALUE", name, opdef.FormatValue(v))
		}
	}
	return vals, nil
}

func (t *Trials) writeResult(r *runs.Run, res Result, file string) error {
	column, _, err := t.plan.column()
	if err != nil {
		return err
	}
	result := map[string]any{"dir": r.Dir, "exit_status": res.Exit, "objective": nil}
	switch y := column.Of(values.Of(r)).(type) {
	case int, float64:
		result["objective"] = y
	}
	if err := os.WriteFile(file, []byte(opdef.EncodeJSON(result)), 0o666); err != nil {
		return fmt.Errorf("write the result of trial %s: %w", r.ShortID(), err)
	}
	return nil
}
