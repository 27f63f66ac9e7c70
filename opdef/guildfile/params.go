package guildfile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/pattern"
)

// params are the parameters of a model, by name. A text that is one reference {{ NAME }} and nothing else takes the value with its
// type; in a longer text the value is inserted as it is written in the file. References to unknown names stay as they are.
type params struct {
	f      *guildfile
	values map[string]*yaml.Node
	done   map[*yaml.Node]*yaml.Node
}

var paramRef = pattern.Lazy(`\{\{[^{}]*\}\}`)

// params reads the parameters of an extended object. They may refer to each other. With an error there are none.
func (f *guildfile) params(node *yaml.Node) (*params, error) {
	p := &params{f: f, values: map[string]*yaml.Node{}, done: map[*yaml.Node]*yaml.Node{}}
	at, err := f.child(node, "params")
	if err != nil || at == nil {
		return p, err
	}
	defined, err := f.mapping(at, "params")
	if err != nil {
		return p, err
	}
	raw := &params{f: f, values: make(map[string]*yaml.Node, len(defined))}
	for _, e := range defined {
		raw.values[e.name] = deref(e.value)
	}
	for name, v := range raw.values {
		p.values[name] = raw.settle(v)
	}
	return p, nil
}

// maxRounds limits how often a reference leads to another one.
const maxRounds = 20

// settle replaces references in the value of a parameter until none is left, or the rest refer to each other.
func (p *params) settle(v *yaml.Node) *yaml.Node {
	seen := []string{v.Value}
	for range maxRounds {
		if v.Kind != yaml.ScalarNode {
			return v
		}
		next := p.scalar(v)
		if next == v || next.Kind == yaml.ScalarNode && slices.Contains(seen, next.Value) {
			return next
		}
		v = next
		if seen = append(seen, v.Value); len(v.Value) > maxParamText {
			return v
		}
	}
	return v
}

// maxParamText limits the length, in bytes, of a text after replacement.
const maxParamText = 1 << 16

// apply returns the node with the references in all of its texts replaced.
func (p *params) apply(n *yaml.Node) *yaml.Node {
	if len(p.values) == 0 {
		return n
	}
	d := deref(n)
	if out, ok := p.done[d]; ok {
		return out
	}
	p.done[d] = d // in case the node contains itself
	out := d
	switch d.Kind {
	case yaml.ScalarNode:
		out = p.scalar(d)
	case yaml.MappingNode, yaml.SequenceNode:
		for i, c := range d.Content {
			if d.Kind == yaml.MappingNode && i%2 == 0 {
				continue // a name
			}
			next := p.apply(c)
			if next == deref(c) {
				continue
			}
			if out == d {
				clone := *d
				clone.Content = slices.Clone(d.Content)
				out = &clone
				p.f.copyOrigin(out, d)
			}
			out.Content[i] = next
		}
	}
	p.done[d] = out
	return out
}

func (p *params) scalar(d *yaml.Node) *yaml.Node {
	if !strings.Contains(d.Value, "{{") {
		return d
	}
	if ref := paramRef().FindString(d.Value); ref == d.Value {
		v, ok := p.values[paramName(ref)]
		if !ok {
			return d
		}
		out := *v
		out.Line, out.Column = d.Line, d.Column // errors are reported where the parameter is used
		p.f.copyOrigin(&out, d)
		return &out
	}
	text := paramRef().ReplaceAllStringFunc(d.Value, func(ref string) string {
		if v, ok := p.values[paramName(ref)]; ok && v.Kind == yaml.ScalarNode {
			return v.Value
		}
		return ref
	})
	if text == d.Value || len(text) > maxParamText {
		return d
	}
	out := *d
	out.Value, out.Tag, out.Style = text, "!!str", yaml.DoubleQuotedStyle
	p.f.copyOrigin(&out, d)
	return &out
}

func paramName(ref string) string {
	return strings.TrimSpace(ref[2 : len(ref)-2])
}
