package guildfile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/steps"
)

func (p *opParser) steps(n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.SequenceNode {
		return p.errorf(n, "steps must be a list")
	}
	if len(d.Content) == 0 {
		p.unsupported(n, "steps is empty; list what to run, as in '- train'")
		return nil
	}
	p.op.Steps = make([]steps.Step, 0, len(d.Content))
	p.op.StepsAt = p.errorAt(n, "").Place
	if err := d.Decode(&p.op.StepsData); err != nil {
		return p.errorf(n, "steps: %v", err)
	}
	for _, item := range d.Content {
		s, err := p.step(item)
		if err != nil {
			p.fail(err)
		}
		if s.OpSpec != "" {
			p.op.Steps = append(p.op.Steps, s)
		}
	}
	return nil
}

// step reads a step. A step without an operation has no OpSpec; the operation that has it cannot be run.
func (p *opParser) step(n *yaml.Node) (steps.Step, error) {
	if deref(n).Kind != yaml.MappingNode {
		return p.stepLine(n)
	}
	attrs, err := p.mapping(n, "a step")
	if err != nil {
		return steps.Step{}, err
	}
	i := slices.IndexFunc(attrs, func(a entry) bool { return a.name == "run" })
	if i < 0 {
		p.unsupported(n, "a step must say what to run, as in 'run: train'")
		return steps.Step{}, nil
	}
	s, err := p.stepLine(attrs[i].value)
	if err != nil {
		return steps.Step{}, err
	}
	p.attributes(attribute.Step, "step '"+s.Name+"' of "+p.what, n, p.stepTargets(&s), p.fail)
	s.Args = steps.SortOptions(s.Args)
	return s, nil
}

// stepLine reads a step that is written as the arguments of guild run.
func (p *opParser) stepLine(n *yaml.Node) (steps.Step, error) {
	if d := deref(n); d.Kind != yaml.ScalarNode || strings.TrimSpace(d.Value) == "" || isNull(d) {
		p.unsupported(n, "a step must say what to run, as in 'train' or 'run: train'")
		return steps.Step{}, nil
	}
	line, err := p.text(n, "a step")
	if err != nil {
		return steps.Step{}, err
	}
	s, err := steps.Parse(line)
	if err != nil {
		return steps.Step{}, p.errorf(n, "step '%s': %v", line, err)
	}
	return s, nil
}
