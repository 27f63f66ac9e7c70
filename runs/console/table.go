package console

import (
	"fmt"
	"slices"
	"strings"
)

// Look is the layout of a table on a terminal. It has no effect elsewhere, since programs read the lines.
type Look struct {
	// Flexible are the columns whose cells are cut in the middle, so that each row fits on one line.
	Flexible []int
	// Wraps leaves rows that are still too long to the terminal, which wraps them. Otherwise their ends are cut off.
	Wraps bool
	// Color returns the colour of the first word of a cell; nil: there are no colours.
	Color func(column int, word string) Color
}

// Table writes rows with aligned columns, two spaces apart, without trailing blanks. Each row is one line; see Line for what is escaped.
func (c *Console) Table(rows [][]string) { c.Listing(rows, Look{}) }

// Listing writes a table that has a look.
func (c *Console) Listing(rows [][]string, look Look) {
	var all strings.Builder
	for _, line := range c.tableLines(rows, look) {
		all.WriteString(line)
		all.WriteByte('\n')
	}
	fmt.Fprint(c.Out, all.String())
}

// ListingWith writes a table that has a look, and calls below after each row to write more about it.
func (c *Console) ListingWith(rows [][]string, look Look, below func(row int)) {
	for i, line := range c.tableLines(rows, look) {
		fmt.Fprintln(c.Out, line)
		below(i)
	}
}

// tableLines returns the lines of a table.
func (c *Console) tableLines(rows [][]string, look Look) []string {
	rows = linesOf(rows)
	widths := widthsOf(rows)
	limit := 0
	if c.Terminal && len(look.Flexible) > 0 {
		limit = c.Width()
		fit(widths, look.Flexible, limit)
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		if limit > 0 {
			for _, f := range look.Flexible {
				if f < len(row) {
					row[f] = CutMiddle(row[f], widths[f])
				}
			}
		}
		var plain, shown strings.Builder
		for j, cell := range row {
			gap := ""
			if j+1 < len(row) {
				gap = Pad(cell, widths[j]) + "  "
			}
			plain.WriteString(cell + gap)
			shown.WriteString(c.colored(j, cell, look) + gap)
		}
		lines[i] = strings.TrimRight(shown.String(), " ")
		if text := strings.TrimRight(plain.String(), " "); limit > 0 && !look.Wraps && Columns(text) > limit { // too narrow even for the columns that are not cut
			lines[i] = CutEnd(text, limit)
		}
	}
	return lines
}

// colored returns a cell with its first word in colour.
func (c *Console) colored(column int, cell string, look Look) string {
	if !c.Color || look.Color == nil {
		return cell
	}
	word, rest, blank := strings.Cut(cell, " ")
	if blank {
		rest = " " + rest
	}
	return paint(word, look.Color(column, word)) + rest
}

// widthsOf returns the width of each column.
func widthsOf(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Columns(cell))
		}
	}
	return widths
}

// fit makes flexible columns narrower until a row takes at most limit columns of the terminal, if that is possible: the widest ones first,
// so that a narrow one stays as it is.
func fit(widths, flexible []int, limit int) {
	room := limit
	var shrink []int
	for i, w := range widths {
		if i > 0 {
			room -= 2
		}
		if slices.Contains(flexible, i) {
			shrink = append(shrink, i)
		} else {
			room -= w
		}
	}
	slices.SortFunc(shrink, func(a, b int) int { return widths[a] - widths[b] })
	for i, column := range shrink {
		share := max(leastWidth, room/(len(shrink)-i))
		widths[column] = min(widths[column], share)
		room -= widths[column]
	}
}

// leastWidth is the width to which a column is narrowed at most.
const leastWidth = 6

// linesOf returns the rows with each cell on one line.
func linesOf(rows [][]string) [][]string {
	shown := make([][]string, len(rows))
	for i, row := range rows {
		shown[i] = make([]string, len(row))
		for j, cell := range row {
			shown[i][j] = Line(cell)
		}
	}
	return shown
}
