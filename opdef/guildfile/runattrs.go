package guildfile

import "gopkg.in/yaml.v3"

func (p *opParser) runAttrs(n *yaml.Node) error {
	v, err := p.value(n, "run-attrs")
	if err != nil || v == nil {
		return err
	}
	attrs, ok := v.(map[string]any)
	if !ok {
		return p.errorf(n, "run-attrs must be a mapping of names to values")
	}
	p.op.RunAttrs = attrs
	return nil
}
