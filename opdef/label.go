package opdef

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"

	"guild/opdef/flagvalue"
	"guild/runs/pyyaml"
)

// DefaultLabel is the reference to the label that a run has when nobody asks for another.
const DefaultLabel = "${default_label}"

// LabelTemplate is the template of a run's label: what the user asked for (nil: nothing), else the operation's or the
// default one, with the tags in front. It is what a restart expands again.
func (op *Operation) LabelTemplate(user *string, tags []string) string {
	if user != nil {
		return *user
	}
	return strings.Join(append(tags[:len(tags):len(tags)], cmp.Or(op.Label, DefaultLabel)), " ")
}

// Label expands a label template. ${FLAG} is a value, ${default_label} all values that are set, as a=1 b=2 in name order.
// ${FLAG|FILTER:ARG|...} changes a value: default:TEXT for one that is not set, basename, unquote, or a format such as
// %.2f. Flags that do not exist are empty.
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

// labelValue formats a value as listings do, so that a text with spaces has quotes; unquote leaves them out.
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

// verbForm is a format of one value: flags, a width and a precision of at most three digits, and the verb.
var verbForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(%[-+ #0]{0,5}[0-9]{0,3}(?:\.[0-9]{0,3})?)([idxXofFeEgGs])$`)
})

// formatVerb formats v by a verb as Python's % has it: %d, %i, %s, %x and the floats. It fails where format is none of these, or v
// is not of that kind.
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
