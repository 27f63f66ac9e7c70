package guildfile

import (
	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/attribute"
)

func (p *opParser) choices(f *opdef.Flag, n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.SequenceNode {
		return p.errorf(n, "choices of flag '%s' must be a list", f.Name)
	}
	for _, item := range d.Content {
		c := opdef.Choice{}
		if deref(item).Kind != yaml.MappingNode {
			v, err := p.value(item, "a choice")
			if err != nil {
				return err
			}
			c.Value = v
			f.Choices = append(f.Choices, c)
			continue
		}
		hasValue := false
		p.attributes(attribute.Choice, "a choice of flag '"+f.Name+"'", item, p.choiceTargets(&c, &hasValue), p.fail)
		if !hasValue {
			p.fail(p.errorf(item, "a choice of flag '%s' lacks its value", f.Name))
			continue
		}
		f.Choices = append(f.Choices, c)
	}
	return nil
}

func (p *opParser) choiceTargets(c *opdef.Choice, hasValue *bool) targets {
	return targets{
		"value":       func(n *yaml.Node) error { *hasValue = true; return p.assign(entry{name: "value", value: n}, &c.Value) },
		"alias":       &c.Alias,
		"description": &c.Description,
		"flags": func(n *yaml.Node) error {
			v, err := p.value(n, "flags")
			if err != nil {
				return err
			}
			flags, ok := v.(map[string]any)
			if !ok {
				return p.errorf(n, "flags of a choice must be a mapping of names to values")
			}
			c.Flags = flags
			return nil
		},
		"arg-value": &c.ArgValue,
	}
}
