package guildfile

import (
	"regexp"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/steps"
)

// stepChecks reads the attribute expect of a step: one check or a list of them.
func (p *opParser) stepChecks(s *steps.Step, n *yaml.Node) error {
	items := []*yaml.Node{n}
	if d := deref(n); d.Kind == yaml.SequenceNode {
		items = d.Content
	}
	for _, item := range items {
		var c steps.Check
		var pattern string
		output := false
		p.attributes(attribute.Check, "a check of step '"+s.Name+"'", item, p.checkTargets(&c, &output, &pattern), p.fail)
		if (c.File == "") != output || output && (pattern != "" || c.CompareTo != "") {
			return p.errorf(item, "a check of a step has either 'output: PATTERN' or 'file: PATH', with contains or compare-to")
		}
		if !output {
			c.Pattern = pattern
		}
		if c.Pattern != "" {
			var err error
			if c.Contains, err = regexp.Compile(c.Pattern); err != nil {
				return p.errorf(item, "a check of a step: %v", err)
			}
		}
		s.Checks = append(s.Checks, c)
	}
	return nil
}

func (p *opParser) checkTargets(c *steps.Check, output *bool, contains *string) targets {
	return targets{
		"file":       &c.File,
		"output":     func(n *yaml.Node) error { *output = true; return p.assign(entry{name: "output", value: n}, &c.Pattern) },
		"contains":   contains,
		"compare-to": &c.CompareTo,
	}
}
