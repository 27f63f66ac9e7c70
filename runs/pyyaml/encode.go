package pyyaml

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Encode encodes v as one YAML document in block style, with sorted keys and a final newline, as yaml.safe_dump does. Texts that some
// readers take for other values are quoted too: y, which YAML 1.1 has for true.
func Encode(v any) ([]byte, error) { return encoder{}.encode(v) }

// EncodeForPeople is Encode without quotes around texts that few readers take for something else, as in the output of PyYAML: y and n, which
// are names of flags, and durations below an hour, such as 0:01:30.
func EncodeForPeople(v any) ([]byte, error) { return encoder{forPeople: true}.encode(v) }

type encoder struct{ forPeople bool }

func (e encoder) encode(v any) ([]byte, error) {
	b := make([]byte, 0, 64)
	b, err := e.appendValue(b, v, 0, false)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 || b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	return b, nil
}

// appendValue appends v with the given indentation, in columns. inList says that v follows "- " on the same line.
func (e encoder) appendValue(b []byte, v any, indent int, inList bool) ([]byte, error) {
	switch v := v.(type) {
	case map[string]any:
		return e.appendMap(b, v, indent, inList)
	case []any:
		return e.appendList(b, v, indent, inList)
	}
	if s, ok := e.scalarText(v); ok {
		return append(append(b, s...), '\n'), nil
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, rv.Len())
		for i := range list {
			list[i] = rv.Index(i).Interface()
		}
		return e.appendList(b, list, indent, inList)
	case reflect.Map:
		if rv.Type().Key().Kind() == reflect.String {
			m := make(map[string]any, rv.Len())
			for _, k := range rv.MapKeys() {
				m[k.String()] = rv.MapIndex(k).Interface()
			}
			return e.appendMap(b, m, indent, inList)
		}
	}
	return nil, fmt.Errorf("encode yaml: no form for a %T", v)
}

func (e encoder) appendMap(b []byte, m map[string]any, indent int, inList bool) ([]byte, error) {
	if len(m) == 0 {
		return append(b, "{}\n"...), nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var err error
	for i, k := range keys {
		if i > 0 || !inList {
			b = appendSpaces(b, indent)
		}
		b = append(append(b, e.quoteIfNeeded(k)...), ':')
		switch v := m[k]; {
		case isCollection(v) == collMap:
			b = append(b, '\n')
			b, err = e.appendValue(b, v, indent+2, false)
		case isCollection(v) == collList: // PyYAML does not indent a list below its key
			b = append(b, '\n')
			b, err = e.appendValue(b, v, indent, false)
		default:
			b = append(b, ' ')
			b, err = e.appendValue(b, v, indent, false)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	return b, nil
}

func (e encoder) appendList(b []byte, list []any, indent int, inList bool) ([]byte, error) {
	if len(list) == 0 {
		return append(b, "[]\n"...), nil
	}
	var err error
	for i, v := range list {
		if i > 0 || !inList {
			b = appendSpaces(b, indent)
		}
		b = append(b, "- "...)
		if b, err = e.appendValue(b, v, indent+2, true); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendSpaces(b []byte, n int) []byte {
	for range n {
		b = append(b, ' ')
	}
	return b
}

const (
	collNone = iota
	collMap
	collList
)

// isCollection returns whether v is a non-empty map or list, which needs lines of its own, or fits on the current line.
func isCollection(v any) int {
	switch v := v.(type) {
	case nil, string, Set:
		return collNone
	case map[string]any:
		if len(v) > 0 {
			return collMap
		}
		return collNone
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Map:
		if rv.Len() > 0 {
			return collMap
		}
	case reflect.Slice, reflect.Array:
		if rv.Len() > 0 {
			return collList
		}
	}
	return collNone
}

// scalarText returns the text of a scalar in a document of Encode.
func scalarText(v any) (string, bool) { return encoder{}.scalarText(v) }

func (e encoder) scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "null", true
	case string:
		return e.quoteIfNeeded(v), true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return FormatFloat(v), true
	case Set:
		return v.String(), true
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.String:
		return e.quoteIfNeeded(rv.String()), true
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return strconv.FormatInt(rv.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(rv.Uint(), 10), true
	}
	return "", false
}

// FormatFloat formats f in the shortest form that decodes to the same float and not to an integer.
func FormatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return ".nan"
	case math.IsInf(f, 1):
		return ".inf"
	case math.IsInf(f, -1):
		return "-.inf"
	}
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		if mant, exp, _ := strings.Cut(s, "e"); !strings.Contains(mant, ".") {
			s = mant + ".0e" + exp
		}
		return s
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// PythonFloat formats f as Python's str does: 1e-05 and nan, where YAML needs 1.0e-05 and .nan.
func PythonFloat(f float64) string {
	s := FormatFloat(f)
	if mant, exp, ok := strings.Cut(s, ".0e"); ok {
		return mant + "e" + exp
	}
	return strings.Replace(strings.TrimPrefix(s, "."), "-.", "-", 1)
}

// quoteIfNeeded returns s as a scalar that every YAML reader decodes to the string s.
func (e encoder) quoteIfNeeded(s string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, needsEscape) {
		return strconv.QuoteToASCII(strings.ToValidUTF8(s, "\uFFFD"))
	}
	if e.plainSafe(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func needsEscape(r rune) bool {
	return r < ' ' || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

func (e encoder) plainSafe(s string) bool {
	if s == "" || s != strings.TrimSpace(s) {
		return false
	}
	if _, ok := DecodeScalar(s).(string); !ok {
		return false
	}
	isDuration := e.forPeople && strings.HasPrefix(s, "0:")
	if startsNumber(s[0]) && !isDuration && strings.Trim(s, ".") != "" && strings.Trim(s, "0123456789-+_.:eETtZz ") == "" {
		return false // a date, time or number to some readers
	}
	switch s {
	case "y", "Y", "n", "N": // booleans to other readers
		return e.forPeople
	case "=", "<<", "-", "?", "...": // syntax to other readers
		return false
	}
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`", s[0]) >= 0 && !strings.HasPrefix(s, "--") ||
		strings.HasPrefix(s, "---") {
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":")
}
