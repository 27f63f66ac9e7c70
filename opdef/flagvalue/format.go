package flagvalue

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guild/runs/pyyaml"
	"guild/runs/words"
)

// Format writes a value so that Decode reads the same value: yes, null, 1.0, '1', [1, a b], {a: 1}. Texts with characters that a shell
// treats specially are quoted.
func Format(v any) string {
	enc := Flow(v)
	if s, ok := v.(string); ok && enc == s && words.Quote(s) != s {
		return quoteText(s)
	}
	return enc
}

// quoteText quotes a text for YAML, if possible so that a shell reads the same text.
func quoteText(s string) string {
	if strings.Contains(s, "'") && !strings.ContainsAny(s, "\"\\") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// Flow writes a value in the flow style of YAML, on one line.
func Flow(v any) string { return flow(v, false) }

// FlowItem is Flow for an item of a list or map, where commas and brackets are quoted.
func FlowItem(v any) string { return flow(v, true) }

func flow(v any, inside bool) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return yesNo(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return pyyaml.FormatFloat(v)
	case string:
		return flowString(v, inside)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = FlowItem(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, flowString(k, true)+": "+FlowItem(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func flowString(s string, inside bool) string {
	switch s {
	case "y", "n", "Y", "N": // quoted in files for the sake of other readers, but never mistaken here
		return s
	}
	data, err := pyyaml.Encode(s)
	enc := strings.TrimSuffix(string(data), "\n")
	if err != nil || enc != s && !almostNumber(s) {
		return enc
	}
	if inside && strings.ContainsAny(s, pyyaml.FlowIndicators) || !inside && misread(s) {
		return quoteText(s)
	}
	return s
}

// almostNumber reports whether Encode quotes a text because some YAML readers take it for a number or a date, such as 1.2.3 and
// 2024-01-31, although Decode does not.
func almostNumber(s string) bool {
	v, isText := pyyaml.DecodeScalar(s).(string)
	return isText && v != "" && v[0] >= '0' && v[0] <= '9' && strings.Trim(v, "0123456789-+_.:") == "" && !misread(s)
}

// misread reports whether Decode takes a string that YAML need not quote for another value.
func misread(s string) bool {
	v, err := Decode(s)
	return err != nil || v != any(s)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// PlainText writes a value without quotes, as programs take it from arguments and variables. True is 1 and false is empty, as Python's
// bool() reads them; nil is empty. Mappings and sets are written as Python's repr does, which ast.literal_eval reads.
func PlainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return ""
	case float64:
		return pyyaml.PythonFloat(v)
	case map[string]any, pyyaml.Set:
		return pythonRepr(v)
	}
	return Flow(v)
}

// pythonRepr formats a value as Python's repr does: {'a': [1, None], 'b': {1, 'c'}}.
func pythonRepr(v any) string {
	join := func(list []any) string {
		items := make([]string, len(list))
		for i, e := range list {
			items[i] = pythonRepr(e)
		}
		return strings.Join(items, ", ")
	}
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return pythonString(v)
	case []any:
		return "[" + join(v) + "]"
	case pyyaml.Set:
		if len(v) == 0 {
			return "set()"
		}
		return "{" + join(v) + "}"
	case map[string]any:
		items := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			items = append(items, pythonString(k)+": "+pythonRepr(v[k]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return PlainText(v)
}

// pythonString quotes a text as Python's repr does: with apostrophes, or where it has only those, with double quotes.
func pythonString(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	return quote + strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + quote
}

// FormatAssignments writes values as NAME=VALUE, in the order of names. Short is for labels and listings: floats have five decimals,
// long paths and texts are shortened, and nil is left out.
func FormatAssignments(vals map[string]any, short bool) []string {
	out := make([]string, 0, len(vals))
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		v := vals[name]
		if short {
			if v == nil {
				continue
			}
			out = append(out, name+"="+FormatShort(v))
			continue
		}
		out = append(out, name+"="+Format(v))
	}
	return out
}

// Equal compares two values. An int and a float of the same number are equal.
func Equal(a, b any) bool {
	if x, ok := pyyaml.Number(a); ok {
		y, ok := pyyaml.Number(b)
		return ok && x == y
	}
	return Format(a) == Format(b)
}
