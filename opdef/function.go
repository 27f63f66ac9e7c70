package opdef

import (
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/search"
)

// readFunction makes a default that is a search space or a sequence, such as loguniform[1e-5:1], [1:10] or range[1:5], what it is
// on the command line.
func (f *Flag) readFunction(n *yaml.Node) {
	if f.ArgSplit != "" || f.Type == TypeString || f.Type == TypePath || f.Type == TypeExistingPath {
		return
	}
	if v, ok := functionValue(functionText(n)); ok {
		f.Default = v
	}
}

// functionText is the text of a node that can be a function, empty for others. To YAML, [1:10] is a list of one item.
func functionText(n *yaml.Node) string {
	d := deref(n)
	switch {
	case d.Kind == yaml.ScalarNode:
		return d.Value
	case d.Kind == yaml.SequenceNode && d.Style&yaml.FlowStyle != 0 && len(d.Content) == 1:
		if item := deref(d.Content[0]); item.Kind == yaml.ScalarNode && item.Style == 0 && strings.Contains(item.Value, ":") {
			return "[" + item.Value + "]"
		}
	}
	return ""
}

// functionValue is the SearchSpace or the list that a text stands for. A text that only looks like one stays a text.
func functionValue(text string) (any, bool) {
	name, args, ok := splitFunction(strings.TrimSpace(text))
	if !ok {
		return nil, false
	}
	if isSequence(name) {
		list, err := sequence(text, name, args)
		return list, err == nil
	}
	s := SearchSpace(strings.TrimSpace(text))
	if !search.Known(name) {
		return nil, false
	}
	_, err := s.Dim("")
	return s, err == nil
}
