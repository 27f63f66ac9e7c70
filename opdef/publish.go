package opdef

import (
	"gopkg.in/yaml.v3"

	"guild/opdef/source"
)

// Publish says what reports of the operation's runs are made of.
type Publish struct {
	Template string           // as --template takes it, but relative to the project; empty for the default one
	Files    source.Selection // which files of the run, by the rules that source code is selected by
}

// publish reads the attribute publish.
func (p *opParser) publish(n *yaml.Node) error {
	attrs, err := p.mapping(n, "publish")
	if err != nil {
		return err
	}
	for _, a := range attrs {
		switch a.name {
		case "template":
			p.op.Publish.Template, err = p.text(a.value, "template")
		case "files":
			p.op.Publish.Files, err = p.source(a.value)
		default:
			err = p.errorf(a.key, "unknown attribute '%s' in publish%s", a.name, didYouMean(a.name, []string{"files", "template"}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
