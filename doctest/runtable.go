package doctest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// runColumns are the columns of a table of runs that are asked for by keyword, in their order.
type runColumns struct{ ids, shortIDs, flags, labels, tags, status, scalars bool }

func (c *runColumns) pairs() []any {
	return []any{"ids?", &c.ids, "short_ids?", &c.shortIDs, "flags?", &c.flags, "labels?", &c.labels, "tags?", &c.tags,
		"status?", &c.status, "scalars?", &c.scalars}
}

// printRuns implements the helper print_runs.
func (s *session) printRuns(a arguments) (starlark.Value, error) {
	var runs starlark.Iterable
	var columns runColumns
	if err := a.unpack(append([]any{"runs", &runs}, columns.pairs()...)...); err != nil {
		return nil, err
	}
	return starlark.None, s.printTable(runs, columns)
}

// printRuns prints runs, by default all those of the project.
func (p *project) printRuns(a arguments) (starlark.Value, error) {
	var runs starlark.Iterable
	var columns runColumns
	var cwd, limit starlark.Value
	pairs := append([]any{"runs??", &runs}, columns.pairs()...)
	if err := a.unpack(append(pairs, "cwd??", &cwd, "limit??", &limit)...); err != nil {
		return nil, err
	}
	if runs == nil {
		list := arguments{name: a.name}
		if limit != nil {
			list.kwargs = []starlark.Tuple{{starlark.String("limit"), limit}}
		}
		v, err := p.listRuns(list)
		if err != nil {
			return nil, err
		}
		runs = v.(*starlark.List)
	}
	return starlark.None, p.s.printTable(runs, columns)
}

func (s *session) printTable(runs starlark.Iterable, columns runColumns) error {
	var rows [][]string
	iter := runs.Iterate()
	defer iter.Done()
	for v := starlark.Value(nil); iter.Next(&v); {
		run, ok := v.(*runObject)
		if !ok {
			return pystar.Errorf("TypeError", "expected a run, not %s", pystar.TypeName(v))
		}
		row, err := run.row(columns)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	for _, line := range alignColumns(rows) {
		s.print(line, "\n")
	}
	return nil
}

func (r *runObject) row(c runColumns) ([]string, error) {
	row := []string{r.info.Operation}
	for _, column := range []struct {
		shown bool
		text  func() (string, error)
	}{
		{c.ids, func() (string, error) { return r.info.ID, nil }},
		{c.shortIDs, func() (string, error) { return r.info.ShortID, nil }},
		{c.flags, r.flagsText},
		{c.labels, r.labelText},
		{c.tags, r.tagsText},
		{c.status, func() (string, error) {
			v, err := r.Attr("status")
			if err != nil {
				return "", err
			}
			return pystar.Str(v), nil
		}},
		{c.scalars, r.scalarsText},
	} {
		if !column.shown {
			continue
		}
		text, err := column.text()
		if err != nil {
			return nil, err
		}
		row = append(row, text)
	}
	return row, nil
}

func (r *runObject) flagsText() (string, error) {
	v, err := r.attr("flags", starlark.NewDict(0))
	if err != nil || v == starlark.None {
		return "", err
	}
	assigns, err := flagAssigns(v)
	return strings.Join(assigns, " "), err
}

func (r *runObject) labelText() (string, error) {
	v, err := r.attr("label", starlark.None)
	if err != nil || v == starlark.None {
		return "", err
	}
	return pystar.Str(v), nil
}

func (r *runObject) tagsText() (string, error) {
	v, err := r.attr("tags", starlark.None)
	if err != nil {
		return "", err
	}
	tags, err := stringList(v)
	slices.Sort(tags)
	return strings.Join(tags, " "), err
}

func (r *runObject) scalarsText() (string, error) {
	list, err := r.p.runScalars(r)
	if err != nil {
		return "", asRunError(err)
	}
	var parts []string
	for _, s := range elements(list) {
		if value, ok := starlark.AsFloat(member(s, "last_val")); ok {
			parts = append(parts, fmt.Sprintf("%s=%.5f", pystar.Str(member(s, "tag")), value))
		}
	}
	return strings.Join(parts, " "), nil
}

// alignColumns returns lines of columns two spaces apart.
func alignColumns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		for i, text := range row {
			b.WriteString(text)
			b.WriteString(strings.Repeat(" ", 2+widths[i]-utf8.RuneCountInString(text)))
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
