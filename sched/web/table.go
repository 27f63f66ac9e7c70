package web

import (
	"errors"
	"net/http"
	"strings"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/pyyaml"
	"guild/runs/values"
	"guild/sched/web/reply"
)

// Table compares the runs that match a query, as guild compare does.
type Table struct {
	Total    int                 `json:"total"` // these three as in Matches
	Matched  int                 `json:"matched"`
	Statuses map[runs.Status]int `json:"statuses"`
	Columns  []TableColumn       `json:"columns"`
	Rows     []TableRow          `json:"rows"` // the first rows of all matching runs in the requested order
}

// TableColumn is a column of a table.
type TableColumn struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`              // "run" for columns that every run has, otherwise "flag", "scalar" or "attribute"
	Test    string `json:"test,omitempty"`    // its name in filter expressions, if it has one
	Numeric bool   `json:"numeric,omitempty"` // all values are numbers
	Same    bool   `json:"same,omitempty"`    // there are several rows, all with the same value
}

// TableRow is a run in a table.
type TableRow struct {
	ID     string    `json:"id"`
	Status string    `json:"status"`
	Cells  []*string `json:"cells"` // by column, null if the run has no value; numbers with all digits
}

// table responds with a Table: ?cols=COLUMNS adds columns, ?min=COLUMN or ?max=COLUMN sorts all matching runs, ?limit=N limits the rows.
// ?group-by=FLAG or ?over=FLAG, each as often as there are flags, group runs: a row is then a group, without an id and a status.
func (s *Server) table(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	params := r.URL.Query()
	g := compare.Grouping{By: params["group-by"], Over: params["over"]}
	o := compare.Options{Min: params.Get("min"), Max: params.Get("max"), Limit: q.limit}
	if cols := params.Get("cols"); cols != "" {
		var err error
		if o.Columns, err = compare.Parse(cols); err != nil {
			failSyntax(w, r, "cols", cols, err)
			return
		}
	}
	list, m, done := s.match(w, r, q, s.noExperiment)
	if done == nil {
		return
	}
	defer done()
	if o.Min == "" && o.Max == "" && g.None() {
		list = list[:min(len(list), q.limit)] // the others need not be read
	}
	if s.defined != nil {
		o.Defined = s.defined()
	}
	var t *compare.Table
	var err error
	if g.None() {
		t, err = compare.New(list, o)
	} else if t, err = compare.NewGrouped(list, g, o); err != nil {
		reply.Fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	var syntax *compare.SyntaxError
	switch {
	case errors.As(err, &syntax):
		failSyntax(w, r, "sort", syntax.Text, err)
	case err != nil:
		reply.Fail(w, r, http.StatusInternalServerError, err.Error())
	default:
		reply.JSONIfNew(w, r, reply.Encode(newTable(t, m)))
	}
}

func newTable(t *compare.Table, m Matches) *Table {
	out := &Table{Total: m.Total, Matched: m.Matched, Statuses: m.Statuses, Columns: []TableColumn{}, Rows: []TableRow{}}
	for i := range t.Rows {
		row := TableRow{Cells: make([]*string, len(t.Header))}
		if i < len(t.Runs) { // not a group
			row.ID, row.Status = t.Runs[i].ID, string(t.Runs[i].Status())
		}
		out.Rows = append(out.Rows, row)
	}
	for j, name := range t.Header {
		c := TableColumn{Name: name, Kind: kindOf(t.Columns[j]), Test: testOf(t.Columns[j]), Numeric: true, Same: len(t.Rows) > 1}
		first, some := "", false
		for i, row := range t.Rows {
			text := exactText(row[j])
			c.Same = c.Same && (i == 0 || text == first)
			if i == 0 {
				first = text
			}
			if row[j] == nil {
				continue
			}
			some = true
			_, number := pyyaml.Number(row[j])
			c.Numeric = c.Numeric && number
			out.Rows[i].Cells[j] = &text
		}
		c.Numeric = c.Numeric && some
		out.Columns = append(out.Columns, c)
	}
	return out
}

// exactText is compare.Text without rounding: pages make filter expressions from the cells.
func exactText(v any) string {
	if f, ok := v.(float64); ok {
		return pyyaml.FormatFloat(f)
	}
	return compare.Text(v)
}

func kindOf(c compare.Column) string {
	name, _ := c.Plain()
	switch {
	case c.Kind() == compare.Flag:
		return "flag"
	case c.Kind() == compare.Scalar:
		return "scalar"
	case values.IsCore(name) || name == "label":
		return "run"
	}
	return "attribute"
}

// testOf returns the name of a column in filter expressions; empty if it has none.
func testOf(c compare.Column) string {
	name, plain := c.Plain()
	if !plain || strings.ContainsAny(name, " \t\r\n,<>!=()[]'\"") {
		return ""
	}
	switch c.Kind() {
	case compare.Flag:
		return "flag:" + name
	case compare.Scalar:
		return "scalar:" + name
	}
	return "attr:" + name
}
