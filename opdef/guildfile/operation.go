package guildfile

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/hooks"
	"guild/opdef/output"
	"guild/opdef/program"
	"guild/runs/console"
	"guild/runs/pyyaml"
	"guild/runs/words"
)

// opParser reads the attributes of one operation.
type opParser struct {
	*parser
	scope *scope
	op    *opdef.Operation
	what  string // name of the operation in messages

	argSkip   bool
	setFreeze bool
}

// targets returns where the attributes of the operation go.
func (p *opParser) targets() targets {
	op := p.op
	nothing := func(e entry) error {
		p.warn(e.key, "%s has '%s', which does nothing", p.what, e.name)
		return nil
	}
	return targets{
		"main":                  &op.Main,
		"exec":                  &op.Exec,
		"notebook":              p.notebook,
		"steps":                 p.steps,
		"description":           &op.Description,
		"default":               &op.Default,
		"flags":                 p.flags,
		"flags-import":          p.flagsImport,
		"flags-import-skip":     &op.FlagsImportSkip,
		"flags-dest":            p.flagsDest,
		"default-flag-arg-skip": &p.argSkip,
		"label":                 &op.Label,
		"tags":                  &op.Tags,
		"run-attrs":             p.runAttrs,
		"requires":              p.requires,
		"env":                   p.env,
		"env-secrets":           &op.EnvSecrets,
		"python-path": func(n *yaml.Node) error {
			path, err := p.textList(n, "python-path")
			op.PythonPath = append(path, op.PythonPath...)
			return err
		},
		"sourcecode":     func(n *yaml.Node) (err error) { op.Source, err = p.source(n); return err },
		"output-scalars": func(e entry) (err error) { op.OutputScalars, err = p.outputRules(e, output.Rules.Scalars); return err },
		"output-attrs":   func(e entry) (err error) { op.OutputAttrs, err = p.outputRules(e, output.Rules.Attrs); return err },
		"metric-files":   p.metricFiles,
		"python":         &op.PythonSetting,
		"image":          &op.Image,
		"compare":        &op.Compare,
		"gpus":           &op.GPUs,
		"on-start":       &op.Hooks.Start,
		"on-end":         &op.Hooks.End,
		"on-fail":        &op.Hooks.Fail,
		"hook-time-limit": func(n *yaml.Node) (err error) {
			if op.Hooks.TimeLimit, err = p.count(n, "hook-time-limit"); err == nil {
				if bad := hooks.CheckTimeLimit(op.Hooks.TimeLimit); bad != nil {
					err = p.errorf(n, "hook-time-limit: %v", bad)
				}
			}
			return err
		},
		"publish": p.publish,
		"pip-freeze": func(n *yaml.Node) error {
			p.setFreeze = true
			return p.assign(entry{name: "pip-freeze", value: n}, &op.PipFreeze)
		},
		"delete-on-success": &op.DeleteOnSuccess,
		"stoppable":         &op.Stoppable,
		"system-metrics": func(n *yaml.Node) error {
			on, err := p.boolean(n, "system-metrics")
			op.NoSystemMetrics = err == nil && !on
			return err
		},
		"optimizers":         p.optimizers,
		"optimizer":          func(n *yaml.Node) error { return p.optimizer("", n) },
		"objective":          p.objective,
		"default-max-trials": &op.MaxTrials,
		"nb-cells":           nothing,
		"pre-process":        nothing,
	}
}

// fail records why the operation cannot be run. Other operations of the file are not affected.
func (p *opParser) fail(err error) { p.op.Fail(err) }

// unsupported is fail for a part that is valid in a guild.yml but not supported.
func (p *opParser) unsupported(n *yaml.Node, format string, args ...any) {
	e := p.errorAt(n, format, args...)
	e.Msg = p.what + ": " + e.Msg
	p.fail(e)
}

// notebook reads the file of a notebook and its options.
func (p *opParser) notebook(n *yaml.Node) error {
	text, err := p.text(n, "notebook")
	if err != nil {
		return err
	}
	line, err := words.Split(text)
	if err != nil || len(line) == 0 {
		return p.errorf(n, "notebook must be a file .ipynb, .R or .qmd")
	}
	file := line[0]
	if filepath.Ext(file) == "" {
		file += program.ExtNotebook
	}
	if program.InterpreterOf(file) == nil {
		p.unsupported(n, "notebook must be a file .ipynb, .R or .qmd, not '%s'", file)
		return nil
	}
	if err := p.op.Interpret(file, line[1:]); err != nil {
		return p.errorf(n, "%v", err)
	}
	return nil
}

