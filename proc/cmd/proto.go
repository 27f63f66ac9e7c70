package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/project"
	"guild/opdef/python"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
)

// prototype is a run after which a new run is made; for a batch it is the prototype of its trials.
type prototype struct {
	run   *runs.Run
	flags opdef.Values
}

func findPrototype(store *catalog.Catalog, spec string) (*prototype, error) {
	r, err := findRun(store, spec)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(r.ProtoPath()); err == nil {
		r = runs.At(r.ProtoPath())
	}
	flags, err := r.ReadFlags()
	return &prototype{r, flags}, err
}

// definition returns the operation of a run as its project defines it now.
func definition(user *opdefcmd.User, r *runs.Run) (*opdef.Operation, error) {
	ref := r.Opref()
	missing := console.WithHint(fmt.Errorf("cannot find definition for operation '%s' in run %s", ref.OpSpec(), r.ShortID()),
		"This is required when setting flags or using '--force-sourcecode' for restart or a new run.")
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
	if err := op.ImportFlags(ctx, user); err != nil {
		if err = c.importWritten(ctx, user, con, op, err); err != nil {
			return nil, err
		}
	}
	if err := op.ImportGiven(ctx, user, c.Flags); err != nil {
		return nil, err
	}
	if len(op.Steps) > 0 {
		if c.Flags, err = project.AddStepFlags(ctx, op, user, c.Flags); err != nil {
			return nil, err
		}
	}
	if proto != nil {
		proto.apply(op)
	}
	return op, nil
}

// importWritten reads the flags of a script from its source, if the script cannot run on this host but is only to be staged or described. If the
// source may not show all flags, unknown ones are accepted. failure is the reason why the script cannot run.
func (c *Run) importWritten(ctx context.Context, user *opdefcmd.User, con *console.Console, op *opdef.Operation, failure error) error {
	var broken *python.ScriptError
	if !errors.As(failure, &broken) || broken.Kind == "SyntaxError" || !c.Stage && !c.StageTrials && !c.HelpOp {
		return failure
	}
	whole, err := op.ImportWritten(ctx, user)
	if err != nil {
		return failure
	}
	what := "its source has them all"
	if !whole {
		what = "it may have others than its source tells, and all are accepted (--force-flags)"
		c.ForceFlags = true
	}
	con.Notef("WARNING: %v; %s\n", failure, what)
	return nil
}
