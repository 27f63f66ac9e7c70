package doctest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// runOptions are the keywords of Project.run that are options of guild run, in the order they are given.
var runOptions = []keywordOption{
	{"restart", "", valueOption}, {"start", "", valueOption}, {"stage", "", switchOption}, {"proto", "", valueOption},
	{"force_sourcecode", "", switchOption}, {"label", "", valueOption}, {"tags", "tag", listOption},
	{"comment", "", valueOption}, {"batch_label", "", valueOption}, {"batch_tags", "batch-tag", listOption},
	{"batch_comment", "", valueOption}, {"run_dir", "", valueOption}, {"optimize", "", switchOption},
	{"optimizer", "", valueOption}, {"minimize", "", valueOption}, {"maximize", "", valueOption},
	{"opt_flags", "opt-flag", flagsOption}, {"max_trials", "", valueOption}, {"random_seed", "", valueOption},
	{"debug_sourcecode", "", valueOption}, {"needed", "", switchOption}, {"print_cmd", "", switchOption},
	{"print_trials", "", switchOption}, {"save_trials", "", valueOption}, {"stage_trials", "", switchOption},
	{"force_flags", "", switchOption}, {"force_deps", "", switchOption}, {"stop_after", "", valueOption},
	{"fail_on_trial_error", "", switchOption}, {"quiet", "", switchOption}, {"test_sourcecode", "", switchOption},
	{"gpus", "", valueOption}, {"help_op", "", switchOption}, {"run_id", "", valueOption},
	{"background", "", switchOption}, {"keep_run", "", switchOption}, {"keep_batch", "", switchOption},
	{"deps", "dep", listOption},
}

// runRequest is a call of Project.run.
type runRequest struct {
	op     string
	flags  []string
	files  []string
	ignore []string
	cwd    string
	env    []string
	values map[string]starlark.Value // of runOptions, without those that are None
}

func parseRunRequest(a arguments) (r runRequest, err error) {
	r.values = map[string]starlark.Value{}
	given := keywords(a.kwargs)
	for i, name := range []string{"op", "flags"} {
		if i < len(a.args) && a.args[i] != starlark.None {
			given[name] = a.args[i]
		}
	}
	if len(a.args) > 2 {
		return r, pystar.Errorf("TypeError", "%s() takes at most 2 positional arguments (%d given)", a.name, len(a.args))
	}
	for name, v := range given {
		switch name {
		case "op", "opspec":
			r.op = pystar.Str(v)
		case "flags":
			r.flags, err = flagAssigns(v)
		case "batch_files":
			r.files, err = stringList(v)
		case "ignore_output":
			r.ignore, err = stringList(v)
		case "cwd":
			r.cwd = pystar.Str(v)
		case "extra_env":
			r.env, err = variables(v)
		default:
			if !slices.ContainsFunc(runOptions, func(o keywordOption) bool { return o.keyword == name }) {
				err = unexpected(a.name, name)
			}
			r.values[name] = v
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// args returns the arguments of guild for the request.
func (r runRequest) args() ([]string, error) {
	args := []string{"run", "-y"}
	if r.op != "" {
		args = append(args, r.op)
	}
	for _, o := range runOptions {
		v, ok := r.values[o.keyword]
		if !ok {
			continue
		}
		more, err := o.args(v)
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	args = append(args, r.flags...)
	for _, f := range r.files {
		args = append(args, "@"+f)
	}
	return args, nil
}

// execute runs the operation and returns its output, stripped and without ignored lines. On failure it is returned,
// too, with a *guildError.
func (p *project) execute(r runRequest) (string, error) {
	args, err := r.args()
	if err != nil {
		return "", err
	}
	out, err := p.output(call{args: args, cwd: r.cwd, env: r.env})
	lines := strings.Split(out, "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(r.ignore, func(part string) bool { return part == "" || strings.Contains(line, part) })
	})
	return strings.Trim(strings.Join(lines, "\n"), asciiSpace), err
}

func (p *project) run(a arguments) (starlark.Value, error) {
	r, err := parseRunRequest(a)
	if err != nil {
		return nil, err
	}
	out, err := p.execute(r)
	var failed *guildError
	if errors.As(err, &failed) {
		out += fmt.Sprintf("\n<exit %d>", failed.code)
	} else if err != nil {
		return nil, err
	}
	p.s.print(out, "\n")
	return starlark.None, nil
}

func (p *project) runQuiet(a arguments) (starlark.Value, error) {
	r, err := parseRunRequest(a)
	if err == nil {
		_, err = p.execute(r)
	}
	return starlark.None, asRunError(err)
}

func (p *project) printTrials(a arguments) (starlark.Value, error) {
	r, err := parseRunRequest(a)
	if err != nil {
		return nil, err
	}
	r.values["print_trials"] = starlark.True
	out, err := p.execute(r)
	if err != nil {
		return nil, asRunError(err)
	}
	p.s.print(out, "\n")
	return starlark.None, nil
}

// runCapture returns the run and its output. The id of a new run is chosen here, so that the run is known.
func (p *project) runCapture(a arguments) (starlark.Value, error) {
	r, err := parseRunRequest(a)
	if err != nil {
		return nil, err
	}
	id, dir, err := p.chooseRun(r)
	if err != nil {
		return nil, asRunError(err)
	}
	out, err := p.execute(r)
	if err != nil {
		return nil, asRunError(err)
	}
	run, err := p.findRun(id, dir)
	if err != nil {
		return nil, asRunError(err)
	}
	return starlark.Tuple{run, starlark.String(out)}, nil
}

// chooseRun returns the id and the directory of the run that the request will make or run again.
func (p *project) chooseRun(r runRequest) (id, dir string, err error) {
	if v, ok := r.values["run_dir"]; ok {
		dir = p.s.resolve(pystar.Str(v))
		return filepath.Base(dir), dir, nil
	}
	for _, name := range []string{"restart", "start"} {
		if v, ok := r.values[name]; ok {
			out, err := p.data("select", pystar.Str(v))
			id = strings.TrimSpace(out)
			return id, filepath.Join(p.home, "runs", id), err
		}
	}
	if v, ok := r.values["run_id"]; ok {
		id = pystar.Str(v)
	} else {
		b := make([]byte, 16)
		rand.Read(b)
		id = hex.EncodeToString(b)
		r.values["run_id"] = starlark.String(id)
	}
	return id, filepath.Join(p.home, "runs", id), nil
}