// finish checks attributes that depend on each other, and sets those that follow from others.
func (p *opParser) finish(key *yaml.Node) {
	op := p.op
	p.chooseWay(key)
	if !op.SaysWhatToRun() && len(op.Errors()) == 0 {
		if err := op.RunNamed(); err != nil {
			p.fail(p.errorf(key, "%s: %v", p.what, err))
		}
	}
	for _, text := range []string{op.Main, op.Exec} {
		if _, err := words.Split(text); err != nil {
			p.fail(p.errorf(key, "the command of %s: %v", p.what, err))
		}
	}
	if rel, err := filepath.Rel(op.SourceDir(), op.Python().Root); err == nil && rel != "." && !slices.Contains(op.PythonPath, rel) && filepath.IsLocal(rel) {
		op.PythonPath = append([]string{rel}, op.PythonPath...)
	}
	if !p.setFreeze {
		op.PipFreeze = op.IsPython()
	}
	for _, f := range op.Flags {
		if err := f.CheckPatterns(); err != nil {
			p.fail(p.errorf(key, "%v", err))
		}
		if !f.ArgSkipSet {
			f.ArgSkip = p.argSkip
		}
	}
	slices.SortFunc(op.Flags, func(a, b *opdef.Flag) int { return cmp.Compare(a.Name, b.Name) })
}

// chooseWay keeps one of several attributes that say what is run, and warns of the others. An operation that extends another one may
// have both.
func (p *opParser) chooseWay(key *yaml.Node) {
	op := p.op
	var ways []string
	for _, w := range []struct {
		name string
		set  bool
		drop func()
	}{
		{"exec", op.Exec != "", nil},
		{"main", op.Main != "", func() { op.Main = "" }},
		{"steps", op.Steps != nil, func() { op.Steps = nil }},
	} {
		if !w.set {
			continue
		}
		if ways = append(ways, w.name); len(ways) > 1 {
			w.drop()
		}
	}
	if len(ways) > 1 {
		p.warn(key, "%s has %s; only '%s' is used", p.what, console.Quoted(ways, " and "), ways[0])
	}
}

func (p *opParser) flagsImport(n *yaml.Node) error {
	d, to := deref(n), &p.op.FlagsImport
	if d.Kind == yaml.ScalarNode {
		switch v := pyyaml.DecodeScalar(d.Value); {
		case v == true || v == any("all"):
			*to = opdef.Import{Mode: opdef.ImportAll}
			return nil
		case v == false:
			*to = opdef.Import{Mode: opdef.ImportNone}
			return nil
		case v == nil:
			return nil
		}
	}
	if d.Kind != yaml.SequenceNode {
		return p.errorf(n, "flags-import must be all, no, or a list of flag names")
	}
	list, err := p.texts(n, "flags-import")
	*to = opdef.Import{Mode: opdef.ImportNamed, Names: list}
	if len(list) == 0 {
		*to = opdef.Import{Mode: opdef.ImportNone}
	}
	return err
}

// env reads the environment variables of the operation, or the word all, which means that all variables are recorded.
func (p *opParser) env(n *yaml.Node) error {
	if d := deref(n); d.Kind == yaml.ScalarNode && d.Value == "all" {
		p.op.RecordEnv = true
		return nil
	}
	entries, err := p.mapping(n, "env")
	if err != nil {
		return err
	}
	p.op.Env = make(map[string]any, len(entries))
	for _, e := range entries {
		v, err := p.value(e.value, "env "+e.name)
		if err != nil {
			return err
		}
		switch v.(type) {
		case []any, map[string]any:
			return p.errorf(e.value, "variable %s must be a text or a number", e.name)
		}
		if e.name == "" || strings.ContainsAny(e.name, "=\x00") {
			return p.errorf(e.key, "'%s' is no name of a variable", e.name)
		}
		p.op.Env[e.name] = v
	}
	return nil
}
