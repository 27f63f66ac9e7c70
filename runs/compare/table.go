package compare

import (
	"reflect"
	"slices"

	"guild/runs"
	"guild/runs/natural"
	"guild/runs/values"
)

// Options say which columns and rows a table has.
type Options struct {
	Columns    []Column // shown after the default columns
	SkipCore   bool     // of the core columns show only the run id
	Extra      bool     // also show the digest of the source code
	SkipOwn    bool     // show no columns of the operation, and no flags, attributes and scalars
	AllScalars bool     // also show scalars of the system (sys/...)
	// Defined returns the columns that the operation of a run defines now, in the syntax of Parse. If ok is false, or Defined is nil,
	// the columns recorded when the run was made are used.
	Defined     func(*runs.View) (columns []string, ok bool)
	Min, Max    string // heading or column to sort by, ascending or descending
	Limit       int    // maximum number of runs; 0 for all
	OnlyChanged bool   // drop columns in which all runs have the same value
}

// Table is a comparison of runs. Rows[i][j] is the value of Runs[i] under Header[j], or nil. Columns[j] is the first column with
// the heading Header[j].
type Table struct {
	Header  []string
	Columns []Column
	Rows    [][]any
	Runs    []*runs.View
}

// core and extra columns exist for every run.
const (
	runColumn   = ".run"
	coreColumns = ".operation, .started, .time, .status, .label"
	extraColumn = ".sourcecode"
)

// cell is a value and its heading. full is the heading to use if columns of different kinds have the same one.
type cell struct {
	heading, full string
	column        Column
	value         any
}

// sections are the cells of one run: core columns, its own columns, and the columns that the user asked for.
type sections [3][]cell

// New compares runs. Rows are in the order of list unless the options name a column to sort by. The error is the *SyntaxError of that
// column.
func New[R runs.Viewer](list []R, o Options) (*Table, error) {
	core := runColumn
	if !o.SkipCore {
		core += "," + coreColumns
	}
	if o.Extra {
		core += "," + extraColumn
	}
	coreList, err := Parse(core)
	if err != nil {
		return nil, err
	}
	read := make([]*values.Values, len(list))
	cells := make([]sections, len(list))
	runs.Each(len(list), func(i int) {
		v := values.Of(list[i])
		read[i] = v
		cells[i] = sections{cellsOf(v, coreList), nil, cellsOf(v, o.Columns)}
		if !o.SkipOwn {
			cells[i][1] = cellsOf(v, ownColumns(v, o))
		}
	})
	tellApart(cells)
	t := &Table{Runs: runs.Views(list)}
	t.setHeader(cells)
	for _, c := range cells {
		t.Rows = append(t.Rows, row(c, t.Header))
	}
	if err := t.sort(read, o); err != nil {
		return nil, err
	}
	if o.Limit > 0 {
		n := min(o.Limit, len(t.Rows))
		t.Rows, t.Runs = t.Rows[:n], t.Runs[:n]
	}
	if o.OnlyChanged && len(t.Rows) > 1 {
		t.dropUnchanged()
	}
	return t, nil
}

func cellsOf(v *values.Values, columns []Column) []cell {
	cells := make([]cell, len(columns))
	for i, c := range columns {
		cells[i] = cell{c.Heading(), c.fullHeading(), c, c.Of(v)}
	}
	return cells
}

// ownColumns returns the columns that the run's operation defines, or if it defines none, the run's flags, attributes and scalars.
func ownColumns(v *values.Values, o Options) []Column {
	if columns := definedColumns(v, o); columns != nil {
		return columns
	}
	var columns []Column
	add := func(kind Kind, names []string) {
		slices.SortFunc(names, natural.Compare)
		for _, name := range slices.Compact(names) {
			columns = append(columns, Column{kind: kind, name: name})
		}
	}
	flags := make([]string, 0, len(v.Flags()))
	for name := range v.Flags() {
		flags = append(flags, name)
	}
	add(Flag, flags)
	add(Attr, slices.DeleteFunc(v.CustomAttrs(), values.IsCore))
	var tags []string
	for _, s := range v.Scalars() {
		if o.AllScalars || !s.IsSystem() {
			tags = append(tags, s.Tag)
		}
	}
	if len(tags) == 0 {
		return columns
	}
	slices.SortFunc(tags, natural.Compare)
	steps := tags[0]
	if slices.Contains(tags, "loss") {
		steps = "loss"
	}
	columns = append(columns, Column{kind: Scalar, name: steps, step: true, as: "step"})
	add(Scalar, tags)
	return columns
}

// definedColumns returns the columns that the run's operation defines, or if that is not known, those recorded in the run.
func definedColumns(v *values.Values, o Options) []Column {
	var texts []string
	known := false
	if o.Defined != nil {
		texts, known = o.Defined(v.Run)
	}
	if !known {
		list, _ := v.Attr("compare").([]any)
		for _, spec := range list {
			text, _ := spec.(string)
			texts = append(texts, text)
		}
	}
	var columns []Column
	for _, text := range texts {
		if some, err := Parse(text); err == nil {
			columns = append(columns, some...)
		}
	}
	return columns
}

// tellApart gives different columns with the same heading their full headings.
func tellApart(cells []sections) {
	full, shared := map[string]string{}, map[string]bool{}
	for i := range cells {
		for _, section := range cells[i] {
			for _, c := range section {
				if other, ok := full[c.heading]; ok && other != c.full {
					shared[c.heading] = true
				}
				full[c.heading] = c.full
			}
		}
	}
	if len(shared) == 0 {
		return
	}
	for i := range cells {
		for _, section := range cells[i] {
			for j, c := range section {
				if shared[c.heading] {
					section[j].heading = c.full
				}
			}
		}
	}
}

// setHeader collects the headings of all runs, each once: core columns first, columns that the user asked for last.
func (t *Table) setHeader(cells []sections) {
	t.Header = []string{}
	seen := map[string]bool{}
	for section := range len(sections{}) {
		for _, c := range cells {
			for _, one := range c[section] {
				if !seen[one.heading] {
					seen[one.heading] = true
					t.Header, t.Columns = append(t.Header, one.heading), append(t.Columns, one.column)
				}
			}
		}
	}
}

// row returns the cells of a run in the order of the header. If several columns have one heading, the first value that is not nil is
// used, and columns that the user asked for have priority.
func row(cells sections, header []string) []any {
	have := map[string]any{}
	for section := len(cells) - 1; section >= 0; section-- {
		for _, c := range cells[section] {
			if have[c.heading] == nil {
				have[c.heading] = c.value
			}
		}
	}
	r := make([]any, len(header))
	for i, h := range header {
		r[i] = have[h]
	}
	return r
}

func (t *Table) dropUnchanged() {
	var keep []int
	for i := range t.Header {
		// Column 0 holds the ids and always stays, although short ids can be equal.
		if i == 0 || slices.ContainsFunc(t.Rows[1:], func(r []any) bool { return !reflect.DeepEqual(r[i], t.Rows[0][i]) }) {
			keep = append(keep, i)
		}
	}
	kept := func(i int) bool { return slices.Contains(keep, i) }
	t.Header, t.Columns = only(t.Header, kept), only(t.Columns, kept)
	for i, r := range t.Rows {
		t.Rows[i] = only(r, kept)
	}
}

func only[T any](list []T, kept func(int) bool) []T {
	some := []T{}
	for i, v := range list {
		if kept(i) {
			some = append(some, v)
		}
	}
	return some
}
