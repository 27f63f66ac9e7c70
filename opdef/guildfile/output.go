package guildfile

import (
	"path"

	"gopkg.in/yaml.v3"

	"guild/opdef/output"
)

// outputRules reads output-scalars or output-attrs. An invalid pattern is an error of this operation only.
func (p *opParser) outputRules(a entry, compile func(output.Rules) (*output.Matcher, error)) (output.Rules, error) {
	v, err := p.value(a.value, a.name)
	if err != nil {
		return output.Rules{}, err
	}
	rules, err := output.Parse(v)
	if err != nil {
		return output.Rules{}, p.errorf(a.value, "%s: %v", a.name, err)
	}
	if _, err := compile(rules); err != nil {
		p.unsupported(a.value, "%s: %v", a.name, err)
	}
	return rules, nil
}

// metricFiles reads the attribute metric-files. A pattern that cannot be used does not keep others from being used.
func (p *opParser) metricFiles(n *yaml.Node) error {
	patterns, err := p.textList(n, "metric-files")
	if err != nil {
		return err
	}
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil || path.IsAbs(pattern) {
			p.unsupported(n, "metric-files: '%s' is no pattern of paths in the run, such as logs/*.csv", pattern)
		}
	}
	p.op.MetricFiles = patterns
	return nil
}
