// Package view is the full-screen form of a comparison: what it shows, and what keys do. It knows no terminal.
package view

import (
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/console"
)

// View is a comparison that somebody looks at.
type View struct {
	// Detail is the text about a run that is shown where somebody asks for more.
	Detail func(*runs.Run) string
	// Expr is the filter expression that was typed, or empty.
	Expr string
	// Live says that the comparison is to be kept up to date.
	Live bool

	table   *compare.Table
	widths  []int           // of the columns
	order   []int           // the rows that show, in their order
	hidden  map[string]bool // headings of columns that do not show
	sortBy  string          // heading, or empty
	highest bool
	search  string

	row, top int // the row under the cursor and the first on the screen, in order
	col      int // the column under the cursor, in shown()
	left     int // the first column on the screen after the ids
	page     int // lines of the table on the screen

	mode    mode
	typed   string // with modeSearch and modeExpr
	text    []string
	scroll  int    // of text, or the heading under the cursor with modeColumns
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

// Action is what is to be done after a key.
type Action int

// The actions.
const (
	None   Action = iota
	Quit          // leave
	Reload        // read the comparison again, by Expr
)

// SetTable shows a comparison. The cursor stays on its run and column.
func (v *View) SetTable(t *compare.Table) {
	at := v.current()
	heading := v.heading()
	v.table = t
	v.widths = make([]int, len(t.Header))
	for i, h := range t.Header {
		v.widths[i] = len([]rune(h)) + 2 // for the mark of the order
		for _, row := range t.Rows {
			v.widths[i] = max(v.widths[i], len([]rune(cellText(row[i]))))
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

// Fail shows that the comparison could not be read. What was read before stays.
func (v *View) Fail(err error) { v.message = strings.Join(strings.Fields(err.Error()), " ") }

// arrange picks the rows that show, and sorts them.
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

// shown are the columns that show.
func (v *View) shown() []int {
	var list []int
	for i, h := range v.table.Header {
		if i == 0 || !v.hidden[h] {
			list = append(list, i)
		}
	}
	return list
}

// current is the run under the cursor, or nil.
func (v *View) current() *runs.Run {
	if v.table == nil || v.row >= len(v.order) {
		return nil
	}
	return v.table.Runs[v.order[v.row]].Run()
}

// heading is that of the column under the cursor, or empty.
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
	v.top = max(0, min(v.top, v.row))
	if v.page > 0 {
		v.top = max(0, v.row-v.page+1, min(v.top, len(v.order)-v.page)) // no lines stay empty that runs could fill
	}
}

// cellText is a value on one line.
func cellText(cell any) string {
	return console.Line(strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(compare.Text(cell)))
}
