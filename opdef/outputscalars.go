package opdef

import (
	"fmt"
	"maps"
	"slices"
)

// OutputRules say which lines of an operation's output hold named values. The zero value stands for the default rules.
type OutputRules struct {
	None     bool // no line does
	Patterns []OutputPattern
}

// OutputPattern is a regular expression that is looked for in each line, as often as it is in it.
//
// With named groups, each of them is a value under the group's name; groups _key and _val are the name and the value of one.
// Without names, two groups are a name and its value, and one group is the value of Key. The name step is no value but the
// step of the values that follow. \key, \value and \step stand for expressions of their own.
type OutputPattern struct {
	Key  string // empty where the pattern says it
	Text string // as it is written
}

// IsDefault tells that nothing but the default is asked for.
func (r OutputRules) IsDefault() bool { return !r.None && r.Patterns == nil }

// Data is the rules in the form of the Guild file: false, nil for the default, or a list of texts and mappings of one entry.
func (r OutputRules) Data() any {
	if r.None {
		return false
	}
	if r.IsDefault() {
		return nil
	}
	list := make([]any, len(r.Patterns))
	for i, p := range r.Patterns {
		if list[i] = p.Text; p.Key != "" {
			list[i] = map[string]any{p.Key: p.Text}
		}
	}
	return list
}

// ParseOutputRules reads rules as Data has them; a text or a mapping of several entries stands for a list with it.
func ParseOutputRules(v any) (OutputRules, error) {
	switch v := v.(type) {
	case nil:
		return OutputRules{}, nil
	case bool:
		if v {
			return OutputRules{}, nil
		}
		return OutputRules{None: true}, nil
	case []any:
		if len(v) == 0 {
			return OutputRules{None: true}, nil
		}
		var r OutputRules
		for _, item := range v {
			patterns, err := outputPatterns(item)
			if err != nil {
				return OutputRules{}, err
			}
			r.Patterns = append(r.Patterns, patterns...)
		}
		return r, nil
	}
	patterns, err := outputPatterns(v)
	return OutputRules{Patterns: patterns}, err
}

func outputPatterns(v any) ([]OutputPattern, error) {
	switch v := v.(type) {
	case string:
		return []OutputPattern{{Text: v}}, nil
	case map[string]any:
		var list []OutputPattern
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text, ok := v[key].(string)
			if !ok {
				return nil, fmt.Errorf("the pattern of '%s' must be a text", key)
			}
			list = append(list, OutputPattern{key, text})
		}
		return list, nil
	}
	return nil, fmt.Errorf("a rule is a pattern, or a mapping of names to patterns, not %s", FormatValue(v))
}

// outputRules reads the attribute output-scalars or output-attrs. A pattern that cannot be used does not keep others from
// being run.
func (p *opParser) outputRules(a entry, compile func(OutputRules) (*OutputMatcher, error)) (OutputRules, error) {
	v, err := p.value(a.value, a.name)
	if err != nil {
		return OutputRules{}, err
	}
	rules, err := ParseOutputRules(v)
	if err != nil {
		return OutputRules{}, p.errorf(a.value, "%s: %v", a.name, err)
	}
	if _, err := compile(rules); err != nil {
		p.unsupported(a.value, "%s: %v", a.name, err)
	}
	return rules, nil
}
