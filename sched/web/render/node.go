package render

import "encoding/json"

// Node is an element, or a text if it has no tag.
type Node struct {
	Tag      string
	Attrs    map[string]string
	Children []Node
	Text     string
}

// MarshalJSON writes a text as a string, an element as ["tag", {attributes}, child...].
func (n Node) MarshalJSON() ([]byte, error) {
	if n.Tag == "" {
		return json.Marshal(n.Text)
	}
	attrs := n.Attrs
	if attrs == nil {
		attrs = map[string]string{}
	}
	list := []any{n.Tag, attrs}
	for _, c := range n.Children {
		list = append(list, c)
	}
	return json.Marshal(list)
}

func text(s string) Node { return Node{Text: s} }

func element(tag string, children ...Node) Node { return Node{Tag: tag, Children: children} }

func (n Node) with(name, value string) Node {
	attrs := map[string]string{name: value}
	for k, v := range n.Attrs {
		attrs[k] = v
	}
	n.Attrs = attrs
	return n
}
