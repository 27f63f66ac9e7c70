package flagvalue

import (
	"strconv"
	"strings"

	"guild/runs/pyyaml"
)

// Decode reads a value as users type it: a YAML scalar, a quoted string, a list, a map, a set (!!set {1, 2}), a repeated list ([1,2]*3) or
// a sequence (range[1:5], linspace[0:1:5], logspace[-4:-1:4]). Any other text is a string. The error is that the arguments of a sequence
// are wrong.
func Decode(s string) (any, error) {
	return decodeWith(s, DecodeScalar)
}

// DecodeText is Decode for a program that gets the text that was typed. A scalar is only a number if writing the number gives the same
// text, so that 2.50, 007, 1e3 and yes stay texts.
func DecodeText(s string) (any, error) { return decodeWith(s, decodeAsTyped) }

// scalar decodes an unquoted scalar. s is the text that was typed, trimmed the same without spaces around it.
type scalar func(s, trimmed string) any

func decodeWith(s string, plain scalar) (any, error) {
	t := strings.TrimSpace(s)
	if t == "" {
		return s, nil
	}
	switch t[0] {
	case '[':
		if _, _, ok := splitFunction(t); ok {
			return t, nil // [LOW:HIGH] is a search space, which YAML would take for a list of a base 60 number
		}
		if list, ok := repeatedList(t, plain); ok {
			return list, nil
		}
		fallthrough
	case '{', '\'', '"', '!':
		if v, ok := decodeWhole(t, plain); ok {
			return v, nil
		}
		return s, nil
	}
	if name, args, ok := splitFunction(t); ok {
		return sequence(t, name, args)
	}
	return plain(s, t), nil
}

// decodeAsTyped is DecodeScalar, except that a scalar stays a text if the value would be written otherwise.
func decodeAsTyped(s, trimmed string) any {
	v := DecodeScalar(s, trimmed)
	if v != nil && (PlainText(v) != s || Flow(v) != s) {
		return s
	}
	return v
}

// DecodeScalar decodes a scalar as YAML does, with three exceptions: 1_2 and 1:2 are strings, and a number with leading zeros is
// decimal. s is the text that was typed, trimmed the same without spaces around it.
func DecodeScalar(s, trimmed string) any {
	if isDigits(trimmed) {
		if n, err := strconv.Atoi(trimmed); err == nil {
			return n
		}
	}
	switch v := pyyaml.DecodeScalar(trimmed).(type) {
	case string:
		return s
	case int, float64:
		if strings.ContainsAny(trimmed, "_:") {
			return s
		}
		return v
	default:
		return v
	}
}

func isDigits(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// DecodeTyped is Decode for a flag of a known type. A text that cannot be a value of the type is decoded like one without a type, so
// that Coerce reports it.
func DecodeTyped(s, typ string) (any, error) {
	t := strings.TrimSpace(s)
	switch typ {
	case TypeString, TypePath, TypeExistingPath:
		if t == "" || strings.IndexByte("'\"[", t[0]) < 0 {
			if _, _, ok := splitFunction(t); !ok && t != "null" {
				return s, nil
			}
		}
		return DecodeText(s)
	case TypeFloat, TypeNumber:
		if f, err := strconv.ParseFloat(t, 64); err == nil && !strings.Contains(t, "_") {
			if typ == TypeNumber && isDigits(t) {
				break
			}
			return f, nil
		}
	}
	return Decode(s)
}

// decodeWhole decodes a quoted text, a list or a map. It decodes the text as the only item of a list, since a YAML parser would ignore
// what follows a value: it reads 'a' b as a.
func decodeWhole(s string, plain scalar) (any, bool) {
	v, err := pyyaml.DecodeWith([]byte("["+s+"]"), func(text string) any { return plain(text, text) })
	list, _ := v.([]any)
	if err != nil || len(list) != 1 {
		return nil, false
	}
	switch list[0].(type) {
	case []any:
		return list[0], s[0] == '['
	case map[string]any:
		return list[0], s[0] == '{'
	case pyyaml.Set:
		return list[0], s[0] == '!'
	case string:
		return list[0], s[0] == '\'' || s[0] == '"'
	}
	return nil, false
}

// repeatedList reads LIST * N.
func repeatedList(s string, plain scalar) ([]any, bool) {
	i := strings.LastIndexByte(s, '*')
	if i < 0 {
		return nil, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(s[i+1:]))
	head := strings.TrimSpace(s[:i])
	if err != nil || n < 0 || n > maxSequence || !strings.HasSuffix(head, "]") {
		return nil, false
	}
	v, _ := decodeWhole(head, plain)
	list, ok := v.([]any)
	if !ok || len(list)*n > maxSequence {
		return nil, false
	}
	out := make([]any, 0, len(list)*n)
	for range n {
		out = append(out, list...)
	}
	return out, true
}
