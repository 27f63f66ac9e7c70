package opdef

import (
	"regexp"

	"gopkg.in/yaml.v3"
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
func (p *opParser) stepChecks(s *Step, a entry) error {
	items := []*yaml.Node{a.value}
	if d := deref(a.value); d.Kind == yaml.SequenceNode {
		items = d.Content
	}
	for _, item := range items {
		attrs, err := p.mapping(item, "a check of a step")
		if err != nil {
			return err
		}
		var c StepCheck
		output := false
		for _, attr := range attrs {
			text, err := p.text(attr.value, attr.name)
			if err != nil {
				return err
			}
			switch attr.name {
			case "file":
				c.File = text
			case "output":
				output, c.Pattern = true, text
			case "contains":
				c.Pattern = text
			case "compare-to":
				c.CompareTo = text
			default:
				return p.errorf(attr.key, "unknown attribute '%s' in a check of a step%s", attr.name,
					didYouMean(attr.name, []string{"file", "output", "contains", "compare-to"}))
			}
		}
		if (c.File == "") != output || output && len(attrs) > 1 {
			return p.errorf(item, "a check of a step has either 'output: PATTERN' or 'file: PATH', with contains or compare-to")
		}
		if c.Pattern != "" {
			if c.Contains, err = regexp.Compile(c.Pattern); err != nil {
				return p.errorf(item, "a check of a step: %v", err)
			}
		}
		s.Checks = append(s.Checks, c)
	}
	return nil
}
