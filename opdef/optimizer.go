package opdef

import (
	"fmt"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/source"
	"guild/runs/console"
	"guild/runs/pyyaml"
)

// DefaultObjective is the scalar that optimizers minimise where nobody says otherwise.
const DefaultObjective = "loss"

// Optimizer is what an operation says of an optimizer for it.
type Optimizer struct {
	Name      string // on the command line
	Algorithm string // the operation
	Flags     []string
	Default   bool
}

// FindOptimizer returns the optimizer of that name as the operation defines it, or else one of the algorithm that the name is.
func (op *Operation) FindOptimizer(name string) Optimizer {
	if i := slices.IndexFunc(op.Optimizers, func(o Optimizer) bool { return o.Name == name }); i >= 0 {
		return op.Optimizers[i]
	}
	return Optimizer{Name: name, Algorithm: name}
}

// DefaultOptimizer is the one for those who name none.
func (op *Operation) DefaultOptimizer() (Optimizer, error) {
	if i := slices.IndexFunc(op.Optimizers, func(o Optimizer) bool { return o.Default }); i >= 0 {
		return op.Optimizers[i], nil
	}
	switch len(op.Optimizers) {
	case 0:
		return op.FindOptimizer("gp"), nil
	case 1:
		return op.Optimizers[0], nil
	}
	names := make([]string, len(op.Optimizers))
	for i, o := range op.Optimizers {
		names[i] = o.Name
	}
	slices.Sort(names)
	return Optimizer{}, console.WithHint(fmt.Errorf("no default optimizer defined for %s", op.FullName()),
		"Specify one of the following with '--optimizer': "+strings.Join(names, ", "))
}

// BuiltinBatch is the kind of the built-in operations that run batches.
const BuiltinBatch = "batch"

// GridName is the operation of batches that run the trials that they are given.
const GridName = "+"

// IsSearch tells the built-in optimizers, which look for values in the spaces of flags.
func (op *Operation) IsSearch() bool { return op.Builtin == BuiltinBatch && op.Name != GridName }

// IsSequential tells the optimizers that choose a trial by the results of others, so that none can be made ahead.
func (op *Operation) IsSequential() bool { return op.IsSearch() && op.Name != "random" }

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

func (f *Flag) space(initial any) flagvalue.SearchSpace {
	name, _ := f.Extra["distribution"].(string)
	bound := func(v float64) string { return flagvalue.Format(v) }
	if _, isInt := initial.(int); f.Type == flagvalue.TypeInt || isInt && f.Type != flagvalue.TypeFloat {
		bound = flagvalue.FormatBound
	}
	text := name + "[" + bound(*f.Min) + ":" + bound(*f.Max)
	if _, ok := pyyaml.Number(initial); ok {
		text += ":" + flagvalue.Format(initial)
	}
	return flagvalue.SearchSpace(text + "]")
}

// Publish says what reports of the operation's runs are made of.
type Publish struct {
	Template string           // as --template takes it, but relative to the project; empty for the default one
	Files    source.Selection // which files of the run, by the rules that source code is selected by
}
