package doctest

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// selectRun returns the id of a run. Where none fits, the error is a ValueError with guild's words.
func (p *project) selectRun(a arguments) (starlark.Value, error) {
	args, err := p.commandArgs("select", a, []keywordOption{{"min", "", valueOption}, {"max", "", valueOption}})
	if err != nil {
		return nil, err
	}
	out, err := p.data(append([]string{"select"}, args...)...)
	var failed *guildError
	if errors.As(err, &failed) {
		return nil, pystar.Errorf("ValueError", "%s", failed)
	}
	return starlark.String(strings.TrimSpace(out)), err
}

// compare returns the rows of the comparison, the heading first.
func (p *project) compare(a arguments) (starlark.Value, error) {
	args, err := p.commandArgs("compare", a, []keywordOption{
		{"cols", "", valueOption}, {"extra_cols", "", switchOption}, {"strict_cols", "", valueOption},
		{"all_scalars", "", switchOption}, {"skip_op_cols", "", switchOption}, {"skip_core", "", switchOption},
		{"skip_unchanged", "", switchOption}, {"include_batch", "", switchOption}, {"min_col", "min", valueOption},
		{"max_col", "max", valueOption}, {"limit", "", valueOption},
	})
	if err != nil {
		return nil, err
	}
	out, err := p.data(append([]string{"compare", "--csv", "-"}, args...)...)
	if err != nil {
		return nil, asRunError(err)
	}
	records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		return nil, pystar.Errorf("ValueError", "%s", err)
	}
	rows := make([]starlark.Value, len(records))
	for i, record := range records {
		cells := make([]starlark.Value, len(record))
		for j, text := range record {
			cells[j] = starlark.String(text)
			if i > 0 {
				cells[j] = cell(text)
			}
		}
		rows[i] = starlark.NewList(cells)
	}
	return starlark.NewList(rows), nil
}

// cell reads a number; an empty cell is None, all else is text.
func cell(text string) starlark.Value {
	if text == "" {
		return starlark.None
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return starlark.MakeInt64(n)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return starlark.Float(f)
	}
	return starlark.String(text)
}

// scalars returns the scalars of a run as dictionaries with the keys tag, prefix, last_val, count and so on.
func (p *project) scalars(a arguments) (starlark.Value, error) {
	var run *runObject
	if err := a.unpack("run", &run); err != nil {
		return nil, err
	}
	list, err := p.runScalars(run)
	return list, asRunError(err)
}

func (p *project) runScalars(run *runObject) (*starlark.List, error) {
	out, err := p.data("api", "runs", run.info.ID)
	if err != nil {
		return nil, err
	}
	v, err := decodeJSON(out)
	if err != nil {
		return nil, err
	}
	var scalars []starlark.Value
	for _, r := range elements(v) {
		if member(r, "id") == starlark.String(run.info.ID) {
			for _, s := range elements(member(r, "scalars")) {
				scalars = append(scalars, snakeKeys(s))
			}
		}
	}
	return starlark.NewList(scalars), nil
}

// elements returns the items of a list, none for another value.
func elements(v starlark.Value) []starlark.Value {
	list, ok := v.(*starlark.List)
	if !ok {
		return nil
	}
	out := make([]starlark.Value, list.Len())
	for i := range out {
		out[i] = list.Index(i)
	}
	return out
}

// member returns the value of a key, None if there is none.
func member(v starlark.Value, key string) starlark.Value {
	if d, ok := v.(*starlark.Dict); ok {
		if x, found, err := d.Get(starlark.String(key)); found && err == nil {
			return x
		}
	}
	return starlark.None
}

// snakeKeys writes keys such as lastVal as last_val.
func snakeKeys(v starlark.Value) starlark.Value {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return v
	}
	out := starlark.NewDict(d.Len())
	for _, kv := range d.Items() {
		var key strings.Builder
		for _, r := range pystar.Str(kv[0]) {
			if r >= 'A' && r <= 'Z' {
				key.WriteByte('_')
				r += 'a' - 'A'
			}
			key.WriteRune(r)
		}
		_ = out.SetKey(starlark.String(key.String()), kv[1]) // text is hashable
	}
	return out
}

func (p *project) cat(a arguments) (starlark.Value, error) {
	var run *runObject
	var path string
	if err := a.unpack("run", &run, "path", &path); err != nil {
		return nil, err
	}
	return p.s.cat(arguments{name: a.name, args: starlark.Tuple{starlark.String(joinPaths(run.info.Dir, path))}})
}

// ls returns the files of a run: those the operation sees, all of them, or its source code.
func (p *project) ls(a arguments) (starlark.Value, error) {
	var run *runObject
	var all, sourcecode bool
	if err := a.unpack("run??", &run, "all?", &all, "sourcecode?", &sourcecode); err != nil {
		return nil, err
	}
	if run == nil {
		runs, err := p.loadRuns("--all")
		if err != nil {
			return nil, asRunError(err)
		}
		if len(runs) == 0 {
			return nil, pystar.Errorf("RuntimeError", "no runs")
		}
		run = runs[0]
	}
	if sourcecode && !all {
		out, err := p.data("ls", "--sourcecode", "--no-format", run.info.ID)
		if err != nil {
			return nil, asRunError(err)
		}
		return listOf(slices.Sorted(strings.FieldsFuncSeq(out, func(r rune) bool { return r == '\n' }))), nil
	}
	paths := slices.DeleteFunc(walk(run.info.Dir, false, false), func(path string) bool {
		return !all && (path == ".guild" || strings.HasPrefix(path, ".guild"+string(os.PathSeparator)))
	})
	slices.Sort(paths)
	return listOf(paths), nil
}
