package guildfile

import "guild/opdef/output"

// outputRules reads the attribute output-scalars or output-attrs. A pattern that cannot be used does not keep others from
// being run.
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
