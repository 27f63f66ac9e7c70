// Package schema has the JSON schema of guild.yml, for editors and for checks. The reader of guild.yml itself is stricter: it
// also knows what names refer to.
package schema

import (
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
)

// JSON is the schema.
//
//go:embed guildfile.schema.json
var JSON []byte

// Problem is a place in a guild.yml that does not fit the schema.
type Problem struct {
	Line, Column int    // from 1
	Text         string // what is wrong

	fit int // how far what is there got in fitting: the higher, the further
}

// How far a node can get in fitting a schema.
const (
	otherKind = iota // it is a text where a list is wanted, say
	lacksName        // it lacks what tells that it is meant
	otherwise        // something about it is wrong
)

// Validate returns what does not fit in the text of a guild.yml, in the order of the text. The error is that of text which is
// no YAML.
func Validate(text []byte) ([]Problem, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read guild.yml: %w", err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root, err := load()
	if err != nil {
		return nil, err
	}
	return (&validator{root: root}).check(root, doc.Content[0], "the file"), nil
}

// rule is a schema, as far as ours needs the language.
type rule struct {
	Ref        string           `json:"$ref"`
	Defs       map[string]*rule `json:"$defs"`
	Type       types            `json:"type"`
	Enum       []any            `json:"enum"`
	Pattern    string           `json:"pattern"`
	AnyOf      []*rule          `json:"anyOf"`
	Required   []string         `json:"required"`
	Properties map[string]*rule `json:"properties"`
	Items      *rule            `json:"items"`
	Additional *additional      `json:"additionalProperties"`
}

// types is one name of a type, or a list of them.
type types []string

// UnmarshalJSON reads either form.
func (t *types) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*t = types{""}
		return json.Unmarshal(data, &(*t)[0])
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// additional is false, or the schema of properties that are not named.
type additional struct {
	none bool
	rule rule
}

// UnmarshalJSON reads either form.
func (a *additional) UnmarshalJSON(data []byte) error {
	if string(data) == "false" {
		a.none = true
		return nil
	}
	return json.Unmarshal(data, &a.rule)
}

var load = sync.OnceValues(func() (*rule, error) {
	r := &rule{}
	if err := json.Unmarshal(JSON, r); err != nil {
		return nil, fmt.Errorf("read the schema of guild.yml: %w", err)
	}
	return r, nil
})

type validator struct{ root *rule }

// check returns what does not fit in a node, which is named by what.
func (v *validator) check(r *rule, n *yaml.Node, what string) []Problem {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if r.Ref != "" {
		r = v.root.Defs[strings.TrimPrefix(r.Ref, "#/$defs/")]
	}
	if len(r.AnyOf) > 0 {
		return v.any(r.AnyOf, n, what)
	}
	kind, value := kindOf(n)
	if len(r.Type) > 0 && !slices.ContainsFunc(r.Type, func(t string) bool { return t == kind || t == "number" && kind == "integer" }) {
		return problem(otherKind, n, "%s must be %s, not %s", what, strings.Join(r.Type, " or "), kind)
	}
	if r.Enum != nil && !slices.Contains(r.Enum, value) {
		names := make([]string, 0, len(r.Enum))
		for _, e := range r.Enum {
			if e != nil {
				names = append(names, fmt.Sprint(e))
			}
		}
		return problem(otherwise, n, "%s must be one of %s", what, strings.Join(names, ", "))
	}
	if text, ok := value.(string); ok && r.Pattern != "" {
		if re, err := regexp.Compile(r.Pattern); err != nil || !re.MatchString(text) {
			return problem(otherKind, n, "%s must match %s", what, r.Pattern)
		}
	}
	var found []Problem
	switch kind {
	case "array":
		for _, item := range n.Content {
			if r.Items != nil {
				found = append(found, within(v.check(r.Items, item, "an item of "+what))...)
			}
		}
	case "object":
		found = v.object(r, n, what)
	}
	return found
}

func (v *validator) object(r *rule, n *yaml.Node, what string) []Problem {
	var found []Problem
	have := names(n)
	for _, name := range r.Required {
		if !slices.Contains(have, name) {
			found = append(found, problem(lacksName, n, "%s must have '%s'", what, name)...)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		named := r.Properties[key.Value]
		switch {
		case key.Tag == "!!merge": // the mapping that is merged is checked where it stands
		case named != nil:
			found = append(found, within(v.check(named, value, "'"+key.Value+"'"))...)
		case r.Additional == nil:
		case r.Additional.none:
			found = append(found, problem(otherwise, key, "%s has the unknown attribute '%s'", what, key.Value)...)
		default:
			found = append(found, within(v.check(&r.Additional.rule, value, "'"+key.Value+"'"))...)
		}
	}
	return found
}

// names are the keys of a mapping, and those of one that is merged into it.
func names(n *yaml.Node) []string {
	var out []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, n.Content[i].Value)
		if merged := n.Content[i+1]; n.Content[i].Tag == "!!merge" && merged.Kind == yaml.AliasNode {
			for j := 0; j+1 < len(merged.Alias.Content); j += 2 {
				out = append(out, merged.Alias.Content[j].Value)
			}
		}
	}
	return out
}

// any returns what does not fit the alternative that fits best.
func (v *validator) any(alternatives []*rule, n *yaml.Node, what string) []Problem {
	var best []Problem
	for _, a := range alternatives {
		found := v.check(a, n, what)
		if len(found) == 0 {
			return nil
		}
		if best == nil || found[0].fit > best[0].fit {
			best = found
		}
	}
	return best
}

// within are problems of a part of something that itself fits.
func within(found []Problem) []Problem {
	for i := range found {
		found[i].fit = otherwise
	}
	return found
}

func problem(fit int, n *yaml.Node, format string, args ...any) []Problem {
	return []Problem{{n.Line, n.Column, fmt.Sprintf(format, args...), fit}}
}

// kindOf is the type of a node in the words of JSON schemas, and the value of a scalar.
func kindOf(n *yaml.Node) (kind string, value any) {
	switch n.Kind {
	case yaml.MappingNode:
		return "object", nil
	case yaml.SequenceNode:
		return "array", nil
	}
	value = any(n.Value)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		value = pyyaml.DecodeScalar(n.Value)
	}
	switch value.(type) {
	case nil:
		return "null", nil
	case bool:
		return "boolean", value
	case int:
		return "integer", value
	case float64:
		return "number", value
	}
	return "string", value
}
