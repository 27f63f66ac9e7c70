package opdef

import (
	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/source"
)

// Publish says what reports of the operation's runs are made of.
type Publish struct {
	Template string           // as --template takes it, but relative to the project; empty for the default one
	Files    source.Selection // which files of the run, by the rules that source code is selected by
}

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
