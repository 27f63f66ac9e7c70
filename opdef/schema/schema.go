// Package schema makes the JSON schema of guild.yml, for editors, from the table of attributes. The parser of guild.yml knows more: what
// names refer to, and which values go together.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"

	"guild/opdef/attribute"
)

// object is a part of a schema.
type object = map[string]any

// JSON returns the schema as indented JSON with a newline at its end.
func JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(whole()); err != nil {
		return nil, fmt.Errorf("write the schema of guild.yml: %w", err)
	}
	return b.Bytes(), nil
}

func whole() object {
	defs := object{}
	for name, s := range typeSchemas() {
		defs[string(name)] = s
	}
	for _, p := range attribute.Places() {
		defs[placeDef(p)] = mapping(p)
	}
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "guild.yml",
		"description": "What can be run in a project.",
		"anyOf": []any{
			object{"type": "null"},
			ref(attribute.Operations),
			object{"type": "array", "items": object{"anyOf": []any{
				place(attribute.Config), place(attribute.Package), place(attribute.Include), place(attribute.Model),
			}}},
		},
		"$defs": defs,
	}
}

// mapping returns the schema for the attributes of a place.
func mapping(p attribute.Place) object {
	properties := object{}
	for _, a := range attribute.Of(p) {
		properties[a.Name] = object{"$ref": ref(a.Type)["$ref"], "description": a.Description}
	}
	s := object{"type": []string{"object"}, "properties": properties}
	if !p.Open() {
		s["additionalProperties"] = false
	}
	if names := p.Required(); len(names) > 0 {
		s["required"] = names
	}
	if p == attribute.Model { // without a name it is one by its operations
		s["anyOf"] = []any{object{"required": []string{"model"}}, object{"required": []string{"operations"}}}
	}
	return s
}

func placeDef(p attribute.Place) string { return "attributes of " + p.WithArticle() }

func place(p attribute.Place) object { return object{"$ref": "#/$defs/" + escaped(placeDef(p))} }

func ref(t attribute.Type) object { return object{"$ref": "#/$defs/" + escaped(string(t))} }
