package opdef

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Find returns the operation that spec names: an operation of the guild.yml, a script of the project, a built-in operation,
// or a unique part of the name of an operation of the guild.yml. An empty spec is the default operation. The flags of
// Python scripts are not there yet, see ImportFlags.
func (p *Project) Find(spec string) (*Operation, error) {
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

// runnable returns the operation, or why it cannot be run.
func runnable(op *Operation) (*Operation, error) {
	if op.unsupported != nil {
		return nil, op.unsupported
	}
	return op, nil
}

// defaultOperation is that of the default model, or that of all models. An operation that is not marked is the default one
// where it is the only one that is not private.
func (p *Project) defaultOperation() (*Operation, error) {
	ops := p.Operations()
	for _, m := range p.Models {
		if p.isDefaultModel(m.Name) && slices.ContainsFunc(m.Operations, func(op *Operation) bool { return op.Default }) {
			ops = m.Operations
		}
	}
	marked := slices.DeleteFunc(slices.Clone(ops), func(op *Operation) bool { return !op.Default })
	public := slices.DeleteFunc(slices.Clone(ops), (*Operation).IsPrivate)
	switch {
	case len(marked) == 1:
		return runnable(marked[0])
	case len(marked) > 1:
		return nil, fmt.Errorf("several operations are marked as default: %s; name one of them", quotedList(fullNames(marked), " and "))
	case len(public) == 1:
		return runnable(public[0])
	case len(ops) == 0:
		return nil, fmt.Errorf("there is no %s in %s, so name a script to run", GuildfileName, p.Dir)
	}
	return nil, fmt.Errorf("no operation is marked as default; name one of those that 'guild operations' lists")
}

// exact finds an operation by its full name, or by its name alone where one model has it or the default model does.
func (p *Project) exact(spec string, ops []*Operation) *Operation {
	var found []*Operation
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
	return len(p.Models) == 1 || slices.ContainsFunc(p.Models, func(m *Model) bool { return m.Default && m.Name == name })
}

// partial finds the one operation whose name has spec as a part.
func (p *Project) partial(spec string, ops []*Operation) (*Operation, error) {
	model, name, qualified := strings.Cut(spec, ":")
	var found []*Operation
	for _, op := range ops {
		if qualified && strings.Contains(op.Model, model) && strings.Contains(op.Name, name) ||
			!qualified && strings.Contains(op.FullName(), spec) {
			found = append(found, op)
		}
	}
	if whole := slices.DeleteFunc(slices.Clone(found), func(op *Operation) bool { return op.Name != name }); qualified && len(whole) == 1 {
		return whole[0], nil // a part of a model's name and a whole one of an operation
	}
	switch len(found) {
	case 0:
		return nil, p.unknown(spec, ops)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("'%s' is part of the names of several operations: %s; write more of the name", spec,
		quotedList(fullNames(found), " and "))
}

func (p *Project) unknown(spec string, ops []*Operation) error {
	known := append(fullNames(ops), fullNames(p.Builtins())...)
	if entries, err := os.ReadDir(filepath.Dir(filepath.Join(p.Dir, spec))); err == nil {
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".py") {
				known = append(known, filepath.Join(filepath.Dir(spec), e.Name()))
			}
		}
	}
	if hint := didYouMean(spec, known); hint != "" {
		return fmt.Errorf("there is no operation or script '%s'%s", spec, hint)
	}
	return fmt.Errorf("there is no operation or script '%s'; 'guild operations' lists what can be run", spec)
}

func fullNames(ops []*Operation) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.FullName()
	}
	return out
}
