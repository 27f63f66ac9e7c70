package handbook

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"guild/runs/gfm"
)

// sheet takes the blocks of a page in order. Texts are one line each, with the marks that the sheet has asked for.
type sheet interface {
	heading(level int, text string)
	paragraph(text string)
	code(lines []string)
	item(label, text string)
	definition(term, text string) // a row of a table
	group()                       // a list or a table begins
	indent(by int)                // indents what follows below the last item, or ends that
	marks() marks
}

// marks are how parts of a text are marked. A nil function leaves them as they are.
type marks struct {
	text, code, strong, emphasis func(string) string
	link                         func(text, dest string) string
}

func apply(mark func(string) string, s string) string {
	if mark == nil {
		return s
	}
	return mark(s)
}

// render writes the blocks below n to a sheet.
func render(n ast.Node, source []byte, to sheet) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		block(c, source, to)
	}
}

func block(n ast.Node, source []byte, to sheet) {
	switch n := n.(type) {
	case *ast.Heading:
		to.heading(n.Level, inlines(n, source, to.marks()))
	case *ast.Paragraph, *ast.TextBlock:
		to.paragraph(inlines(n, source, to.marks()))
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		to.code(codeLines(n, source))
	case *ast.List:
		to.group()
		number := n.Start
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			label := "-"
			if n.IsOrdered() {
				label = strconv.Itoa(number) + "."
				number++
			}
			item(c, label, source, to)
		}
	case *extast.Table:
		table(n, source, to)
	case *ast.HTMLBlock, *ast.ThematicBreak: // comments for writers of pages, and what has no text
	default:
		render(n, source, to)
	}
}

func item(n ast.Node, label string, source []byte, to sheet) {
	first := n.FirstChild()
	if first == nil {
		return
	}
	to.item(label, inlines(first, source, to.marks()))
	if first.NextSibling() == nil {
		return
	}
	to.indent(1)
	for c := first.NextSibling(); c != nil; c = c.NextSibling() {
		block(c, source, to)
	}
	to.indent(-1)
}

// table writes each row as a term, which is the first cell, and a definition: the other cells, with their headings if there are several.
func table(t *extast.Table, source []byte, to sheet) {
	to.group()
	var headings []string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, inlines(c, source, to.marks()))
		}
		if row.Kind() == extast.KindTableHeader {
			headings = cells
			continue
		}
		var said []string
		for i, c := range cells[1:] {
			if c == "" {
				continue
			}
			if h := headings[i+1]; h != "" && len(cells) > 2 {
				c = h + ": " + c
			}
			said = append(said, c)
		}
		to.definition(cells[0], strings.Join(said, "; "))
	}
}

func codeLines(n ast.Node, source []byte) []string {
	var lines []string
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		lines = append(lines, strings.TrimRight(string(s.Value(source)), "\n"))
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// inlines returns the text of a block, with marks.
func inlines(n ast.Node, source []byte, m marks) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			raw := c.Segment.Value(source)
			b.WriteString(apply(m.text, gfm.Unescaped(raw)))
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.WriteString(apply(m.text, string(c.Value)))
		case *ast.CodeSpan:
			b.WriteString(apply(m.code, codeSpan(c, source)))
		case *ast.Emphasis:
			mark := m.emphasis
			if c.Level > 1 {
				mark = m.strong
			}
			b.WriteString(apply(mark, inlines(c, source, m)))
		case *ast.Link:
			text := inlines(c, source, m)
			if m.link != nil {
				text = m.link(text, string(c.Destination))
			}
			b.WriteString(text)
		case *ast.AutoLink:
			b.WriteString(apply(m.text, string(c.URL(source))))
		case *ast.RawHTML:
		default:
			b.WriteString(inlines(c, source, m))
		}
	}
	return b.String()
}

// codeSpan returns the code with blanks in place of line breaks.
func codeSpan(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(source))
		case *ast.String:
			b.Write(c.Value)
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}
