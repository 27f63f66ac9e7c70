package schema

import (
	"strings"

	"guild/opdef/attribute"
)

// escaped returns the name of a definition in the form of a reference, which is a URI.
func escaped(name string) string { return strings.ReplaceAll(name, " ", "%20") }

func anyOf(schemas ...object) object {
	list := make([]any, len(schemas))
	for i, s := range schemas {
		list[i] = s
	}
	return object{"anyOf": list}
}

func types(names ...string) object { return object{"type": names} }

func list(items object) object { return object{"type": []string{"array"}, "items": items} }

// oneOf returns the schema of a text from a list, or null.
func oneOf(texts []string) object { return anyOf(object{"enum": texts}, types("null")) }

// named returns the schema of a mapping from any names to values that match s. It may include entries of other objects.
func named(s object) object {
	return object{"type": []string{"object", "null"}, "properties": object{"$include": ref(attribute.Texts)}, "additionalProperties": s}
}

// reference returns the schema of a text that a flag or a parameter replaces.
func reference() object { return object{"type": []string{"string"}, "pattern": `\$\{|\{\{`} }

// switchTexts returns the texts for yes and no in YAML 1.1, the version of guild.yml. Editors read YAML 1.2, where they are plain texts.
func switchTexts() object {
	var texts []string
	for _, t := range []string{"yes", "no", "on", "off", "true", "false"} {
		texts = append(texts, t, strings.ToUpper(t[:1])+t[1:], strings.ToUpper(t))
	}
	return object{"enum": texts}
}

// typeSchemas returns the schema of each type.
func typeSchemas() map[attribute.Type]object {
	text, texts := ref(attribute.Text), ref(attribute.Texts)
	value := object{}
	return map[attribute.Type]object{
		attribute.Text:       types("string", "number", "boolean", "null"),
		attribute.Texts:      anyOf(text, list(text)),
		attribute.Switch:     anyOf(types("boolean", "null"), switchTexts(), reference()),
		attribute.Count:      anyOf(object{"type": []string{"integer"}, "minimum": 1}, types("null"), reference()),
		attribute.Number:     anyOf(types("number", "null"), number(), reference()),
		attribute.Mapping:    types("object", "null"),
		attribute.Variables:  anyOf(types("object", "null"), object{"const": "all"}),
		attribute.Value:      value,
		attribute.FlagType:   anyOf(oneOf(attribute.FlagTypes()), reference()),
		attribute.TargetType: anyOf(oneOf(attribute.TargetTypes()), reference()),
		attribute.Operations: named(ref(attribute.Defaults)),
		attribute.Defaults:   anyOf(text, place(attribute.Operation)),
		attribute.Flags:      named(anyOf(types("string", "number", "boolean", "null", "array"), place(attribute.Flag))),
		attribute.FlagValues: anyOf(named(value), list(text)),
		attribute.Import:     anyOf(ref(attribute.Switch), object{"enum": []any{"all", nil}}, list(text)),
		attribute.Choices:    list(anyOf(types("string", "number", "boolean", "null", "array"), place(attribute.Choice))),
		attribute.Steps:      list(anyOf(types("string"), place(attribute.Step))),
		attribute.Checks:     anyOf(place(attribute.Check), list(place(attribute.Check))),
		attribute.Selection:  anyOf(ref(attribute.Rules), place(attribute.Sourcecode)),
		attribute.Rules:      anyOf(text, list(anyOf(text, place(attribute.Rule)))),
		attribute.Files:      anyOf(texts, place(attribute.FileKind)),
		attribute.Resources:  named(anyOf(place(attribute.Resource), place(attribute.Source), ref(attribute.Sources))),
		attribute.Requires:   anyOf(text, place(attribute.Resource), place(attribute.Source), ref(attribute.Sources)),
		attribute.Sources:    list(anyOf(types("string", "null"), place(attribute.Source), place(attribute.Resource))),
		attribute.FlagName:   text,
		attribute.Renames:    anyOf(text, place(attribute.Rename), list(anyOf(text, place(attribute.Rename)))),
		attribute.Output:     types("string", "boolean", "null", "object", "array"),
		attribute.Optimizers: anyOf(texts, object{"type": []string{"object"}, "additionalProperties": ref(attribute.OneOptim)}),
		attribute.OneOptim:   anyOf(text, place(attribute.Optimizer)),
		attribute.Goal:       anyOf(text, place(attribute.Objective)),
		attribute.Reports:    anyOf(types("null"), place(attribute.Publish)),
	}
}

// number returns the schema of a text that is a number in YAML 1.1 and a text in YAML 1.2, such as 1_000 and 1e3.
func number() object {
	return object{"type": []string{"string"}, "pattern": `^[-+]?[0-9.][0-9_.:]*([eE][-+]?[0-9]+)?$`}
}
