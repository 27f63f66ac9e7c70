package guildfile

import "guild/opdef/output"

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
