package compare

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/runs"
	"guild/runs/pyyaml"
)

// Text formats a value for display. Floats have at most six decimals, truncated, so that 0.9999999 is not shown as 1.
func Text(v any) string {
	if f, ok := v.(float64); ok {
		return cutDecimals(pyyaml.FormatFloat(f), 6)
	}
	if b, ok := v.(bool); ok {
		if b {
			return "yes"
		}
		return "no"
	}
	return Raw(v)
}

// Raw formats a value for programs, as Python's str does.
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
		switch {
		case math.IsNaN(v):
			return "nan"
		case math.IsInf(v, 0):
			return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(v, 'g', -1, 64)), "+")
		}
		return pyyaml.FormatFloat(v)
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

// JSON converts a value for encoding as JSON. Times and durations become texts; floats keep their decimal point: 2.0 is not written 2.
func JSON(v any) any {
	if f, ok := v.(float64); ok && !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.RawMessage(pyyaml.FormatFloat(f))
	}
	if s, ok := v.(interface{ String() string }); ok {
		return s.String()
	}
	return runs.JSONValue(v)
}

func cutDecimals(s string, most int) string {
	dot := strings.IndexByte(s, '.')
	if dot < 0 {
		return s
	}
	end := dot + 1
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return s[:min(end, dot+1+most)] + s[end:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
