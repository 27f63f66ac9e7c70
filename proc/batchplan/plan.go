// Package batchplan reads and writes the plan of a batch: what its trials are made of and which of them are left.
package batchplan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/compare"
)

// Attributes that only batches have. What all trials have in common is recorded in the prototype inside of the batch: a run whose
// flags may be lists and search spaces.
const (
	AttrTrials    = "trials"        // rows of batch files
	AttrSpaces    = "search_spaces" // names of flags whose values are search spaces, which are recorded as strings
	AttrMaxTrials = "max_trials"
	AttrObjective = "objective"
)

// Recorded returns flag values in the form in which they are recorded: search spaces become strings.
func Recorded(vals opdef.Values) map[string]any {
	out := make(map[string]any, len(vals))
	for name, v := range vals {
		if s, ok := v.(flagvalue.SearchSpace); ok {
			v = string(s)
		}
		out[name] = v
	}
	return out
}

// SpaceNames returns the names of the flags that have a search space in any of the rows, sorted.
func SpaceNames(rows []opdef.Values) []string {
	found := map[string]bool{}
	for _, vals := range rows {
		for name, v := range vals {
			if _, ok := v.(flagvalue.SearchSpace); ok {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Plan says which trials a batch has.
type Plan struct {
	opdef.Batch
	Optimizer string // operation of the batch
	MaxTrials int    // zero means no limit
	Seed      int64
	Objective string         // column to minimise, with a leading minus to maximise; empty is the default one
	Params    map[string]any // options of `guild run`
}

// Read returns the plan that is recorded with a batch.
func Read(batch *runs.Run) (*Plan, error) {
	proto := runs.At(batch.ProtoPath())
	p := &Plan{Optimizer: batch.Opref().OpSpec()}
	var err error
	read := func(r *runs.Run, name string) (v any) {
		if err == nil {
			v, err = r.ReadAttr(name)
		}
		return v
	}
	p.Values, _ = read(proto, "flags").(map[string]any)
	p.User, _ = read(proto, "user_flags").(map[string]any)
	p.Params, _ = read(batch, "run_params").(map[string]any)
	p.MaxTrials, _ = read(batch, AttrMaxTrials).(int)
	seed, _ := read(batch, "random_seed").(int)
	p.Seed = int64(seed)
	p.Objective, _ = read(batch, AttrObjective).(string)
	rows, _ := read(batch, AttrTrials).([]any)
	spaces, _ := read(batch, AttrSpaces).([]any)
	guildAI := batch.Opref().PkgName == recipe.GuildAIPackage // Guild AI does not record search spaces: every text that looks like a search space is taken as one
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
				if s, ok := flagvalue.ParseSearchSpace(text); ok {
					vals[name] = s
				}
			}
		}
	}
	return p, nil
}

// isBuiltin reports whether guild itself chooses the trials, as opposed to an operation that calls `guild sys trial`.
func (p *Plan) isBuiltin() bool {
	_, sequential := p.Sequential()
	return sequential || p.Optimizer == opdef.GridName || strings.HasPrefix(p.Optimizer, "skopt:") || p.Optimizer == "random"
}

// Option reports whether a boolean option of `guild run` is set.
func (p *Plan) Option(option string) bool { return p.Params[option] == true }

// Trials returns the flag values of the trials, for optimizers that choose them before any has run.
func (p *Plan) Trials() ([]opdef.Values, error) {
	if p.Optimizer == opdef.GridName {
		return p.Grid(p.MaxTrials, p.Seed)
	}
	return p.Random(p.MaxTrialsOrDefault(), p.Seed)
}

// Count returns the number of trials in all; ok is false if the optimizer is an operation that is not built in, and no limit was given.
func (p *Plan) Count() (n int, ok bool) {
	switch {
	case p.Optimizer == opdef.GridName:
		n, err := p.Batch.Count(p.MaxTrials)
		return n, err == nil
	case p.isBuiltin():
		return p.MaxTrialsOrDefault(), true
	}
	return p.MaxTrials, p.MaxTrials > 0
}

// Planned returns the number of trials of a batch in all, given its run or, if that was deleted, one of its trials; 0 is unknown.
func Planned(run *runs.Run) int {
	if n, ok := run.AttrInt(recipe.BatchTrialsAttr); ok {
		return max(0, n)
	}
	p, err := Read(run)
	if err != nil {
		return 0 // a batch of another version, or a damaged one
	}
	n, _ := p.Count()
	return n
}

// MaxTrialsOrDefault returns the number of trials for optimizers that have no end of their own.
func (p *Plan) MaxTrialsOrDefault() int {
	if p.MaxTrials == 0 {
		return opdef.DefaultMaxTrials
	}
	return p.MaxTrials
}

// Sequential returns the name of the algorithm that chooses each trial by the results of earlier ones; ok is false for optimizers that
// do not.
func (p *Plan) Sequential() (name string, ok bool) {
	name, ok = strings.CutPrefix(p.Optimizer, "skopt:")
	return name, ok && name != "random"
}

// Column returns the column of the objective. The column times sign is to be minimised.
func (p *Plan) Column() (c compare.Column, sign float64, err error) {
	name, negative := strings.CutPrefix(cmp.Or(p.Objective, opdef.DefaultObjective), "-")
	columns, err := compare.Parse(name)
	if err == nil && len(columns) > 1 {
		err = fmt.Errorf("there are %d columns", len(columns))
	}
	if err != nil {
		return c, 0, fmt.Errorf("invalid objective '%s': %w", name, err)
	}
	if negative {
		return columns[0], -1, nil
	}
	return columns[0], 1, nil
}
