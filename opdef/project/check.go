package project

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/resource"
	"guild/runs/console"
)

// Check returns all mistakes in the guild.yml in the order of the file: what is ignored, what keeps operations from being run, and
// what would otherwise be found only when an operation is run. Scripts are not asked for their flags, so checks that need these are
// left out.
func (p *Project) Check() []error {
	var found []error
	for _, w := range p.warnings {
		found = append(found, w)
	}
	for _, op := range p.Operations() {
		for _, text := range op.Warnings() {
			found = append(found, errorAtOperation(op, text))
		}
		for _, err := range p.audit(op) {
			found = append(found, errorAtOperation(op, fmt.Sprintf("operation '%s': %v", op.FullName(), err)))
		}
	}
	for _, m := range p.Models {
		marked := slices.DeleteFunc(slices.Clone(m.Operations), func(op *opdef.Operation) bool { return !op.Default })
		if len(marked) > 1 {
			found = append(found, errorAtOperation(marked[0], "several operations are marked as default: "+console.Quoted(fullNames(marked), " and ")))
		}
	}
	found = append(found, p.Errors()...)
	slices.SortStableFunc(found, func(a, b error) int {
		x, y := placeOf(a), placeOf(b)
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	return found
}

// placeOf returns the place of a mistake. A mistake without a place sorts first.
func placeOf(err error) opdef.FileError {
	var at *opdef.FileError
	if errors.As(err, &at) {
		return *at
	}
	return opdef.FileError{}
}

// errorAtOperation returns an error at the place of an operation.
func errorAtOperation(op *opdef.Operation, text string) error {
	return &opdef.FileError{Place: op.At, Msg: text}
}

// audit returns the mistakes in an operation whose definition can be read.
func (p *Project) audit(op *opdef.Operation) []error {
	if len(op.Errors()) > 0 {
		return nil
	}
	found := slices.Concat(op.CheckFlags(), p.auditSteps(op), p.auditRequires(op))
	for _, o := range op.Optimizers {
		if _, err := p.Optimizer(o.Algorithm); err != nil {
			found = append(found, fmt.Errorf("optimizer '%s': %w", o.Name, err))
		}
	}
	return found
}

// auditSteps checks the operations that steps run and the flags that they set.
func (p *Project) auditSteps(op *opdef.Operation) []error {
	var found []error
	vals := op.Defaults()
	for _, s := range op.Steps {
		if _, err := s.RunArgs(op.FullName(), vals); err != nil {
			found = append(found, err)
			continue
		}
		if strings.Contains(s.OpSpec, "${") {
			continue
		}
		target, err := p.Find(s.OpSpec)
		if errors.Is(err, errUnknown) {
			found = append(found, fmt.Errorf("step '%s': %w", s.Name, err))
		}
		if err != nil || !target.KnowsFlags() || slices.Contains(s.Args, "--force-flags") {
			continue
		}
		for _, err := range target.CheckAssignments(s.Flags) {
			found = append(found, fmt.Errorf("step '%s': %w", s.Name, err))
		}
	}
	return found
}

// auditRequires checks required resources, and the operations whose runs are required.
func (p *Project) auditRequires(op *opdef.Operation) []error {
	vals := op.Defaults()
	resources, err := op.Requires(vals)
	if err != nil && !op.KnowsFlags() && op.RequiresByFlag() {
		return nil // may refer to a flag of the script
	}
	if err != nil {
		return []error{errors.New(strings.TrimPrefix(err.Error(), fmt.Sprintf("operation '%s' ", op.FullName())))}
	}
	var found []error
	for _, r := range resources {
		for i := range r.Sources {
			s := &r.Sources[i]
			found = append(found, s.CheckPatterns()...)
			if s.Kind != resource.FromOperation {
				continue
			}
			names, err := s.Operations(vals)
			if err != nil {
				continue // may refer to a flag of the script
			}
			for _, name := range names {
				if err := p.auditRequired(name); err != nil {
					found = append(found, fmt.Errorf("it requires '%s': %w", s.ResolvingName(), err))
				}
			}
		}
	}
	return found
}

// auditRequired checks that an operation matches MODEL:OP or OP, which are regular expressions. Operations of packages are not
// checked. Scripts are files.
func (p *Project) auditRequired(spec string) error {
	re, err := regexp.Compile("^(?:" + spec + ")$")
	if err != nil {
		return fmt.Errorf("'%s' is no regular expression: %w", spec, err)
	}
	if strings.Contains(spec, "/") {
		return nil
	}
	known := append(p.Operations(), p.Builtins()...)
	if slices.ContainsFunc(known, func(op *opdef.Operation) bool { return re.MatchString(op.Name) || re.MatchString(op.FullName()) }) {
		return nil
	}
	if op, err := p.script(spec); err == nil && op != nil {
		return nil
	}
	return fmt.Errorf("no operation is named so%s", console.DidYouMean(spec, fullNames(p.Operations())))
}
