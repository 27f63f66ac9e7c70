package gfm

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// autoLink parses web and mail addresses without brackets around them.
type autoLink struct{}

// Trigger implements parser.InlineParser. For goldmark the beginning of a line, and what follows another inline node, are blanks too.
func (autoLink) Trigger() []byte { return []byte{' ', '('} }

// Parse implements parser.InlineParser.
func (autoLink) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() {
		return nil
	}
	line, segment := block.PeekLine()
	before := 0
	switch c := line[0]; {
	case c == ' ' || c == '\t' || c == '(':
		before = 1
	case !mayPrecede(parent, block):
		return nil
	}
	line = line[before:]
	kind, n := ast.AutoLinkURL, webAddress(line)
	if n == 0 {
		kind, n = ast.AutoLinkEmail, mailAddress(line)
	}
	if n == 0 {
		return nil
	}
	start := segment.Start + before
	if before > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(start))
	}
	block.Advance(before + n)
	link := ast.NewAutoLink(kind, ast.NewTextSegment(text.NewSegment(start, start+n)))
	if kind == ast.AutoLinkURL && bytes.HasPrefix(line, []byte(www)) {
		link.Protocol = []byte("http")
	}
	return link
}

// mayPrecede reports whether an address can begin at the position of the reader, by the character before it.
func mayPrecede(parent ast.Node, block text.Reader) bool {
	l, position := block.Position()
	if position.Start == parent.Lines().At(l).Start {
		return true
	}
	c := block.PrecendingCharacter()
	return unicode.IsSpace(c) || strings.ContainsRune("*_~(", c)
}

const www = "www." // begins an address without a scheme

// Addresses with longer parts are no links. Without these limits, a text like "a_a_a_a", in which an address could begin at each letter,
// would be read to its end from each of them.
const (
	maxDomain = 253 // bytes: as in DNS
	maxLocal  = 64  // bytes: the part of a mail address before the @, as in SMTP
)

// webAddress returns the length in bytes of the web address that s begins with, or 0 if it begins with none.
func webAddress(s []byte) int {
	for _, prefix := range []string{"http://", "https://", www} {
		if !bytes.HasPrefix(s, []byte(prefix)) {
			continue
		}
		n := domain(s[len(prefix):])
		if n == 0 {
			return 0
		}
		end := len(prefix) + n
		if i := bytes.IndexAny(s[end:], " \t\n\v\f\r<"); i >= 0 {
			s = s[:end+i]
		}
		return withoutEnd(s)
	}
	return 0
}

// mailAddress returns the length in bytes of the mail address that s begins with, or 0 if it begins with none.
func mailAddress(s []byte) int {
	n := span(s, maxLocal, ".-_+")
	if n == 0 || n == len(s) || s[n] != '@' {
		return 0
	}
	host := domain(s[n+1:])
	end := n + 1 + host
	if host == 0 || s[end-1] == '-' || end < len(s) && s[end] == '_' {
		return 0
	}
	return end
}

// domain returns the length in bytes of the domain that s begins with, or 0 if it is not valid: a domain has two parts or more, none of
// them empty, and no underscore in the last two.
func domain(s []byte) int {
	name := bytes.TrimRight(s[:span(s, maxDomain, ".-_")], "._") // without what ends a sentence or an emphasis
	parts := bytes.Split(name, []byte("."))
	if len(parts) < 2 || bytes.ContainsRune(bytes.Join(parts[len(parts)-2:], nil), '_') {
		return 0
	}
	for _, part := range parts {
		if len(part) == 0 {
			return 0
		}
	}
	return len(name)
}

// span returns the length in bytes of the letters, digits and characters of others that s begins with, or 0 if it is above most.
func span(s []byte, most int, others string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRune(s[n:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(others, r) {
			break
		}
		n += size
		if n > most {
			return 0
		}
	}
	return n
}

// withoutEnd returns the length in bytes of a web address without what belongs to the text around it: punctuation, parentheses that are
// opened before it, and character references.
func withoutEnd(s []byte) int {
	surplus := bytes.Count(s, []byte(")")) - bytes.Count(s, []byte("("))
	for len(s) > 0 {
		end := len(s) - 1
		switch c := s[end]; {
		case c == ')' && surplus > 0:
			surplus--
		case c == ';':
			end = bytes.LastIndexByte(s, '&')
			if name := s[end+1:]; end < 0 || len(name) < 2 || span(name, len(name), "") != len(name)-1 {
				return len(s)
			}
		case !strings.ContainsRune(`?!.,:*_~"'`, rune(c)):
			return len(s)
		}
		s = s[:end]
	}
	return 0
}
