package opdef

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Check returns all that is wrong in the guild.yml, in the order of the file: what is ignored, what keeps operations from being run, and
// what guild run would refuse of operations with the default values of their flags. Nothing is run for it, so flags that only the
// script of an operation tells are not known.
func (p *Project) Check() []error {
	var found []error
	for _, w := range p.warnings {
		found = append(found, w)
	}
	for _, op := range p.Operations() {
		for _, text := range op.warnings {
			found = append(found, op.errorAt(text))
		}
		if len(op.errs) == 0 {
			for _, err := range p.checkOperation(op) {
				found = append(found, op.errorAt(err.Error()))
			}
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

func (p *Project) checkOperation(op *Operation) []error {
	var found []error
	add := func(err error) {
		if err != nil {
			found = append(found, fmt.Errorf("operation '%s': %w", op.FullName(), err))
		}
	}
	for _, f := range op.Flags {
		_, err := f.checkAll(f.Default, op.Dir)
		add(err)
	}
	vals, _, err := op.ReadInput(Input{Force: true})
	add(err)
	for _, o := range op.Optimizers {
		_, err := p.Optimizer(o.Algorithm)
		add(err)
	}
	for _, req := range op.requires {
		add(op.checkRequirement(req, vals))
	}
	if len(op.Steps) > 0 {
		for _, s := range op.Steps {
			if err := p.checkStep(op, s, vals); err != nil {
				add(fmt.Errorf("step '%s': %w", s.Name, err))
			}
		}
	} else if op.knowsFlags() && len(found) == 0 {
		if err := op.CheckRefs(vals); err != nil { // it names the operation
			found = append(found, err)
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

func (op *Operation) checkRequirement(req requirement, vals Values) error {
	if strings.Contains(req.ref, "${") {
		if !op.knowsFlags() {
			return nil
		}
		if name, err := ExpandFlags(req.ref, vals); err != nil || name == "" {
			return err
		}
	}
	one := *op
	one.requires = []requirement{req}
	res, err := one.Requires(vals)
	if err != nil {
		return err
	}
	for i := range res[0].Sources {
		if err := op.checkSource(&res[0].Sources[i]); err != nil {
			return err
		}
	}
	return nil
}

func (op *Operation) checkSource(s *ResourceSource) error {
	for _, sel := range s.Select {
		if err := checkRegexp("select", sel.Pattern); err != nil {
			return err
		}
	}
	for _, r := range s.Rename {
		if err := checkRegexp("rename", r.Pattern); err != nil {
			return err
		}
	}
	file := s.localPath()
	if file == "" || s.Optional || strings.Contains(file, "${") || s.FlagName != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(op.Dir, filepath.FromSlash(file))); err != nil {
		return fmt.Errorf("it requires %s, which the project does not have", s.URI())
	}
	return nil
}

// checkRegexp checks a pattern, unless references to flags in it are still to be replaced.
func checkRegexp(attr, pattern string) error {
	if strings.Contains(pattern, "${") {
		return nil
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return fmt.Errorf("%s: %w", attr, err)
	}
	return nil
}

// checkStep checks that there is an operation to run, and that it has the flags that the step sets.
func (p *Project) checkStep(op *Operation, s Step, vals Values) error {
	args, err := op.StepArgs(s, vals)
	if err != nil {
		return err
	}
	to, err := p.Find(args[0])
	if to == nil {
		if err == nil || !errors.Is(err, errUnknown) {
			return nil // it is wrong itself, and says so
		}
		return err
	}
	if !to.knowsFlags() || slices.Contains(s.Args, "--force-flags") {
		return nil
	}
	var fixed []string // that do not come from the flags of op
	for _, assign := range s.Flags {
		if !strings.Contains(assign, "${") {
			fixed = append(fixed, assign)
		}
	}
	_, _, err = to.ReadInput(Input{Assign: fixed, Partial: true})
	return err
}
