package guildfile

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/runs/pyyaml"
)

// parser reads the nodes of a guild.yml and of files that it includes.
type parser struct {
	path    string
	origins map[*yaml.Node]string // paths of the files of nodes, if other than path
	depth   int                   // nesting of merge keys
	left    int                   // number of merges still allowed; aliases can multiply them

	warnings []*opdef.FileError       // what is ignored
	warned   map[opdef.FileError]bool // places of warnings, with the format in place of the message
	errors   []error                  // of parts of the file that are more than one operation
}

// warn records that something is ignored. A node may be read several times, by each model that inherits it; it is reported once.
func (p *parser) warn(n *yaml.Node, format string, args ...any) {
	w := p.errorAt(n, format, args...)
	kind := opdef.FileError{Place: w.Place, Msg: format}
	if p.warned[kind] {
		return
	}
	if p.warned == nil {
		p.warned = map[opdef.FileError]bool{}
	}
	p.warned[kind] = true
	p.warnings = append(p.warnings, w)
}

// fail records that a part of the file cannot be used. The rest is not affected.
func (p *parser) fail(err error) { p.errors = append(p.errors, err) }

func (p *parser) errorf(n *yaml.Node, format string, args ...any) error {
	return p.errorAt(n, format, args...)
}

func (p *parser) errorAt(n *yaml.Node, format string, args ...any) *opdef.FileError {
	return errorAt(cmp.Or(p.origins[n], p.path), n, format, args...)
}

// setOrigin records the file of a node and of the nodes in it.
func (p *parser) setOrigin(n *yaml.Node, path string) {
	if path == p.path {
		return
	}
	p.origins[n] = path
	for _, c := range n.Content {
		p.setOrigin(c, path)
	}
}

// copyOrigin records that a node made from another one is in the same file.
func (p *parser) copyOrigin(n, from *yaml.Node) {
	if path, ok := p.origins[from]; ok {
		p.origins[n] = path
	}
}

const (
	maxMergeDepth   = 10
	maxMergeEntries = 10_000
)

// entry is one key of a mapping with its value.
type entry struct {
	key   *yaml.Node
	name  string
	value *yaml.Node
}

// deref returns the node that an alias refers to, or the node itself.
func deref(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// mapping returns the entries of a mapping in file order, with merge keys (<<) resolved. If a name occurs twice, the last entry
// counts, as in PyYAML. what names the mapping in messages.
func (p *parser) mapping(n *yaml.Node, what string) ([]entry, error) {
	m := deref(n)
	if isNull(m) {
		return nil, nil
	}
	if m.Kind != yaml.MappingNode {
		return nil, p.errorf(n, "%s must be a mapping of names to values", what)
	}
	var out, merged []entry
	for i := 0; i+1 < len(m.Content); i += 2 {
		k, v := deref(m.Content[i]), m.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			p.warn(m.Content[i], "a name in %s must be a plain text; this entry is ignored", what)
			continue
		}
		if k.Value == "<<" && k.Style == 0 {
			more, err := p.merge(v, what)
			if err != nil {
				return nil, err
			}
			merged = append(merged, more...)
			continue
		}
		if j := slices.IndexFunc(out, func(e entry) bool { return e.name == k.Value }); j >= 0 {
			p.warn(k, "'%s' is defined twice in %s; the definition in line %d is ignored", k.Value, what, out[j].key.Line)
			out[j] = entry{k, k.Value, v}
			continue
		}
		out = append(out, entry{k, k.Value, v})
	}
	for _, e := range merged {
		if !slices.ContainsFunc(out, func(o entry) bool { return o.name == e.name }) {
			out = append(out, e)
		}
	}
	return out, nil
}

// merge returns the entries that a merge key adds: those of a mapping, or of each mapping in a list.
func (p *parser) merge(v *yaml.Node, what string) ([]entry, error) {
	p.depth++
	defer func() { p.depth-- }()
	sources := []*yaml.Node{v}
	if d := deref(v); d.Kind == yaml.SequenceNode {
		sources = d.Content
	}
	var out []entry
	for _, s := range sources {
		if p.left--; p.left < 0 || p.depth > maxMergeDepth {
			return nil, p.errorf(s, "'<<' is used too often, or merges a mapping into itself")
		}
		entries, err := p.mapping(s, what)
		if err != nil {
			return nil, err
		}
		out = append(out, entries...)
	}
	return out, nil
}

// text reads a scalar as it is written, so that numbers are texts too. Null is an empty text.
func (p *parser) text(n *yaml.Node, what string) (string, error) {
	d := deref(n)
	if d.Kind != yaml.ScalarNode {
		return "", p.errorf(n, "%s must be a text, not a list or a mapping", what)
	}
	if d.Style == 0 && (d.Value == "~" || d.Value == "null") {
		return "", nil
	}
	return strings.TrimSpace(d.Value), nil
}

func (p *parser) boolean(n *yaml.Node, what string) (bool, error) {
	d := deref(n)
	if d.Kind == yaml.ScalarNode {
		switch v := pyyaml.DecodeScalar(d.Value).(type) {
		case bool:
			return v, nil
		case nil:
			return false, nil
		}
	}
	return false, p.errorf(n, "%s must be yes or no", what)
}

// value decodes any node.
func (p *parser) value(n *yaml.Node, what string) (any, error) {
	v, err := pyyaml.DecodeNode(n)
	if err != nil {
		return nil, p.errorf(n, "%s cannot be read: %v", what, err)
	}
	return v, nil
}

// texts reads a list of texts. A single text is a list of one.
func (p *parser) texts(n *yaml.Node, what string) ([]string, error) {
	d := deref(n)
	if d.Kind != yaml.SequenceNode {
		s, err := p.text(n, what)
		if err != nil || s == "" {
			return nil, err
		}
		return []string{s}, nil
	}
	out := make([]string, 0, len(d.Content))
	for _, c := range d.Content {
		s, err := p.text(c, "each item of "+what)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// textList is texts, except that a text that looks like a list is one. Such texts result from parameters.
func (p *parser) textList(n *yaml.Node, what string) ([]string, error) {
	if d := deref(n); d.Kind == yaml.ScalarNode && strings.HasPrefix(d.Value, "[") && strings.HasSuffix(d.Value, "]") {
		if v, err := pyyaml.Decode([]byte(d.Value)); err == nil {
			if list, ok := v.([]any); ok {
				out := make([]string, len(list))
				for i, e := range list {
					out[i] = flagvalue.PlainText(e)
				}
				return out, nil
			}
		}
	}
	return p.texts(n, what)
}
