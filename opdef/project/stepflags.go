package project

import (
	"context"
	"slices"
	"strings"

	"guild/opdef"
)

// AddStepFlags lets users set flags of steps on the operation: as STEP:FLAG, or as FLAG for each step that has it. It adds the
// assigned flags of steps to the operation and returns the assignments with their full names. Steps of steps are included.
func (p *Project) AddStepFlags(ctx context.Context, op *opdef.Operation, r opdef.FlagReader, assign []string) ([]string, error) {
	out := make([]string, 0, len(assign))
	for _, a := range assign {
		name, value, ok := strings.Cut(a, "=")
		if !ok || strings.HasPrefix(a, "@") || op.Flag(name) != nil || op.FlagByAlias(name) != nil {
			out = append(out, a)
			continue
		}
		found, err := p.stepFlags(ctx, op, r, name)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if op.Flag(f.Name) == nil {
				op.Flags = append(op.Flags, f)
			}
			out = append(out, f.Name+"="+value)
		}
		if len(found) == 0 {
			out = append(out, a) // ReadInput reports that it is unknown
		}
	}
	return out, nil
}

// stepFlags returns the flags of steps with that name, named as steps.Step.RunArgs expects them.
func (p *Project) stepFlags(ctx context.Context, op *opdef.Operation, r opdef.FlagReader, name string) ([]*opdef.Flag, error) {
	var found []*opdef.Flag
	for _, s := range op.Steps {
		flag, step := name, s.Name
		for _, prefix := range []string{s.Name, s.OpSpec} {
			if rest, ok := strings.CutPrefix(name, prefix+":"); ok {
				flag, step = rest, prefix
			}
		}
		full := step + ":" + flag
		if strings.Contains(s.OpSpec, "${") || slices.ContainsFunc(found, func(f *opdef.Flag) bool { return f.Name == full }) {
			continue
		}
		f, err := p.stepFlag(ctx, r, s.OpSpec, flag)
		if err != nil {
			return nil, err
		}
		if f != nil {
			found = append(found, f.ForStep(full))
		}
	}
	return found, nil
}

// stepFlag returns the flag of an operation that a step runs, or nil.
func (p *Project) stepFlag(ctx context.Context, r opdef.FlagReader, opspec, name string) (*opdef.Flag, error) {
	op, err := p.Find(opspec)
	if err != nil {
		return nil, nil // reported when the step is run
	}
	if err := op.ImportFlags(ctx, r); err != nil {
		return nil, err
	}
	if f := op.Flag(name); f != nil {
		return f, nil
	}
	if f := op.FlagByAlias(name); f != nil {
		return f, nil
	}
	nested, err := p.stepFlags(ctx, op, r, name)
	if err != nil || len(nested) == 0 {
		return nil, err
	}
	return nested[0], nil
}
