package render

import (
	"encoding/csv"
	"errors"
	"io"
)

// Table is the content of a file of values separated by commas or tabs.
type Table struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
	More   int        `json:"more,omitempty"` // number of rows left out
}

// Limits of a table.
const (
	maxTableRows = 1000
	maxColumns   = 100
	maxCell      = 300 // bytes
)

// ReadTable reads a table whose first row names the columns. ok is false if r is not a table.
func ReadTable(r io.Reader, comma rune) (t *Table, ok bool) {
	in := csv.NewReader(r)
	in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = comma, -1, true, true
	t = &Table{Rows: [][]string{}}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return t, t.Header != nil
		}
		if err != nil {
			return nil, false
		}
		cells := make([]string, min(len(row), maxColumns))
		for i := range cells {
			cells[i] = row[i]
			if len(cells[i]) > maxCell {
				cells[i] = Plain([]byte(cells[i][:maxCell])) + "…"
			}
		}
		switch {
		case t.Header == nil:
			t.Header = cells
		case len(t.Rows) < maxTableRows:
			t.Rows = append(t.Rows, cells)
		default:
			t.More++
		}
	}
}
