package opdef

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/runs/console"
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

// optimizers reads a list of names, or a mapping of names to algorithms or to mappings of attributes.
func (p *opParser) optimizers(n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.MappingNode {
		names, err := p.texts(n, "optimizers")
		for _, name := range names {
			p.op.Optimizers = append(p.op.Optimizers, Optimizer{Name: name, Algorithm: name})
		}
		return err
	}
	entries, err := p.mapping(n, "optimizers")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := p.optimizer(e.name, e.value); err != nil {
			p.fail(err)
		}
	}
	return nil
}

// optimizer reads an algorithm, or a mapping with it, with default, and with the values of flags. Without a name it has that of
// its algorithm.
func (p *opParser) optimizer(name string, n *yaml.Node) error {
	o := Optimizer{Name: name}
	if deref(n).Kind == yaml.MappingNode {
		p.attributes(attribute.Optimizer, "optimizer '"+name+"'", n, p.optimizerTargets(&o), p.fail)
	} else {
		var err error
		if o.Algorithm, err = p.text(n, "optimizer"); err != nil {
			return err
		}
	}
	o.Algorithm = cmp.Or(o.Algorithm, name)
	o.Name = cmp.Or(name, o.Algorithm)
	if o.Algorithm == "" {
		return p.errorf(n, "an optimizer must name its algorithm, such as 'algorithm: gp'")
	}
	p.op.Optimizers = append(p.op.Optimizers, o)
	return nil
}

// optimizerTargets: what the table does not have are flags of the optimizer.
func (p *opParser) optimizerTargets(o *Optimizer) targets {
	return targets{
		"algorithm": &o.Algorithm,
		"default":   &o.Default,
		otherAttrs: func(e entry) error {
			v, err := p.value(e.value, e.name)
			o.Flags = append(o.Flags, e.name+"="+flow(v, false))
			return err
		},
	}
}

// objective reads a column to minimise, or to maximise with a minus in front, or minimize or maximize with a column.
func (p *opParser) objective(n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.MappingNode {
		var err error
		p.op.Objective, err = p.text(n, "objective")
		return err
	}
	entries, err := p.known(attribute.Objective, "the objective of "+p.what, n)
	if err != nil {
		return err
	}
	if len(entries) != 1 {
		return p.errorf(n, "objective must be a column, or 'minimize: COLUMN' or 'maximize: COLUMN'")
	}
	if p.op.Objective, err = p.text(entries[0].value, "objective"); entries[0].name == "maximize" {
		p.op.Objective = "-" + p.op.Objective
	}
	return err
}

// count reads a whole number above 0, or null for none.
func (p *parser) count(n *yaml.Node, what string) (int, error) {
	v, err := p.value(n, what)
	count, ok := v.(int)
	if err == nil && v != nil && (!ok || count < 1) {
		err = p.errorf(n, "%s must be a whole number above 0", what)
	}
	return count, err
}
