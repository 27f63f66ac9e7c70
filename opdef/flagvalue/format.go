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

// FormatValue writes a flag value so that DecodeValue reads the same value back: yes, null, 1.0, '1', [1, a b], {a: 1}.
// Texts that a shell would take apart are quoted.
func Format(v any) string {
	enc := Flow(v)
	if s, ok := v.(string); ok && enc == s && words.Quote(s) != s {
		return quoteText(s)
	}
	return enc
}

// quoteText quotes as YAML does, and where possible so that a shell reads the same.
func quoteText(s string) string {
	if strings.Contains(s, "'") && !strings.ContainsAny(s, "\"\\") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// Flow writes v on one line of YAML, which its flow style is.
func Flow(v any) string { return flow(v, false) }

// FlowItem is Flow for an item of a list or a map, where commas and brackets have a meaning.
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
	if inside && strings.ContainsAny(s, ",[]{}:") || !inside && misread(s) {
		return quoteText(s)
	}
	return s
}

// almostNumber tells texts that files quote because other readers may take them for a number or a date, such as 1.2.3 and
// 2024-01-31, but that are texts here.
func almostNumber(s string) bool {
	v, isText := pyyaml.DecodeScalar(s).(string)
	return isText && v != "" && v[0] >= '0' && v[0] <= '9' && strings.Trim(v, "0123456789-+_.:") == "" && !misread(s)
}

// misread tells whether a string that is plain for YAML is another value for DecodeValue.
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

// plainText writes a value without any quoting, as programs take it from arguments and variables: 1 and nothing for true
// and false, which is what Python's bool() understands, nothing for null.
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
		return pythonFloat(v)
	}
	return Flow(v)
}

// pythonFloat is the text that Python's str gives a float: 1e-05 where YAML has 1.0e-05.
func pythonFloat(f float64) string {
	s := pyyaml.FormatFloat(f)
	if mant, exp, ok := strings.Cut(s, ".0e"); ok {
		return mant + "e" + exp
	}
	return strings.Replace(strings.TrimPrefix(s, "."), "-.", "-", 1)
}

// FormatAssignments writes values as NAME=VALUE, in name order. Short is for labels and listings: floats keep five digits
// of their fraction, long paths and texts are cut, and nulls are left out.
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

// equal compares flag values; an int and a float of the same value are equal.
func Equal(a, b any) bool {
	if x, ok := pyyaml.Number(a); ok {
		y, ok := pyyaml.Number(b)
		return ok && x == y
	}
	return Format(a) == Format(b)
}
