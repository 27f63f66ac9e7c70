package opdef

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/output"
	"guild/runs/pyyaml"
	"guild/runs/words"
)

// opParser reads the attributes of one operation.
type opParser struct {
	*parser
	scope *scope
	op    *Operation
	what  string // the operation, for messages

	argSkip   bool
	setFreeze bool
}

// opAttrs are the attributes that have a meaning here.
func opAttrs() []string {
	return []string{"main", "exec", "description", "flags", "flags-import", "flags-import-skip", "flags-dest", "pip-freeze",
		"steps", "default", "label", "tags", "env", "delete-on-success", "stoppable", "sourcecode", "default-flag-arg-skip",
		"output-scalars", "output-attrs", "requires", "env-secrets", "python-path", "run-attrs", "optimizers", "optimizer",
		"objective", "default-max-trials", "compare", "publish"}
}

func (p *opParser) attr(a entry) (err error) {
	op := p.op
	switch a.name {
	case "main":
		op.Main, err = p.text(a.value, "main")
	case "exec":
		op.Exec, err = p.text(a.value, "exec")
	case "description":
		op.Description, err = p.text(a.value, "description")
	case "flags":
		err = p.flags(a.value)
	case "flags-import":
		op.FlagsImport, err = p.flagsImport(a.value)
	case "flags-import-skip":
		op.FlagsImportSkip, err = p.texts(a.value, "flags-import-skip")
	case "flags-dest":
		err = p.flagsDest(a)
	case "pip-freeze":
		op.PipFreeze, err = p.boolean(a.value, "pip-freeze")
		p.setFreeze = true
	case "steps":
		err = p.steps(a.value)
	case "default":
		op.Default, err = p.boolean(a.value, "default")
	case "label":
		op.Label, err = p.text(a.value, "label")
	case "tags":
		op.Tags, err = p.texts(a.value, "tags")
	case "env":
		err = p.env(a.value)
	case "delete-on-success":
		op.DeleteOnSuccess, err = p.boolean(a.value, "delete-on-success")
	case "stoppable":
		op.Stoppable, err = p.boolean(a.value, "stoppable")
	case "sourcecode":
		op.Source, err = p.source(a.value)
	case "requires":
		err = p.requires(a.value)
	case "output-scalars":
		op.OutputScalars, err = p.outputRules(a, output.Rules.Scalars)
	case "output-attrs":
		op.OutputAttrs, err = p.outputRules(a, output.Rules.Attrs)
	case "default-flag-arg-skip":
		p.argSkip, err = p.boolean(a.value, "default-flag-arg-skip")
	case "optimizers":
		err = p.optimizers(a.value)
	case "optimizer":
		err = p.optimizer("", a.value)
	case "objective":
		err = p.objective(a.value)
	case "default-max-trials":
		op.MaxTrials, err = p.count(a.value, "default-max-trials")
	case "compare":
		op.Compare, err = p.texts(a.value, "compare")
	case "publish":
		err = p.publish(a.value)
	case "can-stage-trials", "disable-plugins", "flag-encoder", "handle-keyboard-interrupt", "plugins", "python-requires", "references":
		// Concerns what is done with a run, not how it is run: a project that has it can be run as it is.
	case "run-attrs":
		err = p.runAttrs(a)
	case "env-secrets":
		op.EnvSecrets, err = p.textList(a.value, "env-secrets")
	case "python-path":
		var path []string
		path, err = p.textList(a.value, "python-path")
		op.PythonPath = append(path, op.PythonPath...)
	case "notebook":
		err = p.notebook(a.value)
	case "nb-cells", "pre-process": // are in projects, but Guild AI does nothing with them
		op.warnings = append(op.warnings, fmt.Sprintf("%s has '%s', which does nothing", p.what, a.name))
	default:
		err = p.errorf(a.key, "unknown attribute '%s' in %s%s", a.name, p.what, didYouMean(a.name, opAttrs()))
	}
	return err
}

// unsupported marks the operation as one that cannot be run, for the first such reason. Others of the file still can.
func (p *opParser) unsupported(n *yaml.Node, format string, args ...any) {
	if p.op.unsupported == nil {
		e := p.errorAt(n, format, args...)
		e.Msg = p.what + ": " + e.Msg
		p.op.unsupported = e
	}
}

// notebook is what the operation runs: a file, and options.
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
		file += extNotebook
	}
	if interpreterOf(file) == nil {
		p.unsupported(n, "notebook must be a file .ipynb, .R or .qmd, not '%s'", file)
		return nil
	}
	if err := p.op.interpret(file, line[1:]); err != nil {
		return p.errorf(n, "%v", err)
	}
	return nil
}

// finish checks what concerns several attributes, and fills in what follows from others.
func (p *opParser) finish(key *yaml.Node) error {
	op := p.op
	p.chooseWay()
	if op.Main == "" && op.Exec == "" && op.Steps == nil && op.notebook == nil && op.unsupported == nil {
		if strings.ToLower(filepath.Ext(op.Name)) == extNotebook {
			_ = op.interpret(op.Name, nil) // without options nothing can be wrong with them
		} else {
			op.Main = strings.TrimSuffix(op.Name, ".py")
		}
	}
	for _, text := range []string{op.Main, op.Exec} {
		if _, err := words.Split(text); err != nil {
			return p.errorf(key, "the command of %s: %v", p.what, err)
		}
	}
	if rel, err := filepath.Rel(op.sourceDir(), op.python().root); err == nil && rel != "." && !slices.Contains(op.PythonPath, rel) && filepath.IsLocal(rel) {
		op.PythonPath = append([]string{rel}, op.PythonPath...)
	}
	if !p.setFreeze {
		op.PipFreeze = op.IsPython()
	}
	for _, f := range op.Flags {
		if err := checkPatterns(f); err != nil {
			return p.errorf(key, "%v", err)
		}
		if !f.argSkipSet {
			f.ArgSkip = p.argSkip
		}
	}
	slices.SortFunc(op.Flags, func(a, b *Flag) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// chooseWay keeps one of several attributes that say what is run: an operation that extends another may have both.
func (p *opParser) chooseWay() {
	op := p.op
	used := ""
	for _, w := range []struct {
		name string
		set  bool
		drop func()
	}{
		{"exec", op.Exec != "", nil},
		{"main", op.Main != "", func() { op.Main = "" }},
		{"steps", op.Steps != nil, func() { op.Steps = nil }},
	} {
		switch {
		case !w.set:
		case used == "":
			used = w.name
		default:
			op.warnings = append(op.warnings, fmt.Sprintf("%s has '%s' and '%s'; '%s' is ignored", p.what, used, w.name, w.name))
			w.drop()
		}
	}
}

func (p *opParser) flagsImport(n *yaml.Node) (Import, error) {
	d := deref(n)
	if d.Kind == yaml.ScalarNode {
		switch v := pyyaml.DecodeScalar(d.Value); {
		case v == true || v == any("all"):
			return Import{Mode: ImportAll}, nil
		case v == false:
			return Import{Mode: ImportNone}, nil
		case v == nil:
			return Import{}, nil
		}
	}
	if d.Kind != yaml.SequenceNode {
		return Import{}, p.errorf(n, "flags-import must be all, no, or a list of flag names")
	}
	list, err := p.texts(n, "flags-import")
	if err != nil || len(list) == 0 {
		return Import{Mode: ImportNone}, err
	}
	return Import{Mode: ImportNamed, Names: list}, nil
}

// env reads the variables of the operation's process, or the word all, which asks that the whole environment is recorded.
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
