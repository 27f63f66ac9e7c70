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

// DefaultObjective is the scalar that optimizers minimise by default.
const DefaultObjective = "loss"

// Optimizer is an optimizer that an operation defines for its batches.
type Optimizer struct {
	Name      string // on the command line
	Algorithm string // the operation
	Flags     []string
	Default   bool
}

// FindOptimizer returns the optimizer with that name. If the operation defines none, name is the algorithm.
func (op *Operation) FindOptimizer(name string) Optimizer {
	if i := slices.IndexFunc(op.Optimizers, func(o Optimizer) bool { return o.Name == name }); i >= 0 {
		return op.Optimizers[i]
	}
	return Optimizer{Name: name, Algorithm: name}
}

// DefaultOptimizer returns the optimizer to use if the user names none.
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

// BuiltinBatch is the value of Builtin of the operations that run batches.
const BuiltinBatch = "batch"

// GridName is the name of the operation that runs the trials that it is given.
const GridName = "+"

// IsSearch reports whether the operation is a built-in optimizer, which chooses values from search spaces.
func (op *Operation) IsSearch() bool { return op.Builtin == BuiltinBatch && op.Name != GridName }

// IsSequential reports whether the operation is an optimizer that chooses each trial from the results of earlier ones.
func (op *Operation) IsSequential() bool { return op.IsSearch() && op.Name != "random" }

// ImplySpaces sets in vals the search space of each flag that the user did not set and that has none yet, as a prototype gives it, if the
// definition of the flag has one: its choices, or the numbers from its min to its max with its present value as the initial one.
func (op *Operation) ImplySpaces(vals, user Values) {
	for _, f := range op.Flags {
		if _, set := user[f.Name]; set {
			continue
		}
		if _, has := vals[f.Name].(flagvalue.SearchSpace); has {
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

// Publish says how reports show runs of the operation.
type Publish struct {
	Template string           // like the option --template, but relative to the project; empty: the default
	Files    source.Selection // files of the run that are published, selected by the same rules as source code
}
