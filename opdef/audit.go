package opdef

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Audit tells, a line each, what in the guild.yml cannot be what was meant, although it can be read: it would be found out only when
// the operation is run. Scripts are not asked for their flags, so that what needs these is not examined.
func (p *Project) Audit() []string {
	var found []string
	add := func(op *Operation, format string, args ...any) {
		found = append(found, fmt.Sprintf("operation '%s': ", op.FullName())+fmt.Sprintf(format, args...))
	}
	for _, op := range p.Operations() {
		for _, err := range slices.Concat(op.auditFlags(), p.auditSteps(op), p.auditRequires(op), op.auditOutput()) {
			add(op, "%v", err)
		}
		for _, o := range op.Optimizers {
			if _, err := p.Optimizer(o.Algorithm); err != nil {
				add(op, "optimizer '%s': %v", o.Name, err)
			}
		}
	}
	for _, m := range p.Models {
		marked := slices.DeleteFunc(slices.Clone(m.Operations), func(op *Operation) bool { return !op.Default })
		if len(marked) > 1 {
			found = append(found, fmt.Sprintf("several operations are marked as default: %s", quotedList(fullNames(marked), " and ")))
		}
	}
	return found
}

// defaults are the defaults of all flags.
func (op *Operation) defaults() Values {
	vals := make(Values, len(op.Flags))
	for _, f := range op.Flags {
		vals[f.Name] = f.Default
	}
	return vals
}

// auditFlags holds the defaults against types, choices and bounds, and what refers to flags against these.
func (op *Operation) auditFlags() []error {
	var found []error
	for _, f := range op.Flags {
		if f.Type == TypeExistingPath {
			continue // a file can come to be
		}
		if _, err := f.checkAll(f.Default, op.Dir); f.Default != nil && err != nil {
			found = append(found, fmt.Errorf("its default: %w", err))
		}
	}
	if op.IsPython() { // whose script can have more flags
		return found
	}
	if err := op.CheckRefs(op.defaults()); err != nil {
		found = append(found, errors.New(strings.TrimPrefix(err.Error(), fmt.Sprintf("operation '%s': ", op.FullName()))))
	}
	return found
}

// auditSteps looks for the operations that steps name, and for the flags that they set.
func (p *Project) auditSteps(op *Operation) []error {
	var found []error
	vals := op.defaults()
	for _, s := range op.Steps {
		if _, err := op.StepArgs(s, vals); err != nil {
			found = append(found, err)
			continue
		}
		if strings.Contains(s.OpSpec, "${") {
			continue
		}
		target, err := p.Find(s.OpSpec)
		if err != nil {
			found = append(found, fmt.Errorf("step '%s': %w", s.Name, err))
			continue
		}
		if target.IsPython() {
			continue
		}
		for _, assign := range s.Flags {
			name, _, _ := strings.Cut(assign, "=")
			if target.Flag(name) == nil && target.aliasedFlag(name) == nil && !slices.Contains(s.Args, "--force-flags") && !target.standsForSource(name) {
				found = append(found, fmt.Errorf("step '%s': %w", s.Name, target.unknownFlag(name)))
			}
		}
	}
	return found
}

// standsForSource tells flags by which runs and files are chosen that the operation requires.
func (op *Operation) standsForSource(name string) bool {
	for _, r := range op.known() {
		for i := range r.Sources {
			s := &r.Sources[i]
			if name == s.ResolvingName() || slices.Contains(s.flagCandidates(), name) || slices.Contains(s.flagCandidates(), FromOperation+":"+name) {
				return true
			}
		}
	}
	return false
}

// auditRequires looks for the resources that are required, and for the operations whose runs are.
func (p *Project) auditRequires(op *Operation) []error {
	vals := op.defaults()
	resources, err := op.Requires(vals)
	if err != nil {
		return []error{errors.New(strings.TrimPrefix(err.Error(), fmt.Sprintf("operation '%s' ", op.FullName())))}
	}
	var found []error
	for _, r := range resources {
		for i := range r.Sources {
			s := &r.Sources[i]
			if s.Kind != FromOperation {
				continue
			}
			names, err := s.Operations(vals)
			if err != nil {
				continue // a flag of a script, perhaps
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

// auditRequired looks for operations that match MODEL:OP or OP, which are regular expressions. Those of packages are elsewhere, and
// scripts are files.
func (p *Project) auditRequired(spec string) error {
	re, err := regexp.Compile("^(?:" + spec + ")$")
	if err != nil {
		return fmt.Errorf("'%s' is no regular expression: %w", spec, err)
	}
	if strings.Contains(spec, "/") {
		return nil
	}
	known := append(p.Operations(), p.Builtins()...)
	if slices.ContainsFunc(known, func(op *Operation) bool { return re.MatchString(op.Name) || re.MatchString(op.FullName()) }) {
		return nil
	}
	if op, err := p.script(spec); err == nil && op != nil {
		return nil
	}
	return fmt.Errorf("no operation is named so%s", didYouMean(spec, fullNames(p.Operations())))
}

// auditOutput compiles the patterns of what is captured from the output.
func (op *Operation) auditOutput() []error {
	var found []error
	if _, err := op.OutputScalars.Scalars(); err != nil {
		found = append(found, fmt.Errorf("output-scalars: %w", err))
	}
	if _, err := op.OutputAttrs.Attrs(); err != nil {
		found = append(found, fmt.Errorf("output-attrs: %w", err))
	}
	return found
}
