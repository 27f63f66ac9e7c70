// Package output finds named values in the output of operations: scalars, which are numbers with a step, and attributes, which are
// words. Rules, as the attributes output-scalars and output-attrs of an operation give them, say where; without any, a line that is
// a name, a colon and a value has one.
package output

import (
	"fmt"
	"maps"
	"slices"
)

// Rules say which lines of an operation's output hold named values. The zero value stands for the default rules.
type Rules struct {
	None     bool // no line does
	Patterns []Pattern
}

// Pattern is a regular expression that is looked for in each line, as often as it is in it.
//
// With named groups, each of them is a value under the group's name; groups _key and _val are the name and the value of one.
// Without names, two groups are a name and its value, and one group is the value of Key. The name step is no value but the
// step of the values that follow. \key, \value and \step stand for expressions of their own.
type Pattern struct {
	Key  string // empty where the pattern says it
	Text string // as it is written
}

// IsDefault tells that nothing but the default is asked for.
func (r Rules) IsDefault() bool { return !r.None && r.Patterns == nil }

// Data is the rules in the form of the Guild file: false, nil for the default, or a list of texts and mappings of one entry.
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

// SetData is Parse.
func (r *Rules) SetData(v any) (err error) {
	*r, err = Parse(v)
	return err
}

// Parse reads rules as Data has them; a text or a mapping of several entries stands for a list with it.
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
