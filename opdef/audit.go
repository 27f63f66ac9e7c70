package opdef

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Check returns all that is wrong in the guild.yml, in the order of the file: what is ignored, what keeps operations from being run, and
// what would be found out only when an operation is run. Scripts are not asked for their flags, so that what needs these is not
// examined.
func (p *Project) Check() []error {
	var found []error
	for _, w := range p.warnings {
		found = append(found, w)
	}
	for _, op := range p.Operations() {
		for _, text := range op.warnings {
			found = append(found, op.errorAt(text))
		}
		for _, err := range p.audit(op) {
			found = append(found, op.errorAt(fmt.Sprintf("operation '%s': %v", op.FullName(), err)))
		}
	}
	for _, m := range p.Models {
		marked := slices.DeleteFunc(slices.Clone(m.Operations), func(op *Operation) bool { return !op.Default })
		if len(marked) > 1 {
			found = append(found, marked[0].errorAt("several operations are marked as default: "+quotedList(fullNames(marked), " and ")))
		}
	}
	found = append(found, p.Errors()...)
	slices.SortStableFunc(found, func(a, b error) int {
		x, y := placeOf(a), placeOf(b)
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	return found
}

// placeOf is where a mistake is. One without a place comes first.
func placeOf(err error) FileError {
	var at *FileError
	if errors.As(err, &at) {
		return *at
	}
	return FileError{}
}

// errorAt gives what is wrong with an operation the place of the operation.
func (op *Operation) errorAt(text string) error {
	at := op.at
	at.Msg = text
	return &at
}

// audit returns what is wrong with an operation that can be read.
func (p *Project) audit(op *Operation) []error {
	if len(op.errs) > 0 {
		return nil
	}
	found := slices.Concat(op.auditFlags(), p.auditSteps(op), p.auditRequires(op))
	for _, o := range op.Optimizers {
		if _, err := p.Optimizer(o.Algorithm); err != nil {
			found = append(found, fmt.Errorf("optimizer '%s': %w", o.Name, err))
		}
	}
	return found
}

// knowsFlags tells whether the guild.yml says what flags the operation has.
func (op *Operation) knowsFlags() bool {
	if destFile(op.FlagsDest) != "" || op.document != "" {
		return false
	}
	mode := op.FlagsImport.Mode
	return !op.IsPython() || mode == ImportNone || mode == ImportDefined
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
		if _, err := op.checkAll(f, f.Default, op.Dir); f.Default != nil && err != nil {
			found = append(found, fmt.Errorf("its default: %w", err))
		}
	}
	if !op.knowsFlags() {
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
		if errors.Is(err, errUnknown) {
			found = append(found, fmt.Errorf("step '%s': %w", s.Name, err))
		}
		if err != nil || !target.knowsFlags() || slices.Contains(s.Args, "--force-flags") {
			continue
		}
		for _, err := range target.auditAssignments(s.Flags) {
			found = append(found, fmt.Errorf("step '%s': %w", s.Name, err))
		}
	}
	return found
}

// auditAssignments looks for the flags that are set, and at values that do not come from other flags.
func (op *Operation) auditAssignments(assign []string) []error {
	var found []error
	var fixed []string
	for _, a := range assign {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case op.Flag(name) != nil || op.aliasedFlag(name) != nil:
			if !strings.Contains(value, "${") {
				fixed = append(fixed, a)
			}
		case !op.standsForSource(name):
			found = append(found, op.unknownFlag(name))
		}
	}
	if _, _, err := op.ReadInput(Input{Assign: fixed, Partial: true}); err != nil && len(found) == 0 && len(op.auditFlags()) == 0 {
		found = append(found, err)
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
	if err != nil && !op.knowsFlags() && slices.ContainsFunc(op.requires, func(r requirement) bool { return strings.Contains(r.ref, "${") }) {
		return nil // a flag of a script, perhaps
	}
	if err != nil {
		return []error{errors.New(strings.TrimPrefix(err.Error(), fmt.Sprintf("operation '%s' ", op.FullName())))}
	}
	var found []error
	for _, r := range resources {
		for i := range r.Sources {
			s := &r.Sources[i]
			found = append(found, s.auditPatterns()...)
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

// auditPatterns compiles the patterns of a source but for those that refer to flags.
func (s *ResourceSource) auditPatterns() []error {
	var found []error
	check := func(attr, pattern string) {
		if strings.Contains(pattern, "${") {
			return
		}
		if _, err := regexp.Compile(pattern); err != nil {
			found = append(found, fmt.Errorf("%s: %w", attr, err))
		}
	}
	for _, sel := range s.Select {
		check("select", sel.Pattern)
	}
	for _, r := range s.Rename {
		check("rename", r.Pattern)
	}
	return found
}
