package guildfile

import (
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/flagvalue"
)

// readFunction replaces a default that is written as a search space or a sequence, such as loguniform[1e-5:1], [1:10] or range[1:5],
// by its value.
func readFunction(f *opdef.Flag, n *yaml.Node) {
	if f.ArgSplit != "" || f.Type == flagvalue.TypeString || f.Type == flagvalue.TypePath || f.Type == flagvalue.TypeExistingPath {
		return
	}
	if v, ok := flagvalue.ParseFunction(functionText(n)); ok {
		f.Default = v
	}
}

// functionText returns the text of a node that can be a function, else an empty text. YAML reads [1:10] as a list of one item.
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
