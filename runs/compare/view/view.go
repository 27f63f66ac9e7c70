// Package view is the full-screen form of a comparison: what it shows and how keys change it. It does not access the terminal.
package view

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/console"
	"guild/runs/console/screen"
)

// View is the state of the screen.
type View struct {
	// Detail returns the text about a run that Enter shows.
	Detail func(*runs.Run) string
	// Expr is the filter expression that the user typed, or empty.
	Expr string
	// Live says that the table is to be updated while runs change.
	Live bool

	table   *compare.Table
	widths  []int           // of the columns, in characters
	order   []int           // indexes of the visible rows, sorted
	hidden  map[string]bool // headings of hidden columns
	sortBy  string          // heading of the column to sort by, or empty
	highest bool
	search  string

	row, top int // indexes in order: the row under the cursor, and the first on the screen
	col      int // index in shown() of the column under the cursor
	left     int // the first column on the screen after the ids
	page     int // number of rows that the screen shows

	mode    mode
	typed   string // text being typed in modeSearch and modeExpr
	text    screen.Page
	scroll  int    // in modeColumns the index of the heading under the cursor
	message string // shown until the next key
}

type mode int

const (
	modeTable mode = iota
	modeSearch
	modeExpr
	modeColumns
	modeText
)

// Action is what the caller is to do after a key.
type Action int

// The actions.
const (
	None   Action = iota
	Quit          // leave
	Reload        // read the runs again, filtered by Expr
)

// SetTable replaces the table. The cursor stays on its run and column.
func (v *View) SetTable(t *compare.Table) {
	at := v.current()
	heading := v.heading()
	v.table = t
	v.widths = make([]int, len(t.Header))
	for i, h := range t.Header {
		v.widths[i] = ansi.StringWidth(console.Line(h)) + 2 // room for the sort arrow
		for _, row := range t.Rows {
			v.widths[i] = max(v.widths[i], ansi.StringWidth(cellText(row[i])))
		}
		v.widths[i] = min(v.widths[i], widest)
	}
	v.arrange()
	if at != nil {
		if i := slices.IndexFunc(v.order, func(i int) bool { return t.Runs[i].ID == at.ID }); i >= 0 {
			v.row = i
		}
	}
	if i := slices.IndexFunc(v.shown(), func(i int) bool { return t.Header[i] == heading }); i >= 0 {
		v.col = i
	}
	v.clamp()
}

// GoTo moves the cursor to the column with a heading, if there is one, so that the column is on the screen.
func (v *View) GoTo(heading string) {
	if i := slices.IndexFunc(v.shown(), func(i int) bool { return v.table.Header[i] == heading }); i >= 0 {
		v.col = i
	}
}

// Fail shows an error in the status line. The table stays.
func (v *View) Fail(err error) { v.message = strings.Join(strings.Fields(err.Error()), " ") }

// arrange chooses the rows to show and sorts them.
func (v *View) arrange() {
	v.order = v.order[:0]
	for i, row := range v.table.Rows {
		if v.search == "" || slices.ContainsFunc(row, func(cell any) bool {
			return strings.Contains(strings.ToLower(cellText(cell)), strings.ToLower(v.search))
		}) {
			v.order = append(v.order, i)
		}
	}
	column := slices.Index(v.table.Header, v.sortBy)
	if column < 0 {
		return
	}
	keys := make([]any, len(v.order))
	for i, row := range v.order {
		keys[i] = v.table.Rows[row][column]
	}
	sorted := make([]int, len(v.order))
	for to, from := range compare.Order(keys, v.highest) {
		sorted[to] = v.order[from]
	}
	v.order = sorted
}

// shown returns the indexes of the visible columns. The first one, of the ids, is always visible.
func (v *View) shown() []int {
	var list []int
	for i, h := range v.table.Header {
		if i == 0 || !v.hidden[h] {
			list = append(list, i)
		}
	}
	return list
}

// current returns the run under the cursor, or nil.
func (v *View) current() *runs.Run {
	if v.table == nil || v.row >= len(v.order) {
		return nil
	}
	return v.table.Runs[v.order[v.row]].Run()
}

// heading returns the heading of the column under the cursor, or empty.
func (v *View) heading() string {
	if v.table == nil || len(v.table.Header) == 0 {
		return ""
	}
	columns := v.shown()
	return v.table.Header[columns[min(v.col, len(columns)-1)]]
}

func (v *View) clamp() {
	v.row = max(0, min(v.row, len(v.order)-1))
	v.col = max(0, min(v.col, len(v.shown())-1))
	if v.page > 0 {
		v.top = max(0, v.row-v.page+1, min(v.top, v.row, len(v.order)-v.page)) // no empty lines at the end while there are more rows above
	}
}

// cellText formats a value on one line.
func cellText(cell any) string {
	return console.Line(strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(compare.Text(cell)))
}
