package opdef

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"guild/runs/console"
	"guild/runs/pyyaml"
)

// builtinBatch is the kind of the built-in operations that run batches.
const builtinBatch = "batch"

// GridName is the operation of batches that run the trials that they are given.
const GridName = "+"

// Optimizer returns the operation that an algorithm of an optimizer names: a built-in one, or any other of the project.
func (p *Project) Optimizer(algorithm string) (*Operation, error) {
	if op := p.builtinOptimizer(algorithm); op != nil {
		return op, nil
	}
	op, err := p.Find(algorithm)
	if errors.Is(err, errUnknown) {
		err = console.WithHint(fmt.Errorf("operation '%s' is not defined for this project", algorithm),
			"Try 'guild operations' for a list of available operations.")
	}
	return op, err
}

// IsSearch tells the built-in optimizers, which look for values in the spaces of flags.
func (op *Operation) IsSearch() bool { return op.builtin == builtinBatch && op.Name != GridName }

// IsSequential tells the optimizers that choose a trial by the results of others, so that none can be made ahead.
func (op *Operation) IsSequential() bool { return op.IsSearch() && op.Name != "random" }

// builtinOptimizer is nil where the name is none of a built-in optimizer.
func (p *Project) builtinOptimizer(name string) *Operation {
	switch name {
	case "bayesian", "gaussian":
		name = "gp"
	}
	for _, op := range builtinOptimizers() {
		if op.FullName() != name && op.Name != name {
			continue
		}
		op.Ref = Ref{PkgType: refBuiltin, PkgName: "guild", PkgVersion: p.Version, Model: op.Model, Op: op.Name}
		op.Exec, op.FlagsDest, op.builtin = "${guild_exe} sys batch", DestNone, builtinBatch
		op.Source.None = true
		slices.SortFunc(op.Flags, func(a, b *Flag) int { return cmp.Compare(a.Name, b.Name) })
		return op
	}
	return nil
}

func builtinOptimizers() []*Operation {
	return []*Operation{
		{
			Name:            GridName,
			Description:     "Run each combination of the values of flags",
			DeleteOnSuccess: true,
		},
		{
			Model:           "skopt",
			Name:            "random",
			Description:     "Run trials with values drawn at random",
			DeleteOnSuccess: true,
			MaxTrials:       DefaultMaxTrials,
		},
		{
			Model:       "skopt",
			Name:        "gp",
			Description: "Look for the best values with a Gaussian process of the results so far",
			MaxTrials:   DefaultMaxTrials,
			Flags: append(searchFlags(),
				&Flag{Name: "acq-func", Default: "gp_hedge",
					Description: "What to expect of a place to look at: EI (improvement), PI (probability of one), LCB (lower confidence bound), or gp_hedge (any of them, those more often that have done well)",
					Choices:     []Choice{{Value: "LCB"}, {Value: "EI"}, {Value: "PI"}, {Value: "gp_hedge"}}},
				&Flag{Name: "noise", Default: "gaussian",
					Description: "Variance of results of the same values, gaussian to find it out"},
			),
		},
		{
			Model:       "skopt",
			Name:        "forest",
			Description: "Look for the best values with a forest of random decision trees",
			MaxTrials:   DefaultMaxTrials,
			Flags:       searchFlags(),
		},
		{
			Model:       "skopt",
			Name:        "gbrt",
			Description: "Look for the best values with gradient boosted decision trees",
			MaxTrials:   DefaultMaxTrials,
			Flags:       searchFlags(),
		},
	}
}

// searchFlags are common to all sequential optimizers.
func searchFlags() []*Flag {
	return []*Flag{
		{Name: "random-starts", Type: TypeInt, Default: 3, Min: ptr(0),
			Description: "Trials with random values before any are chosen by results"},
		{Name: "kappa", Type: TypeFloat, Default: 1.96,
			Description: "Standard deviations below the mean that LCB looks at: more explores more"},
		{Name: "xi", Type: TypeFloat, Default: 0.05,
			Description: "Improvement over the best result that EI and PI look for"},
		{Name: "prev-trials", Default: "sourcecode", Choices: []Choice{{Value: "batch"}, {Value: "sourcecode"}, {Value: "operation"}},
			Description: "Completed runs whose results count: those of the batch, or all with the same source code or operation"},
	}
}

// ImplySpaces gives an optimizer the space of each flag that the user did not set and whose definition tells it: its choices, or
// all from its min to its max, with the value that the flag has otherwise as the initial one.
func (op *Operation) ImplySpaces(vals, user Values) {
	for _, f := range op.Flags {
		if _, set := user[f.Name]; set {
			continue
		}
		switch {
		case len(f.Choices) > 0:
			list := make([]any, len(f.Choices))
			for i, c := range f.Choices {
				list[i] = c.Value
			}
			vals[f.Name] = list
		case f.Min != nil && f.Max != nil:
			vals[f.Name] = f.space(vals[f.Name])
		}
	}
}

func (f *Flag) space(initial any) SearchSpace {
	name, _ := f.Extra["distribution"].(string)
	bound := func(v float64) string { return FormatValue(v) }
	if _, isInt := initial.(int); f.Type == TypeInt || isInt && f.Type != TypeFloat {
		bound = formatBound
	}
	text := name + "[" + bound(*f.Min) + ":" + bound(*f.Max)
	if _, ok := pyyaml.Number(initial); ok {
		text += ":" + FormatValue(initial)
	}
	return SearchSpace(text + "]")
}
