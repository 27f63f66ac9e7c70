package opdef

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"guild/opdef/flagvalue"
	"guild/runs/pattern"
	"guild/runs/pyyaml"
)

// DefaultLabel is the template of the label of a run that has no other.
const DefaultLabel = "${default_label}"

// LabelTemplate returns the template of a run's label: user if it is not nil, else the tags followed by the label of the operation or
// the default label. It is stored in the run and expanded again when the run is restarted.
func (op *Operation) LabelTemplate(user *string, tags []string) string {
	if user != nil {
		return *user
	}
	return strings.Join(append(tags[:len(tags):len(tags)], cmp.Or(op.Label, DefaultLabel)), " ")
}

// Label expands the template of a label. ${FLAG} is the value of a flag, and ${default_label} all values that are not nil, such as a=1
// b=2 in the order of names. ${FLAG|FILTER:ARG|...} applies filters: default:TEXT replaces nil, basename and unquote change a text,
// and a format such as %.2f formats a number. Unknown flags are empty.
func Label(template string, vals Values) string {
	text, _ := flagvalue.ExpandRefs(template, func(ref string) (string, error) {
		name, filters, _ := strings.Cut(ref, "|")
		if name == "default_label" {
			return strings.Join(flagvalue.FormatAssignments(vals, true), " "), nil
		}
		return labelValue(vals[name], filters), nil
	})
	return strings.TrimSpace(text)
}

// labelValue formats a value for a label: like a listing, so a text with spaces is quoted unless the filter unquote is used.
func labelValue(v any, filters string) string {
	for filters != "" {
		var f string
		f, filters, _ = strings.Cut(filters, "|")
		name, arg, _ := strings.Cut(f, ":")
		s, isText := v.(string)
		switch {
		case name == "default" && v == nil:
			return arg
		case name == "basename" && isText:
			v = path.Base(s)
		case name == "unquote" && isText:
			return s
		case strings.HasPrefix(f, "%"):
			if s, ok := formatVerb(f, v); ok {
				return s
			}
		}
	}
	if v == nil {
		return ""
	}
	return flagvalue.FormatShort(v)
}

// verbForm matches the format of one value: flags, a width and a precision of at most three digits, and the verb.
var verbForm = pattern.Lazy(`^(%[-+ #0]{0,5}[0-9]{0,3}(?:\.[0-9]{0,3})?)([idxXofFeEgGs])$`)

// formatVerb formats v like Python's operator %: %d, %i, %s, %x and the floats. ok is false if format is another one, or v has the
// wrong type.
func formatVerb(format string, v any) (string, bool) {
	m := verbForm().FindStringSubmatch(format)
	if m == nil {
		return "", false
	}
	flags, verb := m[1], m[2]
	switch verb {
	case "i", "d", "x", "X", "o":
		n, ok := v.(int)
		if f, isFloat := v.(float64); isFloat {
			n, ok = int(f), true
		}
		if verb == "i" {
			verb = "d"
		}
		return fmt.Sprintf(flags+verb, n), ok
	case "s":
		return fmt.Sprintf(flags+"s", flagvalue.FormatShort(v)), v != nil
	}
	f, ok := pyyaml.Number(v)
	return fmt.Sprintf(flags+verb, f), ok
}
