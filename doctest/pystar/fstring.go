package pystar

import (
	"errors"
	"fmt"
	"strings"
)

var errFString = errors.New("f-string: expecting '}'")

// fstring writes the body of an f-string as a call of the host: literal parts are strings, replacement fields are
// tuples of value, conversion and format spec.
func fstring(body string, q quoting) (string, error) {
	var args []string
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			args = append(args, q.text(text.String()))
			text.Reset()
		}
	}
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case (c == '{' || c == '}') && i+1 < len(body) && body[i+1] == c:
			text.WriteByte(c)
			i += 2
		case c == '}':
			return "", errors.New("f-string: single '}' is not allowed")
		case c == '{':
			f, size, err := parseField(body[i:])
			if err != nil {
				return "", err
			}
			text.WriteString(f.echo)
			flush()
			arg, err := f.tuple(q)
			if err != nil {
				return "", err
			}
			args = append(args, arg)
			i += size
		default:
			text.WriteByte(c)
			i++
		}
	}
	flush()
	return fmt.Sprintf("%s(%s)", hostFString, strings.Join(args, ", ")), nil
}

// field is one {EXPR!c:SPEC} of an f-string.
type field struct {
	expr, conversion, spec string
	hasSpec                bool
	echo                   string // text that {EXPR=} shows in front of the value
}

// parseField reads the replacement field at the start of s, which begins with a brace.
func parseField(s string) (f field, size int, err error) {
	end, err := exprEnd(s, 1)
	if err != nil {
		return f, 0, err
	}
	f.expr = s[1:end]
	if s[end] == '=' {
		next := end + 1 + span(s[end+1:], func(r rune) bool { return r == ' ' })
		f.echo = s[1:next]
		end = next
	}
	if strings.TrimSpace(f.expr) == "" {
		return f, 0, errors.New("f-string: empty expression not allowed")
	}
	if end < len(s) && s[end] == '!' {
		if end+1 >= len(s) || !strings.ContainsRune("rsa", rune(s[end+1])) {
			return f, 0, errors.New("f-string: invalid conversion character: expected 's', 'r', or 'a'")
		}
		f.conversion = s[end+1 : end+2]
		end += 2
	}
	if end < len(s) && s[end] == ':' {
		start := end + 1
		if end = specEnd(s, start); end < 0 {
			return f, 0, errFString
		}
		f.spec, f.hasSpec = s[start:end], true
	}
	if f.echo != "" && f.conversion == "" && !f.hasSpec {
		f.conversion = "r"
	}
	if end >= len(s) || s[end] != '}' {
		return f, 0, errFString
	}
	return f, end + 1, nil
}

// tuple writes the field as an argument of the host call.
func (f field) tuple(q quoting) (string, error) {
	expr, err := rewriteTokens(f.expr, nil)
	if err != nil {
		return "", fmt.Errorf("f-string: %w", err)
	}
	spec := `""`
	if f.hasSpec {
		if spec, err = fstring(f.spec, q); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("((%s), %q, %s)", expr, f.conversion, spec), nil
}

// exprEnd returns the position of the character that ends an expression in a replacement field: } ! : or the = that
// asks for an echo of the expression.
func exprEnd(s string, pos int) (int, error) {
	depth := 0
	for i := pos; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\'':
			end, _, ok := stringEnd(s, i)
			if !ok {
				return 0, errors.New("f-string: unterminated string")
			}
			i = end - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				if c == '}' {
					return i, nil
				}
				return 0, fmt.Errorf("f-string: unmatched '%c'", c)
			}
			depth--
		case '!', '=', '<', '>':
			if i+1 < len(s) && s[i+1] == '=' {
				i++ // a comparison
			} else if depth == 0 && (c == '!' || c == '=' && endsField(s[i+1:])) {
				return i, nil
			}
		case ':':
			if depth == 0 {
				return i, nil
			}
		}
	}
	return 0, errFString
}

func endsField(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest != "" && strings.ContainsRune("}!:", rune(rest[0]))
}

// specEnd returns the position of the brace that ends a format spec, or -1. A spec can hold fields itself.
func specEnd(s string, pos int) int {
	depth := 0
	for i := pos; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}
