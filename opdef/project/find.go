package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs/console"
)

// Find returns the operation that spec names: an operation of the guild.yml, a script of the project, a built-in operation, or a
// unique part of the name of an operation of the guild.yml. If spec is empty, it is the default operation. Flags of Python scripts are
// not imported yet, see opdef.Operation.ImportFlags.
func (p *Project) Find(spec string) (*opdef.Operation, error) {
	if spec == "" {
		return p.defaultOperation()
	}
	ops := p.Operations()
	op := p.exact(spec, ops)
	if op == nil {
		var err error
		if op, err = p.script(spec); err != nil {
			return nil, err
		}
	}
	if op == nil {
		for _, b := range p.Builtins() {
			if b.FullName() == spec {
				op = b
			}
		}
	}
	if op == nil {
		var err error
		if op, err = p.partial(spec, ops); err != nil {
			return nil, err
		}
	}
	return runnable(op)
}

// runnable returns the operation, or the reason why it cannot be run.
func runnable(op *opdef.Operation) (*opdef.Operation, error) {
	if len(op.Errors()) > 0 {
		return nil, op.Errors()[0]
	}
	return op, nil
}

// defaultOperation returns the operation that is marked as default, first in the default model, then in all models. Without a mark it
// is the only operation that is not private.
func (p *Project) defaultOperation() (*opdef.Operation, error) {
	ops := p.Operations()
	for _, m := range p.Models {
		if p.isDefaultModel(m.Name) && slices.ContainsFunc(m.Operations, func(op *opdef.Operation) bool { return op.Default }) {
			ops = m.Operations
		}
	}
	marked := slices.DeleteFunc(slices.Clone(ops), func(op *opdef.Operation) bool { return !op.Default })
	public := slices.DeleteFunc(slices.Clone(ops), (*opdef.Operation).IsPrivate)
	switch {
	case len(marked) == 1:
		return runnable(marked[0])
	case len(marked) > 1:
		return nil, fmt.Errorf("several operations are marked as default: %s; name one of them", console.Quoted(fullNames(marked), " and "))
	case len(public) == 1:
		return runnable(public[0])
	}
	return nil, console.WithHint(errors.New("cannot find a default operation"), "Try 'guild operations' for a list.")
}

// exact finds an operation by its full name, or by its name alone if it is unique or in the default model.
func (p *Project) exact(spec string, ops []*opdef.Operation) *opdef.Operation {
	var found []*opdef.Operation
	for _, op := range ops {
		if op.FullName() == spec || op.Model == "" && spec == ":"+op.Name {
			return op
		}
		if op.Name == spec {
			found = append(found, op)
		}
	}
	for _, op := range found {
		if len(found) == 1 || p.isDefaultModel(op.Model) {
			return op
		}
	}
	return nil
}

func (p *Project) isDefaultModel(name string) bool {
	return len(p.Models) == 1 || slices.ContainsFunc(p.Models, func(m *opdef.Model) bool { return m.Default && m.Name == name })
}

// partial finds the only operation whose name contains spec.
func (p *Project) partial(spec string, ops []*opdef.Operation) (*opdef.Operation, error) {
	model, name, qualified := strings.Cut(spec, ":")
	var found []*opdef.Operation
	for _, op := range ops {
		if qualified && strings.Contains(op.Model, model) && strings.Contains(op.Name, name) ||
			!qualified && strings.Contains(op.FullName(), spec) {
			found = append(found, op)
		}
	}
	if whole := slices.DeleteFunc(slices.Clone(found), func(op *opdef.Operation) bool { return op.Name != name }); qualified && len(whole) == 1 {
		return whole[0], nil // part of the name of a model, and the name of an operation
	}
	switch len(found) {
	case 0:
		return nil, p.unknown(spec, ops)
	case 1:
		return found[0], nil
	}
	if models := modelNames(found); qualified && len(models) > 1 && found[0].Name == name {
		return nil, console.WithHint(fmt.Errorf("there are multiple models that match '%s'", model), oneOf(models))
	}
	return nil, console.WithHint(fmt.Errorf("there are multiple operations that match '%s'", spec), oneOf(fullNames(found)))
}

func modelNames(ops []*opdef.Operation) []string {
	var names []string
	for _, op := range ops {
		if !slices.Contains(names, op.Model) {
			names = append(names, op.Model)
		}
	}
	return names
}

func oneOf(names []string) string {
	return "Try specifying one of the following:\n  " + strings.Join(names, "\n  ")
}

var errUnknown = errors.New("cannot find operation")

func (p *Project) unknown(spec string, ops []*opdef.Operation) error {
	known := append(fullNames(ops), fullNames(p.Builtins())...)
	if entries, err := os.ReadDir(filepath.Dir(filepath.Join(p.Dir, spec))); err == nil {
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".py") {
				known = append(known, filepath.Join(filepath.Dir(spec), e.Name()))
			}
		}
	}
	hint := "Try 'guild operations' for a list of available operations."
	if script := p.scriptHint(spec); script != "" {
		hint = script
	} else if !strings.Contains(spec, ":") {
		hint = "You may need to include a model in the form MODEL:OPERATION.\n" + hint
	}
	for _, err := range p.errors {
		hint += "\nIt may be missing because of " + err.Error()
	}
	return console.WithHint(fmt.Errorf("%w %s%s", errUnknown, spec, console.DidYouMean(spec, known)), hint)
}

// scriptHint returns what to do about an unknown operation that looks like a missing file; empty for other names.
func (p *Project) scriptHint(spec string) string {
	if strings.Contains(spec, ":") || filepath.Ext(spec) == "" && !strings.Contains(spec, "/") {
		return ""
	}
	path := spec
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.Dir, path)
	}
	if _, err := os.Stat(path); err == nil {
		return ""
	}
	return fmt.Sprintf("There is no file %s. Go to the directory of your script, or name it with 'guild -C DIRECTORY run ...'.", path)
}

func fullNames(ops []*opdef.Operation) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.FullName()
	}
	return out
}
