package newrun

import (
	"fmt"
	"slices"

	"guild/opdef"
	"guild/proc/batchplan"
	"guild/runs"
)

// Batch turns a Request into one for a batch: a run whose operation, the optimizer, makes and runs the trials.
type Batch struct {
	Optimizer *Request       // the batch's own run; its directory, id and parameters are those of the request for the trials
	Rows      []opdef.Values // rows of batch files
	Objective string         // column to minimise, with a leading minus to maximise; empty if nothing is optimized
	MaxTrials int            // zero means no limit
}

// Spec returns the flag values from which the trials are made.
func (q *Request) Spec() *opdef.Batch {
	return &opdef.Batch{Values: q.Values, User: q.UserFlags, Rows: q.Batch.Rows}
}

// Name returns the name of the operation; for a batch the operation of its trials, a plus sign and the optimizer.
func (q *Request) Name() string {
	name := q.Op.FullName()
	if q.Batch == nil {
		return name
	}
	if name += opdef.GridName; q.Batch.Optimizer.Op.Name != opdef.GridName {
		name += q.Batch.Optimizer.Op.FullName()
	}
	return name
}

// makeBatch makes the prototype of the trials and the batch's own run.
func (q *Request) makeBatch(d *runs.Draft, cache string) error {
	proto, err := d.Proto()
	if err != nil {
		return err
	}
	if err := q.makeRun(proto, cache); err != nil {
		return err
	}
	if err := proto.Seal(); err != nil {
		return err
	}
	opt := *q.Batch.Optimizer
	opt.Params, opt.CmdDir, opt.Seed, opt.Warn, opt.GPUs = q.Params, q.CmdDir, q.Seed, q.Warn, q.GPUs
	opt.Hooks = q.Hooks
	if err := opt.makeRun(d, cache); err != nil {
		return err
	}
	return d.SetAttrs(q.batchAttrs())
}

// batchAttrs returns the attributes that only a batch has.
func (q *Request) batchAttrs() map[string]any {
	attrs := map[string]any{}
	if names := batchplan.SpaceNames(append(slices.Clone(q.Batch.Rows), q.Values)); len(names) > 0 {
		attrs[batchplan.AttrSpaces] = names
	}
	if len(q.Batch.Rows) > 0 {
		rows := make([]any, len(q.Batch.Rows))
		for i, row := range q.Batch.Rows {
			rows[i] = batchplan.Recorded(row)
		}
		attrs[batchplan.AttrTrials] = rows
	}
	if q.Batch.MaxTrials > 0 {
		attrs[batchplan.AttrMaxTrials] = q.Batch.MaxTrials
	}
	if q.Batch.Objective != "" {
		attrs[batchplan.AttrObjective] = q.Batch.Objective
	}
	return attrs
}

// Trials returns the flag values of the trials of the requested batch. It is an error if the optimizer chooses them by results.
func (q *Request) Trials() ([]opdef.Values, error) {
	op := q.Batch.Optimizer.Op
	switch {
	case op.IsSequential():
		return nil, fmt.Errorf("%s chooses trials by the results of others; they cannot be shown before it runs", op.FullName())
	case !op.IsBuiltin():
		return nil, fmt.Errorf("only %s itself knows its trials; they cannot be shown before it runs", op.FullName())
	}
	p := &batchplan.Plan{Batch: *q.Spec(), Optimizer: op.FullName(), MaxTrials: q.Batch.MaxTrials, Seed: q.seed()}
	return p.Trials()
}

// Requests returns a request for each run that the request leads to: for a batch the batch's own run and its trials, otherwise the
// request itself. If the trials are not known, it returns an error and the batch's own run.
func (q *Request) Requests() ([]*Request, error) {
	if q.Batch == nil {
		return []*Request{q}, nil
	}
	opt := *q.Batch.Optimizer
	opt.CmdDir, opt.GPUs = q.CmdDir, q.GPUs
	all := []*Request{&opt}
	trials, err := q.Trials()
	for _, vals := range trials {
		trial := *q
		trial.Values, trial.Batch, trial.RunDir = vals, nil, ""
		all = append(all, &trial)
	}
	return all, err
}
