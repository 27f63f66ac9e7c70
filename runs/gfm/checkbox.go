package gfm

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// checkBox parses [ ] and [x], with blanks after it, at the beginning of a list item.
type checkBox struct{}

// Trigger implements parser.InlineParser.
func (checkBox) Trigger() []byte { return []byte{'['} }

// Parse implements parser.InlineParser.
func (checkBox) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	first := !parent.HasChildren() && parent.PreviousSibling() == nil && parent.Parent().Kind() == ast.KindListItem
	if !first || parent.Kind() == ast.KindHeading {
		return nil
	}
	line, _ := block.PeekLine()
	if len(line) < 4 || line[2] != ']' || !util.IsSpace(line[3]) {
		return nil
	}
	checked := line[1] == 'x' || line[1] == 'X'
	if !checked && !util.IsSpace(line[1]) {
		return nil
	}
	block.Advance(3)
	block.SkipSpaces()
	return extast.NewTaskCheckBox(checked)
}
