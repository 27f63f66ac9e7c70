package pyyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// Decode decodes the first YAML document of data. Empty data is nil. Errors are those of the YAML parser and name the line.
func Decode(data []byte) (any, error) {
	if s, ok := plainWord(data); ok {
		return DecodeScalar(s), nil
	}
	switch string(data) { // how PyYAML writes empty values
	case "''\n":
		return "", nil
	case "{}\n":
		return map[string]any{}, nil
	case "[]\n":
		return []any{}, nil
	}
	if m, ok := plainMap(data); ok {
		return m, nil
	}
	var n yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&n); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("decode yaml: %w", err)
	}
	return DecodeNode(&n)
}

// plainWord reports whether data is one line without any character that has a meaning in YAML. Most attributes are (ids, times,
// statuses, labels), and the YAML parser takes fifty times as long as this loop.
func plainWord(data []byte) (string, bool) {
	data = bytes.TrimSuffix(data, []byte("\n"))
	if len(data) == 0 || data[0] == '-' && (len(data) == 1 || data[1] == '-' || data[1] == ' ') || data[len(data)-1] == ' ' {
		return "", false
	}
	for i, c := range data {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '/', c == '-':
		case (c == '.' || c == '+' || c == '=' || c == ' ') && i > 0:
		default:
			return "", false
		}
	}
	return string(data), true
}

// plainMap decodes lines of a word, a colon, and a plain word or a text in single quotes, as most flags are, for the same reason.
func plainMap(data []byte) (map[string]any, bool) {
	m := make(map[string]any, bytes.Count(data, []byte("\n")))
	for len(data) > 0 {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		key, text, ok := bytes.Cut(line, []byte(": "))
		if !ended || !ok {
			return nil, false
		}
		if name, quoted := plainQuoted(key); quoted {
			key = name
		} else if _, ok := plainWord(key); !ok || !isLetter(key[0]) || bytes.ContainsAny(key, " ") {
			return nil, false
		}
		if quoted, ok := plainQuoted(text); ok {
			m[string(key)] = string(quoted)
		} else if word, ok := plainWord(text); ok {
			m[string(key)] = DecodeScalar(word)
		} else {
			return nil, false
		}
		data = rest
	}
	return m, len(m) > 0
}

// plainQuoted decodes a word in single quotes.
func plainQuoted(data []byte) ([]byte, bool) {
	if len(data) < 3 || data[0] != '\'' || data[len(data)-1] != '\'' {
		return nil, false
	}
	text := data[1 : len(data)-1]
	_, ok := plainWord(text)
	return text, ok
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// DecodeWith is Decode with another reading of scalars that are neither quoted nor tagged.
func DecodeWith(data []byte, scalar func(text string) any) (any, error) {
	var n yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&n); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("decode yaml: %w", err)
	}
	return (&decoder{left: maxNodes, scalar: scalar}).node(&n, 0)
}

// DecodeNode converts a parsed node to a value. Keys become strings. The last of several equal keys wins, as in PyYAML.
func DecodeNode(n *yaml.Node) (any, error) {
	return (&decoder{left: maxNodes, scalar: DecodeScalar}).node(n, 0)
}

// Limits that keep a small file from exhausting the stack by nesting, or the memory by aliases of aliases.
const (
	maxDepth = 100
	maxNodes = 2_000_000
)

type decoder struct {
	left   int                   // nodes that may still be read
	scalar func(text string) any // reads a plain scalar
}

func (d *decoder) node(n *yaml.Node, depth int) (any, error) {
	if d.left--; depth > maxDepth || d.left < 0 {
		return nil, fmt.Errorf("line %d: yaml is nested too deeply or too large", n.Line)
	}
	switch n.Kind {
	case 0:
		return nil, nil
	case yaml.DocumentNode:
		if len(n.Content) == 0 {
			return nil, nil
		}
		return d.node(n.Content[0], depth+1)
	case yaml.AliasNode:
		return d.node(n.Alias, depth+10)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := d.node(c, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		if n.Tag == setTag {
			return d.set(n)
		}
		return d.mapping(n, depth)
	default:
		return d.scalarNode(n), nil
	}
}

// set reads the keys of a mapping, which are the items of the set.
func (d *decoder) set(n *yaml.Node) (any, error) {
	s := Set{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: an item of a set must be a plain value", k.Line)
		}
		if d.left--; d.left < 0 {
			return nil, fmt.Errorf("line %d: yaml is too large", k.Line)
		}
		s = append(s, d.scalarNode(k))
	}
	return s, nil
}

func (d *decoder) mapping(n *yaml.Node, depth int) (any, error) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, vn := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a map key must be a plain value", k.Line)
		}
		v, err := d.node(vn, depth+1)
		if err != nil {
			return nil, err
		}
		if k.Tag == "!!merge" && k.Value == "<<" {
			mergeInto(m, v)
			continue
		}
		m[k.Value] = v
	}
	return m, nil
}

func mergeInto(m map[string]any, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, val := range v {
			if _, ok := m[k]; !ok {
				m[k] = val
			}
		}
	case []any:
		for _, e := range v {
			mergeInto(m, e)
		}
	}
}

func (d *decoder) scalarNode(n *yaml.Node) any {
	const explicit = yaml.TaggedStyle
	switch {
	case n.Style&explicit != 0 && n.Tag == "!!str":
		return n.Value
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return n.Value
	}
	return d.scalar(n.Value)
}
