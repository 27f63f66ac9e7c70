package guildfile

import (
	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
)

// A text is the short form of an operation, and a value that of a flag. Definitions are converted to their long form before they are
// merged, so that a short form replaces only the main or the default of the other definition.

// longForm returns the mapping of an object in its long form. Entries that cannot be converted stay as they are; they are errors only
// if they are used.
func (f *guildfile) longForm(at *yaml.Node, entries []entry) *yaml.Node {
	out := make([]entry, len(entries))
	for i, e := range entries {
		long := func(n *yaml.Node) (*yaml.Node, error) { return n, nil }
		switch e.name {
		case "operations":
			long = f.longOperations
		case "operation-defaults":
			long = f.longOperation
		case "flags":
			long = f.longFlags
		}
		if n, err := long(e.value); err == nil {
			e.value = n
		}
		out[i] = e
	}
	return f.newMapping(at, out)
}

func (f *guildfile) longOperations(n *yaml.Node) (*yaml.Node, error) {
	entries, err := f.mapping(n, "operations")
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if e.name == includeKey {
			continue
		}
		if n, err := f.longOperation(e.value); err == nil {
			entries[i].value = n
		}
	}
	return f.newMapping(n, entries), nil
}

// longOperation converts a text to a mapping. It returns other values as they are; they are errors only if they are used.
func (f *guildfile) longOperation(n *yaml.Node) (*yaml.Node, error) {
	d := deref(n)
	switch {
	case isNull(d):
		return f.newMapping(n, nil), nil
	case d.Kind == yaml.ScalarNode:
		return f.newMapping(n, []entry{{name: "main", key: keyNode("main", n), value: d}}), nil
	case d.Kind != yaml.MappingNode:
		return n, nil
	}
	entries, err := f.mapping(n, "an operation")
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if e.name != "flags" {
			continue
		}
		if n, err := f.longFlags(e.value); err == nil {
			entries[i].value = n
		}
	}
	return f.newMapping(n, entries), nil
}

func (f *guildfile) longFlags(n *yaml.Node) (*yaml.Node, error) {
	entries, err := f.mapping(n, "flags")
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if d := deref(e.value); e.name != includeKey && (d.Kind != yaml.MappingNode || d.Tag == setTag) {
			entries[i].value = f.newMapping(e.value, []entry{{name: "default", key: keyNode("default", e.value), value: e.value}})
		}
	}
	return f.newMapping(n, entries), nil
}

// setTag is the tag of a YAML set, which is a mapping that is a value.
const setTag = "!!set"

// newMapping returns a mapping of the entries at the place of the node at.
func (f *guildfile) newMapping(at *yaml.Node, entries []entry) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column}
	for _, e := range entries {
		m.Content = append(m.Content, e.key, e.value)
	}
	f.copyOrigin(m, at)
	return m
}

// keyNode returns the key of an entry that the file implies.
func keyNode(name string, at *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: at.Line, Column: at.Column}
}

// isNull reports whether a node is null or missing.
func isNull(d *yaml.Node) bool {
	return d.Kind == yaml.ScalarNode && d.Style == 0 && pyyaml.DecodeScalar(d.Value) == nil
}
