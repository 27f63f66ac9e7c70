package compare

import (
	"reflect"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/natural"
	"guild/runs/values"
)

// Options say which columns a comparison has.
type Options struct {
	Columns    []Column // after those that the runs have by themselves
	SkipCore   bool     // of the columns of every run only the short id
	Extra      bool     // the digest of the source code too
	SkipOwn    bool     // no columns that a run has by itself: those of its operation, or its flags, attributes and scalars
	AllScalars bool     // scalars of the system (sys/...) too
	// Defined returns the columns that the operation of a run defines, in the form of Parse, and whether it is known; nil knows none, and
	// those that were recorded when the run was made count.
	Defined     func(*runs.View) (columns []string, ok bool)
	Min, Max    string // heading or column to sort by, the lowest or the highest first
	Limit       int    // at most so many runs; 0 for all
	OnlyChanged bool   // no columns in which all runs have the same
}

// Table is a comparison: Rows[i] is what Runs[i] has below Header, nil where it has nothing. Columns[j] is the first of
// those that have the heading Header[j].
type Table struct {
	Header  []string
	Columns []Column
	Rows    [][]any
	Runs    []*runs.View
}

// core are the columns of every run.
const (
	runColumn   = ".run"
	coreColumns = ".operation, .started, .time, .status, .label"
	extraColumn = ".sourcecode"
)

// cell is a value below a heading; full is that of a column which has to be told from another.
type cell struct {
	heading, full string
	column        Column
	value         any
}

// sections of the cells of a run: those of every run, its own, and those that were asked for.
type sections [3][]cell

// New compares runs, which come in the order given unless the options say otherwise. The error is a *SyntaxError, of a column
// to sort by.
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
	if o.Limit > 0 && o.Limit < len(t.Rows) {
		t.Rows, t.Runs = t.Rows[:o.Limit], t.Runs[:o.Limit]
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

// ownColumns are the columns that the operation of the run defines, or else its flags, attributes and scalars.
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
		if o.AllScalars || !strings.HasPrefix(s.Tag, "sys/") {
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

// definedColumns are those that the operation of the run defines, now or else when the run was made.
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

// tellApart gives columns of one heading their full ones.
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

// setHeader takes the headings of all runs, each once: first those of every run, last those that were asked for.
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

// row is what a run has below the headings. Where several columns have one heading, the first that has something counts, and
// those that were asked for before the others.
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
		// The ids stay, which are short ones and might be the same.
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
