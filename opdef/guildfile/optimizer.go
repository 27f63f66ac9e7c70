package guildfile

import (
	"cmp"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/attribute"
	"guild/opdef/flagvalue"
)

// optimizers reads a list of names, or a mapping from names to algorithms or to mappings of attributes.
func (p *opParser) optimizers(n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.MappingNode {
		names, err := p.texts(n, "optimizers")
		for _, name := range names {
			p.op.Optimizers = append(p.op.Optimizers, opdef.Optimizer{Name: name, Algorithm: name})
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

// optimizer reads an algorithm, or a mapping of attributes. Other attributes are flags. Without a name it is named after its
// algorithm.
func (p *opParser) optimizer(name string, n *yaml.Node) error {
	o := opdef.Optimizer{Name: name}
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

// optimizerTargets returns where the attributes of an optimizer are stored. Unknown attributes are flags of the optimizer.
func (p *opParser) optimizerTargets(o *opdef.Optimizer) targets {
	return targets{
		"algorithm": &o.Algorithm,
		"default":   &o.Default,
		otherAttrs: func(e entry) error {
			v, err := p.value(e.value, e.name)
			o.Flags = append(o.Flags, e.name+"="+flagvalue.Flow(v))
			return err
		},
	}
}

// objective reads a column to minimise, with a leading minus to maximise, or a mapping with minimize or maximize.
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

// count reads an integer above 0. Null is 0.
func (p *parser) count(n *yaml.Node, what string) (int, error) {
	v, err := p.value(n, what)
	count, ok := v.(int)
	if err == nil && v != nil && (!ok || count < 1) {
		err = p.errorf(n, "%s must be a whole number above 0", what)
	}
	return count, err
}
