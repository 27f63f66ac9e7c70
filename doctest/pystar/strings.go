package pystar

import (
	"fmt"
	"strconv"
	"strings"
)

// literal writes a string token as Starlark source: a literal, or for an f-string a host call.
func literal(t token, src string) (string, error) {
	prefix := strings.ToLower(t.prefix)
	raw := strings.Contains(prefix, "r")
	if strings.Contains(prefix, "f") {
		return fstring(t.body(src), quoting{quote: t.quote, raw: raw})
	}
	q := quoting{quote: t.quote, raw: raw, bytes: strings.Contains(prefix, "b")}
	return q.text(t.body(src)), nil
}

// quoting says how the text of a string was written, so that a part of it can be written the same way.
type quoting struct {
	quote      string
	raw, bytes bool
}

// text writes a literal with the given body, which is source text and not yet unescaped.
func (q quoting) text(body string) string {
	prefix := ""
	if q.raw {
		prefix = "r"
	} else {
		body = fixEscapes(body, q.bytes)
	}
	if q.bytes {
		prefix += "b"
	}
	return prefix + q.quote + body + q.quote
}

// fixEscapes writes escapes that Starlark rejects in a way it accepts: Python keeps the backslash of an unknown escape
// and has \xNN and octal escapes beyond ASCII in text.
func fixEscapes(body string, bytes bool) string {
	if !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	for i := 0; i < len(body); {
		if body[i] != '\\' || i+1 == len(body) {
			b.WriteByte(body[i])
			i++
			continue
		}
		written, size := fixEscape(body[i:], bytes)
		b.WriteString(written)
		i += size
	}
	return b.String()
}

// fixEscape rewrites the escape at the start of s and returns the number of bytes that it takes there.
func fixEscape(s string, bytes bool) (written string, size int) {
	switch c := s[1]; {
	case strings.IndexByte("abfnrtv\\'\"\n", c) >= 0:
		return s[:2], 2
	case (c == 'u' || c == 'U') && !bytes:
		return s[:2], 2
	case c >= '0' && c <= '7':
		size = 2
		for size < 4 && size < len(s) && s[size] >= '0' && s[size] <= '7' {
			size++
		}
		return fixCode(s[:size], 8, 1, bytes), size
	case c == 'x' && len(s) >= 4:
		return fixCode(s[:4], 16, 2, bytes), 4
	}
	return `\` + s[:2], 2
}

// fixCode rewrites a numeric escape whose digits start at from.
func fixCode(escape string, base, from int, bytes bool) string {
	n, err := strconv.ParseUint(escape[from:], base, 32)
	switch {
	case err != nil || n < 128:
		return escape
	case bytes:
		return fmt.Sprintf(`\x%02x`, n&0xff)
	}
	return fmt.Sprintf(`\u%04x`, n)
}
