package compare

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/runs/pyyaml"
	"guild/runs/runjson"
)

// Text returns a value for users: floats are rounded to six decimals, or to six digits if they are smaller than 0.1.
func Text(v any) string {
	if f, ok := v.(float64); ok {
		return pyyaml.FormatFloat(round(f))
	}
	if b, ok := v.(bool); ok {
		if b {
			return "yes"
		}
		return "no"
	}
	return Raw(v)
}

// Raw returns a value as programs read it, in the form of Python.
func Raw(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(v)
	case float64:
		return pyyaml.PythonFloat(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = Raw(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+Raw(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case interface{ String() string }:
		return v.String()
	}
	return ""
}

// JSON returns a value as JSON has it; moments and durations are texts.
func JSON(v any) any {
	if s, ok := v.(interface{ String() string }); ok {
		return s.String()
	}
	return runjson.Value(v)
}

// round returns f with six decimals, or with six digits if that is more precise. It formats and parses the number, so that 0.1 stays 0.1.
func round(f float64) float64 {
	text := strconv.FormatFloat(f, 'f', 6, 64)
	if math.Abs(f) < 0.1 {
		text = strconv.FormatFloat(f, 'e', 5, 64)
	}
	rounded, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return f
	}
	return rounded
}
