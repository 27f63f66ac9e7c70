package pystar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// typeNames maps the interpreter's names of types to Python's, where they differ.
var typeNames = map[string]string{"string": "str"}

// TypeName returns the name of the value's type in Python.
func TypeName(v starlark.Value) string {
	if name, ok := typeNames[v.Type()]; ok {
		return name
	}
	return v.Type()
}

// Str returns Python's str(v).
func Str(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case exception:
		return v.err.Msg
	}
	return Repr(v)
}

// Repr returns Python's repr(v). Host values show their String.
func Repr(v starlark.Value) string {
	var b strings.Builder
	writeRepr(&b, v, nil)
	return b.String()
}

// writeRepr writes the repr of v. open are the containers around it, so that one which holds itself ends.
func writeRepr(b *strings.Builder, v starlark.Value, open []starlark.Value) {
	for _, o := range open {
		if o == v {
			b.WriteString("...")
			return
		}
	}
	switch v := v.(type) {
	case starlark.String:
		b.WriteString(quote(string(v)))
	case starlark.Bytes:
		b.WriteString(quoteBytes(string(v)))
	case starlark.Float:
		b.WriteString(floatRepr(float64(v)))
	case *starlark.List:
		writeItems(b, "[", "]", v, append(open, v))
	case starlark.Tuple:
		closing := ")"
		if len(v) == 1 {
			closing = ",)"
		}
		writeItems(b, "(", closing, v, open)
	case *starlark.Set:
		if v.Len() == 0 {
			b.WriteString("set()")
			return
		}
		writeItems(b, "{", "}", v, append(open, v))
	case *starlark.Dict:
		writeDict(b, v, append(open, v))
	case *starlark.Function:
		fmt.Fprintf(b, "<function %s at %p>", v.Name(), v)
	case *starlark.Builtin:
		fmt.Fprintf(b, "<built-in function %s>", v.Name())
	case exception:
		b.WriteString(v.repr())
	default:
		b.WriteString(v.String())
	}
}

func writeItems(b *strings.Builder, opening, closing string, v starlark.Iterable, open []starlark.Value) {
	b.WriteString(opening)
	for i, item := range items(v) {
		if i > 0 {
			b.WriteString(", ")
		}
		writeRepr(b, item, open)
	}
	b.WriteString(closing)
}

func writeDict(b *strings.Builder, v *starlark.Dict, open []starlark.Value) {
	b.WriteString("{")
	for i, kv := range v.Items() {
		if i > 0 {
			b.WriteString(", ")
		}
		writeRepr(b, kv[0], open)
		b.WriteString(": ")
		writeRepr(b, kv[1], open)
	}
	b.WriteString("}")
}

func items(v starlark.Iterable) []starlark.Value {
	var out []starlark.Value
	iter := v.Iterate()
	defer iter.Done()
	for x := starlark.Value(nil); iter.Next(&x); {
		out = append(out, x)
	}
	return out
}

// quoteChar returns the quote that needs no escape, a single one if possible.
func quoteChar(s string) rune {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

var shortEscapes = map[rune]string{'\n': `\n`, '\t': `\t`, '\r': `\r`, '\\': `\\`}

func quote(s string) string {
	q := quoteChar(s)
	var b strings.Builder
	b.WriteRune(q)
	for i, r := range s {
		short, isShort := shortEscapes[r]
		switch {
		case isShort:
			b.WriteString(short)
		case r == q:
			b.WriteString(`\` + string(r))
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\udc%02x`, s[i]) // a byte that is no text, as Python's surrogateescape shows it
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(escapeRune(r))
		}
	}
	b.WriteRune(q)
	return b.String()
}

// escapeRune returns the escape of a character that is not shown as itself.
func escapeRune(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

func quoteBytes(s string) string {
	q := quoteChar(s)
	var b strings.Builder
	b.WriteString("b" + string(q))
	for i := range len(s) {
		c := rune(s[i])
		short, isShort := shortEscapes[c]
		switch {
		case isShort:
			b.WriteString(short)
		case c == q:
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteRune(q)
	return b.String()
}

// ascii returns Python's ascii(v): the repr with non-ASCII characters escaped.
func ascii(v starlark.Value) string { return EscapeNonASCII(Repr(v)) }

// EscapeNonASCII replaces each character beyond ASCII by its Python escape.
func EscapeNonASCII(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r > unicode.MaxASCII {
			b.WriteString(escapeRune(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// floatRepr returns the shortest text that reads back as f, with an exponent from 1e16 on and below 1e-4.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f != 0 && (math.Abs(f) >= 1e16 || math.Abs(f) < 1e-4):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
