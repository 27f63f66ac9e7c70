package cmd

import (
	"context"
	"fmt"
	"maps"
	"os"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/flagvalue"
	"guild/opdef/project"
	"guild/proc/batchplan"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
)

// prototype is a run after which a new run is made.
type prototype struct {
	named *runs.Run       // the run that the user named
	run   *runs.Run       // the run whose operation and source code are used; for a batch the prototype of its trials
	plan  *batchplan.Plan // nil if named is not a batch
	flags opdef.Values
	user  opdef.Values // those of flags that the user set
}

func findPrototype(store *catalog.Catalog, spec string) (*prototype, error) {
	r, err := findRun(store, spec)
	if err != nil {
		return nil, err
	}
	p := &prototype{named: r, run: r}
	if _, err := os.Stat(r.ProtoPath()); err != nil {
		if p.flags, err = r.ReadFlags(); err != nil {
			return nil, err
		}
		user, err := r.ReadAttr("user_flags")
		p.user, _ = user.(map[string]any)
		return p, err
	}
	p.run = runs.At(r.ProtoPath())
	if p.plan, err = batchplan.Read(r); err != nil {
		return nil, err
	}
	p.flags, p.user = p.plan.Values, p.plan.User
	return p, nil
}

// optimizer returns the optimizer of a batch with its flags. Its algorithm is empty if the prototype has none.
func (p *prototype) optimizer() (opdef.Optimizer, error) {
	if p == nil || p.plan == nil || p.plan.Optimizer == opdef.GridName {
		return opdef.Optimizer{}, nil
	}
	flags, err := p.named.ReadFlags()
	maps.DeleteFunc(flags, func(_ string, v any) bool { return v == nil })
	return opdef.Optimizer{Algorithm: p.plan.Optimizer, Flags: flagvalue.FormatAssignments(flags, false)}, err
}

// rows returns the rows of the batch file of a batch.
func (p *prototype) rows() []opdef.Values {
	if p == nil || p.plan == nil {
		return nil
	}
	return p.plan.Rows
}

// userFlags returns those of vals that the user set for the prototype: an optimizer does not choose other values for them.
func (p *prototype) userFlags(vals opdef.Values) opdef.Values {
	if p == nil {
		return nil
	}
	user := maps.Clone(p.user)
	maps.DeleteFunc(user, func(name string, _ any) bool {
		_, known := vals[name]
		return !known
	})
	return user
}

// maxTrials returns the limit of a batch, zero if there is none.
func (p *prototype) maxTrials() int {
	if p == nil || p.plan == nil {
		return 0
	}
	return p.plan.MaxTrials
}

// seed returns the random seed of the named run, nil if none is recorded.
func (p *prototype) seed() *int64 {
	n, ok := p.named.AttrInt("random_seed")
	if !ok {
		return nil
	}
	seed := int64(n)
	return &seed
}

// objective returns the objective that is recorded with a batch, or an empty string.
func (p *prototype) objective() string {
	if p == nil || p.plan == nil {
		return ""
	}
	return p.plan.Objective
}

// undefinedError is the error of a run whose project was removed or no longer defines its operation.
type undefinedError struct{ error }

func (e *undefinedError) Unwrap() error { return e.error }

// definition returns the operation of a run as its project defines it now. The error is an *undefinedError if it does not.
func definition(user *opdefcmd.User, r *runs.Run) (*opdef.Operation, error) {
	ref := r.Opref()
	missing := &undefinedError{console.WithHint(fmt.Errorf("cannot find definition for operation '%s' in run %s", ref.OpSpec(), r.ShortID()),
		"This is required when setting flags or using '--force-sourcecode' for restart or a new run.")}
	dir := ref.Dir()
	if dir == "" {
		return nil, missing
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, missing
	}
	project, err := user.LoadProject(dir)
	if err != nil {
		return nil, err
	}
	op, err := project.Find(ref.OpSpec())
	if err != nil {
		return nil, missing
	}
	return op, nil
}

// apply makes the flags of the prototype the defaults of an operation. Its flags must have been imported.
func (p *prototype) apply(op *opdef.Operation) {
	for _, f := range op.Flags {
		if v, ok := p.flags[f.Name]; ok {
			f.Default = v
		}
	}
}

// operation returns the operation to run: the named one, or else that of the prototype if there is one.
func (c *Run) operation(ctx context.Context, user *opdefcmd.User, con *console.Console, project *project.Project, proto *prototype) (*opdef.Operation, error) {
	var op *opdef.Operation
	var err error
	if proto != nil && c.Operation == "" {
		op, err = definition(user, proto.run)
	} else {
		op, err = project.Find(c.Operation)
	}
	if err != nil {
		return nil, err
	}
	reader := c.flagReader(user, con)
	if err := op.ImportFlags(ctx, reader); err != nil {
		return nil, err
	}
	if err := op.ImportGiven(ctx, reader, c.Flags); err != nil {
		return nil, err
	}
	if len(op.Steps) > 0 {
		if c.Flags, err = project.AddStepFlags(ctx, op, reader, c.Flags); err != nil {
			return nil, err
		}
	}
	c.acceptUnknown(reader)
	if proto != nil {
		proto.apply(op)
	}
	return op, nil
}
