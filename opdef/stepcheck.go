package opdef

import (
	"regexp"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
)

// StepCheck is what a step expects of its run: that its output matches a pattern, or that there are files, which match it or
// are the same as another one.
type StepCheck struct {
	File      string // pattern of paths in the run directory; empty for a check of the output
	Contains  *regexp.Regexp
	Pattern   string // text of Contains; empty where there is none
	CompareTo string // path relative to the run; may refer to variables of the environment
}

// stepChecks reads the attribute expect of a step: one check or a list of them.
func (p *opParser) stepChecks(s *Step, n *yaml.Node) error {
	items := []*yaml.Node{n}
	if d := deref(n); d.Kind == yaml.SequenceNode {
		items = d.Content
	}
	for _, item := range items {
		var c StepCheck
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

func (p *opParser) checkTargets(c *StepCheck, output *bool, contains *string) targets {
	return targets{
		"file":       &c.File,
		"output":     func(n *yaml.Node) error { *output = true; return p.assign(entry{name: "output", value: n}, &c.Pattern) },
		"contains":   contains,
		"compare-to": &c.CompareTo,
	}
}
