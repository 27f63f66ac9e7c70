package guildfile

import (
	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
)

// publish reads the attribute publish.
func (p *opParser) publish(n *yaml.Node) error {
	p.attributes(attribute.Publish, "publish of "+p.what, n, p.publishTargets(), p.fail)
	return nil
}

func (p *opParser) publishTargets() targets {
	pub := &p.op.Publish
	return targets{
		"template": &pub.Template,
		"files":    func(n *yaml.Node) (err error) { pub.Files, err = p.source(n); return err },
	}
}
