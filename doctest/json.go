package doctest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.starlark.net/lib/json"
	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// decodeJSON reads one JSON value. Objects keep the order of their keys.
func decodeJSON(text string) (starlark.Value, error) {
	v, err := starlark.Call(&starlark.Thread{}, json.Module.Members["decode"], starlark.Tuple{starlark.String(text)}, nil)
	if err != nil {
		return nil, pystar.Errorf("JSONDecodeError", "%s", strings.TrimPrefix(err.Error(), "json.decode: "))
	}
	return v, nil
}

// writeJSON writes a value that came from JSON with sorted keys and an indentation of 4. newline begins each line at
// the present depth.
func writeJSON(b *strings.Builder, v starlark.Value, newline string) {
	inner := newline + "    "
	switch v := v.(type) {
	case *starlark.Dict:
		b.WriteString("{")
		keys := v.Keys()
		slices.SortFunc(keys, func(x, y starlark.Value) int { return strings.Compare(pystar.Str(x), pystar.Str(y)) })
		for i, k := range keys {
			writeComma(b, i)
			b.WriteString(inner)
			writeJSONString(b, pystar.Str(k))
			b.WriteString(": ")
			x, _, _ := v.Get(k)
			writeJSON(b, x, inner)
		}
		if len(keys) > 0 {
			b.WriteString(newline)
		}
		b.WriteString("}")
	case *starlark.List:
		b.WriteString("[")
		for i := range v.Len() {
			writeComma(b, i)
			b.WriteString(inner)
			writeJSON(b, v.Index(i), inner)
		}
		if v.Len() > 0 {
			b.WriteString(newline)
		}
		b.WriteString("]")
	case starlark.String:
		writeJSONString(b, string(v))
	case starlark.Bool:
		b.WriteString(strconv.FormatBool(bool(v)))
	case starlark.NoneType:
		b.WriteString("null")
	default:
		b.WriteString(pystar.Repr(v))
	}
}

func writeComma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(",")
	}
}

var jsonEscapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`,
}

// writeJSONString writes text with all but ASCII escaped.
func writeJSONString(b *strings.Builder, text string) {
	b.WriteByte('"')
	for _, r := range text {
		if esc, ok := jsonEscapes[r]; ok {
			b.WriteString(esc)
		} else if r >= ' ' && r < 0x7f {
			b.WriteRune(r)
		} else if hi, lo := utf16.EncodeRune(r); hi != 0xfffd {
			writeUnit(b, hi)
			writeUnit(b, lo)
		} else {
			writeUnit(b, r)
		}
	}
	b.WriteByte('"')
}

func writeUnit(b *strings.Builder, r rune) {
	hex := strconv.FormatInt(int64(r), 16)
	b.WriteString(`\u` + strings.Repeat("0", max(0, 4-len(hex))) + hex)
}
