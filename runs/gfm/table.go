package gfm

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxMissing limits the cells that are missing in the rows of all tables in a document, and are added as empty ones. Without a limit, a
// header of n columns and n rows of one character each would take the memory of n² cells. A table beyond the limit remains a paragraph.
const maxMissing = 100_000

// missingKey is the key of an int in the context of a document: how many cells are missing in its tables so far.
var missingKey = parser.NewContextKey()

// tableParser turns the end of a paragraph into a table if it has a delimiter row.
type tableParser struct{}

// Transform implements parser.ParagraphTransformer.
func (tableParser) Transform(p *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, source := p.Lines(), reader.Source()
	for i := 1; i < lines.Len(); i++ {
		columns := delimiterRow(source, lines.At(i))
		if columns == nil {
			continue
		}
		header := splitRow(source, lines.At(i-1))
		if len(header) != len(columns) {
			continue
		}
		rows := make([][]text.Segment, 0, lines.Len()-i-1)
		missing, _ := pc.Get(missingKey).(int)
		for _, line := range lines.Sliced(i+1, lines.Len()) {
			cells := splitRow(source, line)
			rows = append(rows, cells)
			missing += max(0, len(columns)-len(cells))
		}
		if missing <= maxMissing {
			pc.Set(missingKey, missing)
			replaceLines(p, i-1, newTable(columns, header, rows))
		}
		return
	}
}

// alignments are those of a column by whether its delimiter has a colon on the left and on the right.
var alignments = map[[2]bool]extast.Alignment{
	{false, false}: extast.AlignNone, {true, false}: extast.AlignLeft, {false, true}: extast.AlignRight, {true, true}: extast.AlignCenter,
}

// delimiterRow returns the alignments that a delimiter row gives to columns, or nil if the line is none.
func delimiterRow(source []byte, line text.Segment) []extast.Alignment {
	row := line.Value(source)
	if indent, _ := util.IndentWidth(row, 0); indent > 3 || !bytes.ContainsAny(row, "|:") {
		return nil
	}
	var columns []extast.Alignment
	for _, cell := range splitRow(source, line) {
		c := cell.Value(source)
		hyphens, left := bytes.CutPrefix(c, []byte(":"))
		hyphens, right := bytes.CutSuffix(hyphens, []byte(":"))
		if len(hyphens) == 0 || len(bytes.Trim(hyphens, "-")) > 0 {
			return nil
		}
		columns = append(columns, alignments[[2]bool{left, right}])
	}
	return columns
}

// splitRow returns the cells of a row without the blanks around them. Pipes after a backslash do not separate cells.
func splitRow(source []byte, line text.Segment) []text.Segment {
	line = trim(line, source)
	start := line.Start
	if start < line.Stop && source[start] == '|' {
		start++
	}
	var cells []text.Segment
	for i := start; i < line.Stop; i++ { // a pipe in front is skipped already: every other one has a character before it
		if source[i] == '|' && source[i-1] != '\\' {
			cells = append(cells, trim(text.NewSegment(start, i), source))
			start = i + 1
		}
	}
	if start < line.Stop {
		cells = append(cells, trim(text.NewSegment(start, line.Stop), source))
	}
	return cells
}

func trim(s text.Segment, source []byte) text.Segment {
	s = s.TrimRightSpace(source)
	return s.TrimLeftSpace(source)
}

func newTable(columns []extast.Alignment, header []text.Segment, rows [][]text.Segment) *extast.Table {
	t := extast.NewTable()
	t.Alignments = columns
	add := func(row ast.Node, cells []text.Segment) {
		for i, a := range columns {
			cell := extast.NewTableCell()
			cell.Alignment = a
			if i < len(cells) && !cells[i].IsEmpty() {
				cell.Lines().Append(cells[i])
			}
			row.AppendChild(row, cell)
		}
		t.AppendChild(t, row)
	}
	add(&extast.TableHeader{Alignments: columns}, header)
	for _, cells := range rows {
		add(extast.NewTableRow(columns), cells)
	}
	return t
}

// replaceLines puts n in place of the lines of a paragraph from the line first on.
func replaceLines(p *ast.Paragraph, first int, n ast.Node) {
	parent := p.Parent()
	parent.InsertAfter(parent, p, n)
	if first > 0 {
		p.Lines().SetSliced(0, first)
		return
	}
	n.SetBlankPreviousLines(p.HasBlankPreviousLines())
	parent.RemoveChild(parent, p)
}

// pipesInCode drops the backslashes before pipes from code spans in tables. In other code backslashes stand for themselves.
type pipesInCode struct{}

// Transform implements parser.ASTTransformer.
func (pipesInCode) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	inTable := false
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		switch {
		case n.Kind() == extast.KindTable:
			inTable = entering
		case n.Kind() == ast.KindCodeSpan && inTable && entering:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				cutAtPipe(n, c.(*ast.Text), reader.Source())
			}
		}
		return ast.WalkContinue, nil
	})
}

// cutAtPipe splits a text in a code span around the backslash before its first escaped pipe.
func cutAtPipe(span ast.Node, t *ast.Text, source []byte) {
	i := bytes.Index(t.Segment.Value(source), []byte(`\|`))
	if i < 0 {
		return
	}
	rest := ast.NewRawTextSegment(t.Segment.WithStart(t.Segment.Start + i + 1))
	t.Segment = t.Segment.WithStop(t.Segment.Start + i)
	span.InsertAfter(span, t, rest)
}
