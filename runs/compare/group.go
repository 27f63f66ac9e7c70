package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/natural"
	"guild/runs/pyyaml"
	"guild/runs/values"
)

// Grouping determines the groups of runs. One of its fields is set.
type Grouping struct {
	By   []string // flags: runs with equal values of these are a group
	Over []string // flags: runs with equal values of all other flags are a group
}

// None reports whether nothing is to be put together.
func (g Grouping) None() bool { return len(g.By) == 0 && len(g.Over) == 0 }

// Headings of a grouped table.
const (
	operationHeading = "operation"
	runsHeading      = "runs"
)

// group is a row of a grouped table.
type group struct {
	key  []any // operation and values of flags
	rows []int // of the table of runs
}

// Grouped groups the runs of one operation with equal flags. A row has the flags, the number of runs and, for each numeric column of the
// table except flags, the mean, the standard deviation and the number of values. The deviation is that of a sample, and nil for a single
// number. NaN and values that are not numbers are left out, as in pandas. Rows are sorted by the flags, or by the options, in which a
// column stands for its mean. The table has no Runs. The error names a flag that no run has.
func (t *Table) Grouped(g Grouping, o Options) (*Table, error) {
	flags, err := t.flagsOf(g)
	if err != nil {
		return nil, err
	}
	groups := t.groups(flags)
	out := &Table{Header: []string{operationHeading}, Columns: []Column{{kind: Attr, name: "operation"}}, Rows: [][]any{}}
	for _, name := range flags {
		out.Header, out.Columns = append(out.Header, name), append(out.Columns, Column{kind: Flag, name: name})
	}
	out.Header, out.Columns = append(out.Header, runsHeading), append(out.Columns, Column{kind: Attr, name: runsHeading})
	for _, one := range groups {
		out.Rows = append(out.Rows, append(slices.Clone(one.key), len(one.rows)))
	}
	for j, c := range t.Columns {
		if c.kind == Flag || !t.hasNumbers(j) {
			continue
		}
		for _, what := range []string{"mean", "std", "count"} {
			out.Header, out.Columns = append(out.Header, t.Header[j]+" "+what), append(out.Columns, c)
		}
		for i, one := range groups {
			mean, deviation, count := t.moments(one.rows, j)
			out.Rows[i] = append(out.Rows[i], mean, deviation, count)
		}
	}
	return out, out.sortGroups(o)
}

// flagsOf returns the flags whose values runs of a group have in common, in natural order, or in the order in which they were named.
func (t *Table) flagsOf(g Grouping) ([]string, error) {
	have := map[string]bool{}
	for _, r := range t.Runs {
		for name := range r.Flags() {
			have[name] = true
		}
	}
	for _, name := range slices.Concat(g.By, g.Over) {
		if !have[name] && len(t.Runs) > 0 {
			return nil, fmt.Errorf("no run has a flag '%s': name one of %s", name, listed(slices.Sorted(maps.Keys(have))))
		}
	}
	if len(g.By) > 0 {
		return g.By, nil
	}
	flags := slices.DeleteFunc(slices.Collect(maps.Keys(have)), func(name string) bool { return slices.Contains(g.Over, name) })
	slices.SortFunc(flags, natural.Compare)
	return flags, nil
}

