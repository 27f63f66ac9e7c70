package project

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/runs/console"
	"guild/runs/opref"
)

// Optimizer returns the operation of the algorithm of an optimizer: a built-in one, or an operation of the project.
func (p *Project) Optimizer(algorithm string) (*opdef.Operation, error) {
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

// builtinOptimizer returns the built-in optimizer with that name, or nil.
func (p *Project) builtinOptimizer(name string) *opdef.Operation {
	switch name {
	case "bayesian", "gaussian":
		name = "gp"
	}
	for _, op := range builtinOptimizers() {
		if op.FullName() != name && op.Name != name {
			continue
		}
		op.Ref = opref.Ref{PkgType: opref.Builtin, PkgName: "guild", PkgVersion: p.Version, Model: op.Model, Op: op.Name}
		op.FlagsDest, op.Builtin = program.DestNone, opdef.BuiltinBatch
		op.Source.None = true
		slices.SortFunc(op.Flags, func(a, b *opdef.Flag) int { return cmp.Compare(a.Name, b.Name) })
		return op
	}
	return nil
}

// BuiltinOptimizers returns the optimizers that are part of guild.
func (p *Project) BuiltinOptimizers() []*opdef.Operation { return builtinOptimizers() }

// builtinOptimizers returns operations whose commands are modules of Guild AI. opdef knows what this program runs in place of each.
func builtinOptimizers() []*opdef.Operation {
	return []*opdef.Operation{
		{
			Name:            opdef.GridName,
			Exec:            "${guild_python_exe} -um guild.batch_main",
			Description:     "Run each combination of the values of flags",
			DeleteOnSuccess: true,
		},
		{
			Model:           "skopt",
			Name:            "random",
			Exec:            "${guild_python_exe} -um guild.plugins.random_main",
			Description:     "Run trials with values drawn at random",
			DeleteOnSuccess: true,
			MaxTrials:       opdef.DefaultMaxTrials,
		},
		{
			Model:       "skopt",
			Name:        "gp",
			Exec:        "${guild_python_exe} -um guild.plugins.skopt_gp_main",
			Description: "Look for the best values with a Gaussian process of the results so far",
			MaxTrials:   opdef.DefaultMaxTrials,
			Flags: append(searchFlags(),
				&opdef.Flag{Name: "acq-func", Default: "gp_hedge",
					Description: "What to expect of a place to look at: EI (improvement), PI (probability of one), LCB (lower confidence bound), or gp_hedge (any of them, those more often that have done well)",
					Choices:     []opdef.Choice{{Value: "LCB"}, {Value: "EI"}, {Value: "PI"}, {Value: "gp_hedge"}}},
				&opdef.Flag{Name: "noise", Default: "gaussian",
					Description: "Variance of results of the same values, gaussian to find it out"},
			),
		},
		{
			Model:       "skopt",
			Name:        "forest",
			Exec:        "${guild_python_exe} -um guild.plugins.skopt_forest_main",
			Description: "Look for the best values with a forest of random decision trees",
			MaxTrials:   opdef.DefaultMaxTrials,
			Flags:       searchFlags(),
		},
		{
			Model:       "skopt",
			Name:        "gbrt",
			Exec:        "${guild_python_exe} -um guild.plugins.skopt_gbrt_main",
			Description: "Look for the best values with gradient boosted decision trees",
			MaxTrials:   opdef.DefaultMaxTrials,
			Flags:       searchFlags(),
		},
	}
}

// searchFlags returns the flags of all sequential optimizers.
func searchFlags() []*opdef.Flag {
	return []*opdef.Flag{
		{Name: "random-starts", Type: flagvalue.TypeInt, Default: 3, Min: ptr(0),
			Description: "Trials with random values before any are chosen by results"},
		{Name: "kappa", Type: flagvalue.TypeFloat, Default: 1.96,
			Description: "Standard deviations below the mean that LCB looks at: more explores more"},
		{Name: "xi", Type: flagvalue.TypeFloat, Default: 0.05,
			Description: "Improvement over the best result that EI and PI look for"},
		{Name: "prev-trials", Default: "sourcecode", Choices: []opdef.Choice{{Value: "batch"}, {Value: "sourcecode"}, {Value: "operation"}},
			Description: "Completed runs whose results count: those of the batch, or all with the same source code or operation"},
	}
}
