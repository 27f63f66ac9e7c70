// Package output finds named values in the output of operations: scalars, which are numbers with a step, and attributes, which are
// words. Rules describe the lines that contain them; they are the values of output-scalars and output-attrs in guild.yml. The default
// rules match lines of a name, a colon and a value.
package output

import (
	"fmt"
	"maps"
	"slices"
)

// Rules describe which lines of an operation's output contain named values. The zero value means the default rules.
type Rules struct {
	None     bool // no line has values
	Patterns []Pattern
}

// Pattern is a regular expression. Every match in a line is used.
//
// A named group is a value with the group's name; the groups _key and _val are the name and the value of one value. If the groups have
// no names, two groups are a name and a value, and one group is the value of Key. A value named step sets the step of the values that
// follow. \key, \value and \step are abbreviations for regular expressions.
type Pattern struct {
	Key  string // name of the value; empty if the pattern has it
	Text string // regular expression, as the user wrote it
}

// IsDefault reports whether these are the default rules.
func (r Rules) IsDefault() bool { return !r.None && r.Patterns == nil }

// Data returns the rules as guild.yml has them: false, nil for the default, or a list of texts and mappings with one entry.
func (r Rules) Data() any {
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

// SetData sets the rules from a value that Parse accepts.
func (r *Rules) SetData(v any) (err error) {
	*r, err = Parse(v)
	return err
}

// Parse parses rules as Data returns them. A text, or a mapping with several entries, is the same as a list of its parts.
func Parse(v any) (Rules, error) {
	switch v := v.(type) {
	case nil:
		return Rules{}, nil
	case bool:
		if v {
			return Rules{}, nil
		}
		return Rules{None: true}, nil
	case []any:
		if len(v) == 0 {
			return Rules{None: true}, nil
		}
		var r Rules
		for _, item := range v {
			patterns, err := parsePatterns(item)
			if err != nil {
				return Rules{}, err
			}
			r.Patterns = append(r.Patterns, patterns...)
		}
		return r, nil
	}
	patterns, err := parsePatterns(v)
	return Rules{Patterns: patterns}, err
}

func parsePatterns(v any) ([]Pattern, error) {
	switch v := v.(type) {
	case string:
		return []Pattern{{Text: v}}, nil
	case map[string]any:
		var list []Pattern
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text, ok := v[key].(string)
			if !ok {
				return nil, fmt.Errorf("the pattern of '%s' must be a text", key)
			}
			list = append(list, Pattern{key, text})
		}
		return list, nil
	}
	return nil, fmt.Errorf("a rule is a pattern, or a mapping of names to patterns, not %v", v)
}
