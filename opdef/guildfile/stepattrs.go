package guildfile

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/flagvalue"
	"guild/opdef/runoption"
	"guild/opdef/steps"
)

// stepTargets returns where the attributes of a step go, except run, which is read first.
func (p *opParser) stepTargets(s *steps.Step) targets {
	checks := func(n *yaml.Node) error { return p.stepChecks(s, n) }
	to := targets{
		"name": func(n *yaml.Node) error {
			name, err := p.text(n, "name")
			s.Name = cmp.Or(name, s.Name)
			return err
		},
		"flags":  func(n *yaml.Node) error { return p.stepFlags(s, n) },
		"checks": checks,
		"expect": checks,
		"isolate-runs": func(n *yaml.Node) error {
			isolate, err := p.boolean(n, "isolate-runs")
			s.AllRuns = !isolate
			return err
		},
	}
	for _, o := range runoption.All() {
		if o.Attribute != "" {
			to[o.Attribute] = func(n *yaml.Node) error { return p.stepOption(s, o, n) }
		}
	}
	return to
}

// stepOption reads an attribute of a step that is an option of guild run.
func (p *opParser) stepOption(s *steps.Step, o runoption.Option, n *yaml.Node) error {
	if !o.TakesValue {
		set, err := p.boolean(n, o.Attribute)
		if set {
			s.Args = append(s.Args, o.Long())
		}
		return err
	}
	v, err := p.value(n, o.Attribute)
	if err != nil {
		return err
	}
	if o.Absent != "" {
		if v == nil || v == "" {
			return nil
		}
		return p.errorf(n, "%s: %s", o.Attribute, o.Absent)
	}
	switch v := v.(type) {
	case nil:
	case []any:
		for _, e := range v {
			s.Args = append(s.Args, o.Long(), flagvalue.PlainText(e))
		}
	case map[string]any:
		for _, assign := range flagvalue.FormatAssignments(v, false) {
			s.Args = append(s.Args, o.Long(), assign)
		}
	default:
		s.Args = append(s.Args, o.Long(), flagvalue.PlainText(v))
	}
	return nil
}

func (p *opParser) stepFlags(s *steps.Step, n *yaml.Node) error {
	if d := deref(n); d.Kind == yaml.SequenceNode {
		return p.stepAssignments(s, d)
	}
	flags, err := p.scope.section(n, "flags")
	if err != nil {
		return err
	}
	for _, f := range flags {
		if d := deref(f.value); d.Kind == yaml.MappingNode { // an included definition of a flag
			if f.value, err = p.child(d, "default"); err != nil {
				return err
			}
			if f.value == nil {
				continue
			}
		}
		v, err := p.value(f.value, "flag "+f.name)
		if err != nil {
			return err
		}
		text, isText := v.(string)
		if function := functionText(f.value); function != "" && !isText {
			text, isText = function, true
		}
		isFunction := flagvalue.IsFunction(text)
		if !isText || !isFunction && !strings.Contains(text, "${") {
			text = flagvalue.Flow(v)
		}
		s.Flags = append(s.Flags, f.name+"="+text)
	}
	return nil
}

// stepAssignments reads flags of a step that are a list of words of the command line.
func (p *opParser) stepAssignments(s *steps.Step, list *yaml.Node) error {
	for _, item := range list.Content {
		word, err := p.text(item, "a flag of a step")
		if err != nil {
			return err
		}
		if strings.HasPrefix(word, "=") || !s.Assign(word) {
			return p.errorf(item, "'%s' is no flag of a step; write NAME=VALUE, as in 'lr=0.1'", word)
		}
	}
	return nil
}
