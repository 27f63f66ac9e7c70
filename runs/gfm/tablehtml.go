package gfm

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// tableHTML shows tables as HTML.
type tableHTML struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (tableHTML) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(extast.KindTable, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		end := "</table>\n"
		if n.ChildCount() > 1 {
			end = "</tbody>\n</table>\n"
		}
		return write(w, entering, "<table>\n", end)
	})
	r.Register(extast.KindTableHeader, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		end := "</tr>\n</thead>\n"
		if n.NextSibling() != nil {
			end += "<tbody>\n"
		}
		return write(w, entering, "<thead>\n<tr>\n", end)
	})
	r.Register(extast.KindTableRow, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		return write(w, entering, "<tr>\n", "</tr>\n")
	})
	r.Register(extast.KindTableCell, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		tag, style := "td", ""
		if n.Parent().Kind() == extast.KindTableHeader {
			tag = "th"
		}
		if a := n.(*extast.TableCell).Alignment; a != extast.AlignNone {
			style = ` style="text-align:` + a.String() + `"`
		}
		return write(w, entering, "<"+tag+style+">", "</"+tag+">\n")
	})
}

func write(w util.BufWriter, entering bool, begin, end string) (ast.WalkStatus, error) {
	s := end
	if entering {
		s = begin
	}
	_, err := w.WriteString(s)
	return ast.WalkContinue, err
}
