package pyyaml

import "strings"

// Set is a YAML set: its items, which are scalars, in the order of the document. PyYAML reads and writes sets of Python.
type Set []any

// setTag is the tag of a YAML set, a mapping whose keys are the items.
const setTag = "!!set"

// FlowIndicators are the characters for which a text inside a flow list or map must be quoted. Readers of YAML 1.1 such as PyYAML end a
// plain text at a question mark too.
const FlowIndicators = ",[]{}:?"

// String returns the set in the flow style of YAML, on one line.
func (s Set) String() string {
	items := make([]string, len(s))
	for i, v := range s {
		text, _ := scalarText(v)
		if _, isText := v.(string); isText && strings.ContainsAny(text, FlowIndicators+`'"`) && text[0] != '\'' && text[0] != '"' {
			text = "'" + strings.ReplaceAll(text, "'", "''") + "'" // it is plain at the end of a line only
		}
		items[i] = text + ": null"
	}
	return setTag + " {" + strings.Join(items, ", ") + "}"
}
