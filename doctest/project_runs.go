package doctest

import (
	"slices"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// filterOptions are the keywords that choose runs.
var filterOptions = []keywordOption{
	{"expr", "filter", valueOption}, {"ops", "operation", listOption}, {"labels", "label", listOption},
	{"tags", "tag", listOption}, {"comments", "comment", listOption}, {"unlabeled", "", switchOption},
	{"marked", "", switchOption}, {"unmarked", "", switchOption}, {"started", "", valueOption},
	{"digest", "", valueOption}, {"completed", "", switchOption}, {"error", "", switchOption},
	{"pending", "", switchOption}, {"running", "", switchOption}, {"staged", "", switchOption},
	{"terminated", "", switchOption},
}

// commandArgs turns a call into command line arguments: runs are positional, keywords are those of the options and of
// filterOptions. Errors name the function as documents know it.
func (p *project) commandArgs(function string, a arguments, options []keywordOption) ([]string, error) {
	var runs starlark.Value
	given := keywords(a.kwargs)
	if len(a.args) > 1 {
		return nil, pystar.Errorf("TypeError", "%s() takes at most 1 positional argument (%d given)", function, len(a.args))
	}
	if len(a.args) == 1 {
		runs = a.args[0]
	}
	if v, ok := given["runs"]; ok {
		runs = v
		delete(given, "runs")
	}
	var args []string
	for _, o := range append(slices.Clone(options), filterOptions...) {
		v, ok := given[o.keyword]
		if !ok {
			continue
		}
		delete(given, o.keyword)
		more, err := o.args(v)
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	for name := range given {
		return nil, unexpected(function, name)
	}
	ids, err := runIDs(runs)
	return append(args, ids...), err
}

// runIDs reads runs or texts, one or a list.
func runIDs(v starlark.Value) ([]string, error) {
	if v == nil || v == starlark.None {
		return nil, nil
	}
	if _, ok := v.(*runObject); ok {
		v = starlark.Tuple{v}
	}
	list, ok := v.(starlark.Iterable)
	if !ok {
		return []string{pystar.Str(v)}, nil
	}
	var out []string
	iter := list.Iterate()
	defer iter.Done()
	for x := starlark.Value(nil); iter.Next(&x); {
		if r, ok := x.(*runObject); ok {
			out = append(out, r.info.ID)
		} else {
			out = append(out, pystar.Str(x))
		}
	}
	return out, nil
}

func (p *project) listRuns(a arguments) (starlark.Value, error) {
	limit := -1
	a.kwargs = slices.DeleteFunc(slices.Clone(a.kwargs), func(kv starlark.Tuple) bool {
		if kv[0] != starlark.String("limit") {
			return false
		}
		if n, err := starlark.AsInt32(kv[1]); err == nil {
			limit = n
		}
		return true
	})
	// Documents ask for all runs and get them all; the command by itself lists the latest.
	args, err := p.commandArgs("runs_list", a, []keywordOption{{"all", "", switchOption}, {"deleted", "", switchOption}})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(args, "--all") {
		args = append([]string{"--all"}, args...)
	}
	runs, err := p.loadRuns(args...)
	if err != nil {
		return nil, asRunError(err)
	}
	if limit >= 0 && limit < len(runs) {
		runs = runs[:limit]
	}
	list := make([]starlark.Value, len(runs))
	for i, r := range runs {
		list[i] = r
	}
	return starlark.NewList(list), nil
}

// printing makes a method that runs a command on runs and prints what it says.
func (p *project) printing(function string, a arguments, options []keywordOption, command ...string) (starlark.Value, error) {
	args, err := p.commandArgs(function, a, options)
	if err != nil {
		return nil, err
	}
	return p.print(append(command, args...)...)
}

func (p *project) deleteRuns(a arguments) (starlark.Value, error) {
	return p.printing("runs_delete", a, []keywordOption{{"permanent", "", switchOption}}, "runs", "rm", "-y")
}

func (p *project) label(a arguments) (starlark.Value, error) {
	return p.printing("runs_label", a, []keywordOption{
		{"set", "", valueOption}, {"append", "", valueOption}, {"prepend", "", valueOption},
		{"remove", "", valueOption}, {"clear", "", switchOption},
	}, "label", "-y")
}

func (p *project) tag(a arguments) (starlark.Value, error) {
	return p.printing("runs_tag", a, []keywordOption{
		{"add", "", listOption}, {"remove", "delete", listOption}, {"clear", "", switchOption},
		{"sync_labels", "", switchOption}, {"list_all", "", switchOption},
	}, "tag", "-y")
}

func (p *project) mark(a arguments) (starlark.Value, error) {
	return p.printing("mark", a, []keywordOption{{"clear", "", switchOption}}, "mark", "-y")
}

func (p *project) stopRuns(a arguments) (starlark.Value, error) {
	return p.printing("runs_stop", a, []keywordOption{{"no_wait", "", switchOption}}, "stop", "-y")
}
