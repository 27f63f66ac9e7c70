// Package gfm adds what GitHub Flavored Markdown has beyond CommonMark to goldmark: tables, strikethrough, task lists, and links for bare
// web addresses, as https://github.github.com/gfm/ specifies them. The nodes are those of goldmark/extension/ast. The package
// goldmark/extension does the same, but compiles regular expressions whenever a program starts, whether or not it reads any Markdown.
package gfm

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Tables adds tables, and shows them as HTML.
var Tables goldmark.Extender = extender(tables)

// All adds tables, strikethrough, task lists and links for bare web addresses. Only tables can be shown as HTML.
var All goldmark.Extender = extender(all)

// Unescaped returns the text that Markdown writes with backslashes before punctuation and with character references.
func Unescaped(s []byte) string {
	return string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(s))))
}

type extender func(goldmark.Markdown)

// Extend implements goldmark.Extender.
func (e extender) Extend(m goldmark.Markdown) { e(m) }

func tables(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithParagraphTransformers(util.Prioritized(tableParser{}, 200)), // after definitions of links
		parser.WithASTTransformers(util.Prioritized(pipesInCode{}, 0)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(tableHTML{}, 500)))
}

func all(m goldmark.Markdown) {
	tables(m)
	m.Parser().AddOptions(parser.WithInlineParsers(
		util.Prioritized(checkBox{}, 0), // before links, which begin with the same character
		util.Prioritized(strikethrough{}, 500),
		util.Prioritized(autoLink{}, 1000), // after delimiters, so that they are delimiters before an address too
	))
}
