package flagvalue

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/runs/pyyaml"
)

// EncodeJSON writes a value as Python's json module does, with sorted names. Unlike encoding/json it keeps floats apart from integers
// (1.0 is not 1) and writes NaN and Infinity.
func EncodeJSON(v any) string {
	return string(AppendJSON(nil, v))
}

// SetKey is the only name in the object by which EncodeJSON writes a set, with the list of its items; JSON has no sets. The Python programs
// that set flags know it.
const SetKey = "!!set"

// AppendJSON appends a value in the form of EncodeJSON.
func AppendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		switch {
		case math.IsNaN(v):
			return append(b, "NaN"...)
		case math.IsInf(v, 1):
			return append(b, "Infinity"...)
		case math.IsInf(v, -1):
			return append(b, "-Infinity"...)
		}
		return append(b, pyyaml.PythonFloat(v)...)
	case string:
		return appendJSONString(b, v)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = AppendJSON(b, e)
		}
		return append(b, ']')
	case pyyaml.Set:
		return AppendJSON(b, map[string]any{SetKey: []any(v)})
	case map[string]any:
		b = append(b, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(appendJSONString(b, k), ": "...)
			b = AppendJSON(b, v[k])
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendJSONString(b []byte, s string) []byte {
	enc, err := json.Marshal(strings.ToValidUTF8(s, "\uFFFD"))
	if err != nil { // cannot happen: every string has a JSON form
		return append(b, `""`...)
	}
	return append(b, enc...)
}
