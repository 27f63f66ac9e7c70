package opdef

import "gopkg.in/yaml.v3"

func (p *opParser) choices(f *Flag, n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.SequenceNode {
		return p.errorf(n, "choices of flag '%s' must be a list", f.Name)
	}
	for _, item := range d.Content {
		c := Choice{}
		if deref(item).Kind != yaml.MappingNode {
			v, err := p.value(item, "a choice")
			if err != nil {
				return err
			}
			c.Value = v
			f.Choices = append(f.Choices, c)
			continue
		}
		attrs, err := p.mapping(item, "a choice of flag '"+f.Name+"'")
		if err != nil {
			return err
		}
		hasValue := false
		for _, a := range attrs {
			if err := p.choiceAttr(f, &c, a); err != nil {
				return err
			}
			hasValue = hasValue || a.name == "value"
		}
		if !hasValue {
			return p.errorf(item, "a choice of flag '%s' lacks its value", f.Name)
		}
		f.Choices = append(f.Choices, c)
	}
	return nil
}

func (p *opParser) choiceAttr(f *Flag, c *Choice, a entry) (err error) {
	switch a.name {
	case "value":
		c.Value, err = p.value(a.value, "value")
	case "alias":
		c.Alias, err = p.value(a.value, "alias")
	case "description":
		c.Description, err = p.text(a.value, "description")
	case "flags":
		var v any
		if v, err = p.value(a.value, "flags"); err == nil {
			m, ok := v.(map[string]any)
			if !ok {
				return p.errorf(a.value, "flags of a choice must be a mapping of names to values")
			}
			c.Flags = m
		}
	case "arg-value":
		c.ArgValue, err = p.value(a.value, "arg-value")
	default:
		err = p.errorf(a.key, "unknown attribute '%s' in a choice of flag '%s'%s", a.name, f.Name,
			didYouMean(a.name, []string{"value", "alias", "description", "flags", "arg-value"}))
	}
	return err
}
