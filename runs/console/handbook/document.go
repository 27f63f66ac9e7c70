package handbook

import (
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"guild/runs/gfm"
)

// markdown returns the parser for all pages: CommonMark with tables, and headings with the anchors that code hosts use.
func markdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(gfm.Tables), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
}

// document is a page that has been parsed.
type document struct {
	title  string
	source []byte
	root   ast.Node
}

func parse(data []byte) *document {
	source := []byte(asTyped(withoutFrontMatter(string(data))))
	ctx := parser.NewContext(parser.WithIDs(&anchors{taken: map[string]int{}}))
	d := &document{source: source, root: markdown().Parser().Parse(text.NewReader(source), parser.WithContext(ctx))}
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			d.title = plain(h, source)
			break
		}
	}
	return d
}

// anchors gives headings the ids that code hosts give them, so that one link leads to the same place in the repository and on the site.
type anchors struct{ taken map[string]int }

// Generate returns the id of a heading: its letters, digits, hyphens and underscores, with hyphens for blanks.
func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(string(value)))
	n := a.taken[id]
	a.taken[id]++
	if n > 0 {
		id += "-" + string(rune('0'+n))
	}
	return []byte(id)
}

// Put records an id that a page gives itself.
func (a *anchors) Put(value []byte) { a.taken[string(value)]++ }

// plain returns the text of a node without marks.
func plain(n ast.Node, source []byte) string {
	return inlines(n, source, marks{})
}

// HasAnchor reports whether a Markdown text has a heading with the id anchor.
func HasAnchor(markdown []byte, anchor string) bool {
	for n := parse(markdown).root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			if id, _ := h.AttributeString("id"); string(id.([]byte)) == anchor {
				return true
			}
		}
	}
	return false
}
