package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"guild/runs/console/screen"
)

// widest is the maximum width of a column, in characters.
const widest = 40

// Screen returns the content of a screen of the given size, in characters: lines with escape sequences for their styles.
func (v *View) Screen(width, height int) string {
	v.page = max(1, height-2) // all lines but the headings and the status line
	var lines []string
	switch v.mode {
	case modeText:
		lines = v.text.Lines(width, height-1)
	case modeColumns:
		lines = v.columnLines(width)
	default:
		v.clamp()
		lines = v.tableLines(width)
	}
	return screen.Frame(lines, screen.Reverse.Render(screen.Fit(v.status(), width)), height)
}

// tableLines returns the headings and rows. The id column is fixed; the others scroll so that the one under the cursor is visible.
func (v *View) tableLines(width int) []string {
	columns := v.shown()
	if len(columns) == 0 {
		return nil
	}
	v.left = max(1, min(v.left, v.col))
	for v.end(columns, width) <= v.col {
		v.left++
	}
	visible := slices.Concat(columns[:1], columns[v.left:v.end(columns, width)])
	head, at := "", v.heading()
	for _, c := range visible {
		h := v.table.Header[c]
		style := screen.Bold
		if h == at {
			style = screen.Reverse
		}
		head += style.Render(screen.Fit(h+v.mark(h), v.widths[c])) + "  "
	}
	lines := []string{ansi.Truncate(head, width, "")}
	for i := v.top; i < min(len(v.order), v.top+v.page); i++ {
		var text strings.Builder
		for _, c := range visible {
			text.WriteString(screen.Fit(cellText(v.table.Rows[v.order[i]][c]), v.widths[c]) + "  ")
		}
		line := screen.Cut(text.String(), width)
		if i == v.row {
			line = screen.Reverse.Render(screen.Fit(line, width))
		}
		lines = append(lines, line)
	}
	return lines
}

// end returns the index, in columns, after the last column that fits. The first one after the ids is always shown, if only in part.
func (v *View) end(columns []int, width int) int {
	room := width - v.widths[columns[0]] - 2
	i := v.left
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

func (v *View) columnLines(width int) []string {
	lines := []string{screen.Bold.Render(screen.Cut("Columns: space shows or hides one, a shows all, Enter goes back", width))}
	headings := v.table.Header[min(1, len(v.table.Header)):]
	for i := max(0, v.scroll-v.page+1); i < len(headings); i++ {
		box := "[x] "
		if v.hidden[headings[i]] {
			box = "[ ] "
		}
		line := screen.Cut(box+headings[i], width)
		if i == v.scroll {
			line = screen.Reverse.Render(line)
		}
		lines = append(lines, line)
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
		return v.text.Status()
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
