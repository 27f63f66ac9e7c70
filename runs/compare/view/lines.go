package view

import (
	"fmt"
	"slices"
	"strings"

	"guild/runs/console/screen"
)

// widest is the maximum width of a column, in characters.
const widest = 40

// Lines returns the content of a screen of the given size, in characters.
func (v *View) Lines(width, height int) []screen.Line {
	v.page = max(1, height-2) // all lines but the headings and the status line
	var lines []screen.Line
	switch v.mode {
	case modeText:
		v.page = max(1, height-1)
		for _, text := range v.text[v.scroll:min(len(v.text), v.scroll+v.page)] {
			lines = append(lines, screen.Line{{Text: cut(text, width)}})
		}
	case modeColumns:
		lines = v.columnLines(width)
	default:
		v.clamp()
		lines = v.tableLines(width)
	}
	for len(lines) < height-1 {
		lines = append(lines, screen.Line{})
	}
	return append(lines[:height-1], screen.Line{{Text: pad(cut(v.status(), width), width), Style: screen.Reverse}})
}

// tableLines returns the headings and rows. The id column is fixed; the others scroll so that the one under the cursor is visible.
func (v *View) tableLines(width int) []screen.Line {
	columns := v.shown()
	v.left = max(1, min(v.left, v.col))
	for v.col > 0 && v.left < v.col && v.end(columns, width) <= v.col {
		v.left++
	}
	if v.col == 0 {
		v.left = 1
	}
	visible := slices.Concat(columns[:min(1, len(columns))], columns[min(v.left, len(columns)):v.end(columns, width)])
	head := make(screen.Line, 0, 2*len(visible))
	at := v.heading()
	for _, c := range visible {
		h := v.table.Header[c]
		style := screen.Bold
		if h == at {
			style = screen.Reverse
		}
		head = append(head, screen.Span{Text: pad(cut(h+v.mark(h), v.widths[c]), v.widths[c]), Style: style}, screen.Span{Text: "  "})
	}
	lines := []screen.Line{head}
	for i := v.top; i < min(len(v.order), v.top+v.page); i++ {
		var text strings.Builder
		for _, c := range visible {
			text.WriteString(pad(cut(cellText(v.table.Rows[v.order[i]][c]), v.widths[c]), v.widths[c]) + "  ")
		}
		line := screen.Span{Text: cut(text.String(), width)}
		if i == v.row {
			line = screen.Span{Text: pad(line.Text, width), Style: screen.Reverse}
		}
		lines = append(lines, screen.Line{line})
	}
	return lines
}

// end returns the index, in columns, after the last column that fits.
func (v *View) end(columns []int, width int) int {
	if len(columns) == 0 {
		return 0
	}
	room := width - v.widths[columns[0]] - 2
	i := min(v.left, len(columns))
	for ; i < len(columns); i++ {
		if room -= v.widths[columns[i]]; room < 0 && i > v.left {
			break
		}
		room -= 2
	}
	return i
}

// mark returns the arrow of the column by which the rows are sorted, or nothing.
func (v *View) mark(heading string) string {
	switch {
	case heading != v.sortBy:
		return ""
	case v.highest:
		return " ↓"
	}
	return " ↑"
}

func (v *View) columnLines(width int) []screen.Line {
	lines := []screen.Line{{{Text: cut("Columns: space shows or hides one, a shows all, Enter goes back", width), Style: screen.Bold}}}
	headings := v.table.Header[min(1, len(v.table.Header)):]
	for i := max(0, v.scroll-v.page+1); i < len(headings); i++ {
		box := "[x] "
		if v.hidden[headings[i]] {
			box = "[ ] "
		}
		span := screen.Span{Text: cut(box+headings[i], width)}
		if i == v.scroll {
			span.Style = screen.Reverse
		}
		lines = append(lines, screen.Line{span})
	}
	return lines
}

// status returns the status line.
func (v *View) status() string {
	switch {
	case v.mode == modeSearch:
		return "/" + v.typed
	case v.mode == modeExpr:
		return "filter: " + v.typed
	case v.message != "":
		return v.message
	case v.mode == modeText:
		return fmt.Sprintf("line %d of %d   q back", min(v.scroll+1, len(v.text)), len(v.text))
	}
	parts := []string{fmt.Sprintf("%d of %d runs", len(v.order), len(v.table.Rows))}
	if v.search != "" {
		parts = append(parts, "with "+v.search)
	}
	if v.Expr != "" {
		parts = append(parts, "where "+v.Expr)
	}
	if v.sortBy != "" {
		parts = append(parts, "by "+v.sortBy+v.mark(v.sortBy))
	}
	if !v.Live {
		parts = append(parts, "not updated")
	}
	return strings.Join(append(parts, "? keys  q quit"), "   ")
}

func cut(text string, width int) string {
	if len(text) <= width {
		return text
	}
	if r := []rune(text); len(r) > width {
		return string(r[:max(0, width)])
	}
	return text
}

func pad(text string, width int) string {
	if n := len([]rune(text)); n < width {
		return text + strings.Repeat(" ", width-n)
	}
	return text
}
