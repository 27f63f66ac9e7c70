package pystar

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	kindName kind = iota
	kindNumber
	kindString
	kindOp      // one or more punctuation characters
	kindNewline // the end of a logical line
)

// token is a span of the source. Comments, blanks and line ends inside brackets are not tokens.
type token struct {
	kind       kind
	start, end int
	depth      int    // number of brackets open before the token
	prefix     string // of a string, as written
	quote      string // of a string: one or three quote characters
}

func (t token) text(src string) string { return src[t.start:t.end] }

// body returns the text between the quotes of a string token.
func (t token) body(src string) string {
	return src[t.start+len(t.prefix)+len(t.quote) : t.end-len(t.quote)]
}

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isNamePart(r rune) bool  { return isNameStart(r) || unicode.IsDigit(r) }

type lexer struct {
	src   string
	pos   int
	depth int
	toks  []token
}

// lex splits Python source into tokens. The only error it knows is a string that does not end.
func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	for l.pos < len(src) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	return l.toks, nil
}

func (l *lexer) add(k kind, end int) {
	l.toks = append(l.toks, token{kind: k, start: l.pos, end: end, depth: l.depth})
	l.pos = end
}

func (l *lexer) next() error {
	c, size := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case c == '\n':
		if l.depth == 0 {
			l.add(kindNewline, l.pos+1)
		} else {
			l.pos++
		}
	case c == '#':
		if i := strings.IndexByte(l.src[l.pos:], '\n'); i >= 0 {
			l.pos += i
		} else {
			l.pos = len(l.src)
		}
	case c == '\\' && strings.HasPrefix(l.src[l.pos:], "\\\n"):
		l.pos += 2
	case unicode.IsSpace(c):
		l.pos += size
	case c == '"' || c == '\'':
		return l.str("")
	case isNameStart(c):
		end := l.pos + span(l.src[l.pos:], isNamePart)
		word := l.src[l.pos:end]
		if end < len(l.src) && (l.src[end] == '"' || l.src[end] == '\'') && isStringPrefix(word) {
			return l.str(word)
		}
		l.add(kindName, end)
	case unicode.IsDigit(c) || c == '.' && l.pos+1 < len(l.src) && unicode.IsDigit(rune(l.src[l.pos+1])):
		l.add(kindNumber, l.number())
	default:
		l.op(size)
	}
	return nil
}

func span(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// number returns the end of the number at the position. A sign belongs to it only after an exponent.
func (l *lexer) number() int {
	end := l.pos
	for end < len(l.src) {
		c, size := utf8.DecodeRuneInString(l.src[end:])
		sign := (c == '+' || c == '-') && end > l.pos && strings.ContainsRune("eE", rune(l.src[end-1])) &&
			!strings.HasPrefix(strings.ToLower(l.src[l.pos:]), "0x")
		if c != '.' && !isNamePart(c) && !sign {
			break
		}
		end += size
	}
	return end
}

func (l *lexer) op(size int) {
	switch l.src[l.pos] {
	case '(', '[', '{':
		l.add(kindOp, l.pos+1)
		l.depth++
		return
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
		l.add(kindOp, l.pos+1)
		return
	}
	for _, two := range []string{"==", "!=", "<=", ">=", ":=", "->"} {
		if strings.HasPrefix(l.src[l.pos:], two) {
			l.add(kindOp, l.pos+2)
			return
		}
	}
	l.add(kindOp, l.pos+size)
}

func isStringPrefix(word string) bool {
	switch strings.ToLower(word) {
	case "r", "b", "u", "f", "rb", "br", "rf", "fr":
		return true
	}
	return false
}

// str adds the string token at the position, whose prefix has been recognised.
func (l *lexer) str(prefix string) error {
	end, quote, ok := stringEnd(l.src, l.pos+len(prefix))
	if !ok {
		return fmt.Errorf("unterminated string literal (detected at line %d)", 1+strings.Count(l.src[:l.pos], "\n"))
	}
	l.add(kindString, end)
	t := &l.toks[len(l.toks)-1]
	t.prefix, t.quote = prefix, quote
	return nil
}

// stringEnd returns the end of the string whose quote is at pos, and that quote.
func stringEnd(src string, pos int) (end int, quote string, ok bool) {
	quote = src[pos : pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(src[pos:], triple) {
		quote = triple
	}
	for i := pos + len(quote); i < len(src); {
		switch {
		case src[i] == '\\' && i+1 < len(src):
			i += 2
		case src[i] == '\n' && len(quote) == 1:
			return 0, "", false
		case strings.HasPrefix(src[i:], quote):
			return i + len(quote), quote, true
		default:
			i++
		}
	}
	return 0, "", false
}
