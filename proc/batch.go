package proc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs"
)

// BatchRequest is what makes a Request one for a batch: a run whose operation, the optimizer, makes and runs the trials.
type BatchRequest struct {
	Optimizer *Request       // without what only the request for the trials says: directory, id, params
	Rows      []opdef.Values // of batch files
	Objective string         // column to minimise, with a minus in front one to maximise; empty where nothing is optimized
	MaxTrials int            // 0: no limit
}

// Spec is what the trials are made of.
func (q *Request) Spec() *opdef.Batch {
	return &opdef.Batch{Values: q.Values, User: q.UserFlags, Rows: q.Batch.Rows}
}

// Name is the operation, or for a batch that of its trials, a plus sign and the optimizer.
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

// Attributes of batches that they do not have in common with other runs. What the trials have in common, the values with
// their lists included, is a prototype inside of the batch.
const (
	attrTrials    = "trials"        // rows of batch files
	attrSpaces    = "search_spaces" // names of flags whose values are search spaces, which look like texts
	attrMaxTrials = "max_trials"
	attrObjective = "objective"
	attrBatch     = "batch" // of trials: id of their batch
)

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
	if err := opt.makeRun(d, cache); err != nil {
		return err
	}
	return d.SetAttrs(q.batchAttrs())
}

func (q *Request) batchAttrs() map[string]any {
	attrs := map[string]any{}
	if names := spaceNames(append(slices.Clone(q.Batch.Rows), q.Values)); len(names) > 0 {
		attrs[attrSpaces] = names
	}
	if len(q.Batch.Rows) > 0 {
		rows := make([]any, len(q.Batch.Rows))
		for i, row := range q.Batch.Rows {
			rows[i] = plainFlags(row)
		}
		attrs[attrTrials] = rows
	}
	if q.Batch.MaxTrials > 0 {
		attrs[attrMaxTrials] = q.Batch.MaxTrials
	}
	if q.Batch.Objective != "" {
		attrs[attrObjective] = q.Batch.Objective
	}
	return attrs
}

// plainFlags are values as they are recorded.
func plainFlags(vals opdef.Values) map[string]any {
	out := make(map[string]any, len(vals))
	for name, v := range vals {
		if s, ok := v.(opdef.SearchSpace); ok {
			v = string(s)
		}
		out[name] = v
	}
	return out
}

// spaceNames are the names of values that are search spaces, in order.
func spaceNames(rows []opdef.Values) []string {
	found := map[string]bool{}
	for _, vals := range rows {
		for name, v := range vals {
			if _, ok := v.(opdef.SearchSpace); ok {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// plan is a batch as it is recorded.
type plan struct {
	opdef.Batch
	optimizer string // operation of the batch
	maxTrials int
	seed      int64
	objective string
	params    map[string]any // options of `guild run`
}

func readPlan(batch *runs.Run) (*plan, error) {
	proto := runs.At(batch.ProtoPath())
	p := &plan{optimizer: batch.Opref().OpSpec()}
	var err error
	read := func(r *runs.Run, name string) (v any) {
		if err == nil {
			v, err = r.ReadAttr(name)
		}
		return v
	}
	p.Values, _ = read(proto, "flags").(map[string]any)
	p.User, _ = read(proto, "user_flags").(map[string]any)
	p.params, _ = read(batch, "run_params").(map[string]any)
	p.maxTrials, _ = read(batch, attrMaxTrials).(int)
	seed, _ := read(batch, "random_seed").(int)
	p.seed = int64(seed)
	p.objective, _ = read(batch, attrObjective).(string)
	rows, _ := read(batch, attrTrials).([]any)
	spaces, _ := read(batch, attrSpaces).([]any)
	guildAI := batch.Opref().PkgName == guildAIPackage // which does not record search spaces: each text that looks like one is one
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		vals, ok := row.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("trials of batch %s: a row is no mapping of flags to values", batch.ShortID())
		}
		p.Rows = append(p.Rows, vals)
	}
	for _, vals := range append([]opdef.Values{p.Values, p.User}, p.Rows...) {
		for name, v := range vals {
			if text, ok := v.(string); ok && (guildAI || slices.Contains(spaces, any(name))) {
				if s, ok := opdef.ParseSearchSpace(text); ok {
					vals[name] = s
				}
			}
		}
	}
	return p, nil
}

// isBuiltin tells an optimizer whose trials are known to this program, as opposed to an operation that calls it.
func (p *plan) isBuiltin() bool {
	_, sequential := sequentialOptimizer(p.optimizer)
	return sequential || p.optimizer == opdef.GridName || strings.HasPrefix(p.optimizer, "skopt:") || p.optimizer == "random"
}

// is tells whether an option of `guild run` is on.
func (p *plan) is(option string) bool { return p.params[option] == true }

// trials are those of a batch that can be known before any has run.
func (p *plan) trials() ([]opdef.Values, error) {
	if p.optimizer == opdef.GridName {
		return p.Grid(p.maxTrials, p.seed)
	}
	return p.Random(p.trialsOrDefault(), p.seed)
}

func (p *plan) trialsOrDefault() int {
	if p.maxTrials == 0 {
		return opdef.DefaultMaxTrials
	}
	return p.maxTrials
}

// Trials are those of the batch that is requested, as they would be run.
func (q *Request) Trials() ([]opdef.Values, error) {
	op := q.Batch.Optimizer.Op
	switch {
	case op.IsSequential():
		return nil, fmt.Errorf("%s chooses trials by the results of others; they cannot be shown before it runs", op.FullName())
	case !op.IsBuiltin():
		return nil, fmt.Errorf("only %s itself knows its trials; they cannot be shown before it runs", op.FullName())
	}
	p := &plan{Batch: *q.Spec(), optimizer: op.FullName(), maxTrials: q.Batch.MaxTrials, seed: q.seed()}
	return p.trials()
}

// Requests are those of the runs that there will be: of a batch itself and of its trials, or the one that it is. With an error
// about the trials there is the batch.
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