// listed returns the names, or the first of many, as text.
func listed(names []string) string {
	const few = 10
	text := ""
	for i, name := range names[:min(few, len(names))] {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	if len(names) > few {
		text += ", ..."
	}
	return cmp.Or(text, "those that they have")
}

// groups groups the rows of the table, sorted by the key.
func (t *Table) groups(flags []string) []*group {
	found := map[string]*group{}
	var list []*group
	for i, r := range t.Runs {
		key := []any{values.Of(r).Attr("operation")}
		all := r.Flags()
		for _, name := range flags {
			key = append(key, all[name])
		}
		text := fmt.Sprintf("%#v", key) // types count: 1 and '1' are different values
		if found[text] == nil {
			found[text] = &group{key: key}
			list = append(list, found[text])
		}
		found[text].rows = append(found[text].rows, i)
	}
	for column := len(flags); column >= 0; column-- {
		keys := make([]any, len(list))
		for i, one := range list {
			keys[i] = one.key[column]
		}
		sorted := make([]*group, len(list))
		for to, from := range Order(keys, false) {
			sorted[to] = list[from]
		}
		list = sorted
	}
	return list
}

// hasNumbers reports whether a column has numbers and nothing else but gaps. Yes and no are not numbers.
func (t *Table) hasNumbers(column int) bool {
	some := false
	for _, row := range t.Rows {
		if row[column] == nil {
			continue
		}
		if _, ok := asNumber(row[column]); !ok {
			return false
		}
		some = true
	}
	return some
}

func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int, int64, float64:
		return pyyaml.Number(v)
	case values.Duration:
		return time.Duration(v).Seconds(), true
	}
	return 0, false
}

// moments returns the mean, the standard deviation and the count of the numbers in a column of some rows; nil if undefined.
func (t *Table) moments(rows []int, column int) (mean, deviation any, count int) {
	var numbers []float64
	total := 0.0
	for _, i := range rows {
		if v, ok := asNumber(t.Rows[i][column]); ok && !math.IsNaN(v) {
			numbers, total = append(numbers, v), total+v
		}
	}
	n := float64(len(numbers))
	if n == 0 {
		return nil, nil, 0
	}
	if n == 1 {
		return total, nil, 1
	}
	average, squares := total/n, 0.0
	for _, v := range numbers {
		off := v - average
		squares += off * off
	}
	return average, math.Sqrt(squares / (n - 1)), len(numbers)
}

// sortGroups sorts and limits the rows as the options say.
func (t *Table) sortGroups(o Options) error {
	if by := cmp.Or(o.Min, o.Max); by != "" && len(t.Rows) > 0 {
		column := slices.Index(t.Header, by)
		if column < 0 {
			column = slices.Index(t.Header, by+" mean")
		}
		if column < 0 {
			return fmt.Errorf("there is no column '%s' of groups: name one of %s", by, listed(t.Header))
		}
		keys := make([]any, len(t.Rows))
		for i, row := range t.Rows {
			keys[i] = row[column]
		}
		rows := make([][]any, len(t.Rows))
		for to, from := range Order(keys, o.Min == "") {
			rows[to] = t.Rows[from]
		}
		t.Rows = rows
	}
	if o.Limit > 0 {
		t.Rows = t.Rows[:min(o.Limit, len(t.Rows))]
	}
	return nil
}

// NewGrouped compares groups of runs. The options apply to groups instead of runs.
func NewGrouped[R runs.Viewer](list []R, g Grouping, o Options) (*Table, error) {
	each := o
	each.Min, each.Max, each.Limit, each.OnlyChanged = "", "", 0, false
	if !each.SkipCore { // of the core columns, only the duration of runs has a mean
		each.SkipCore = true
		columns, err := Parse(".time")
		if err != nil {
			return nil, err
		}
		each.Columns = append(columns, each.Columns...)
	}
	t, err := New(list, each)
	if err != nil {
		return nil, err
	}
	grouped, err := t.Grouped(g, o)
	if err == nil && o.OnlyChanged && len(grouped.Rows) > 1 {
		grouped.dropUnchanged()
	}
	return grouped, err
}

// WithoutCounts removes the columns that only repeat the number of runs in each group.
func (t *Table) WithoutCounts() *Table {
	all := slices.Index(t.Header, runsHeading)
	kept := func(j int) bool {
		return all < 0 || !strings.HasSuffix(t.Header[j], " count") ||
			slices.ContainsFunc(t.Rows, func(row []any) bool { return row[j] != row[all] })
	}
	out := &Table{Header: only(t.Header, kept), Columns: only(t.Columns, kept)}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, only(row, kept))
	}
	return out
}
