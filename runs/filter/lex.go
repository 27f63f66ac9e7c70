package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tokenKind is the kind of a token. The kind of an operator or keyword is its own text.
type tokenKind string

const (
	tokEnd    tokenKind = ""
	tokWord   tokenKind = "word"
	tokNumber tokenKind = "number"
	tokString tokenKind = "string"
)

type token struct {
	kind tokenKind
	pos  int
	text string  // as the user wrote it, but a string without its quotes
	num  float64 // value of a number
}

// SyntaxError says at which position a filter expression is wrong, and why.
type SyntaxError struct {
	Pos    int    // byte offset in the expression, from 0
	Reason string // such as unexpected token '='
	AtEnd  bool   // the expression ends too early
}

func (e *SyntaxError) Error() string {
	if e.AtEnd {
		return "syntax error in filter - unexpected end of expression"
	}
	return fmt.Sprintf("syntax error in filter at position %d: %s", e.Pos, e.Reason)
}

func isKeyword(lower string) bool {
	switch lower {
	case "and", "or", "not", "in", "is", "contains", "true", "false", "undefined":
		return true
	}
	return false
}

// tokens splits an expression into tokens, the last of which is tokEnd.
func tokens(expr string) ([]token, error) {
	var list []token
	for i := 0; i < len(expr); {
		c := expr[i]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case strings.IndexByte("()[],", c) >= 0:
			list = append(list, token{kind: tokenKind(c), pos: i, text: expr[i : i+1]})
		case strings.IndexByte("=!<>", c) >= 0:
			op := expr[i : i+1]
			if i+1 < len(expr) {
				switch two := expr[i : i+2]; two {
				case "!=", "<>", "<=", ">=":
					op = two
				}
			}
			if op == "!" {
				return nil, &SyntaxError{Pos: i, Reason: "unexpected character '!'; write 'not' for the opposite, and != for unequal"}
			}
			list = append(list, token{kind: tokenKind(op), pos: i, text: op})
		case c == '\'' || c == '"':
			text, n := quoted(expr[i:])
			if n == 0 {
				return nil, unexpectedCharacter(expr, i)
			}
			list = append(list, token{kind: tokString, pos: i, text: text})
			i += n
			continue
		default:
			list = append(list, word(expr, i))
		}
		i += len(list[len(list)-1].text)
	}
	return append(list, token{kind: tokEnd, pos: len(expr)}), nil
}

func unexpectedCharacter(expr string, at int) error {
	r, _ := utf8.DecodeRuneInString(expr[at:])
	return &SyntaxError{Pos: at, Reason: fmt.Sprintf("unexpected character '%c'", r)}
}

// quoted reads the quoted string at the start of s. A backslash escapes a quote or a backslash. n is the length of the string
// including its quotes, or 0 if the closing quote is missing.
func quoted(s string) (text string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return b.String(), i + 1
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == s[0] || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", 0
}

// word reads an unquoted name, value or number: all characters up to a blank or an operator.
func word(expr string, at int) token {
	n := strings.IndexAny(expr[at:], " \t\r\n,<>!=()[]")
	if n < 0 {
		n = len(expr) - at
	}
	t := token{kind: tokWord, pos: at, text: expr[at : at+n]}
	if lower := strings.ToLower(t.text); isKeyword(lower) {
		t.kind = tokenKind(lower)
		return t
	}
	if f, ok := parseNumber(t.text); ok {
		t.kind, t.num = tokNumber, f
	}
	return t
}

// parseNumber reads a decimal number. Unlike strconv it rejects hexadecimal numbers, underscores and words such as inf.
func parseNumber(s string) (float64, bool) {
	if strings.Trim(s, "0123456789.eE+-") != "" || strings.IndexAny(s[:1], "eE+") == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}
