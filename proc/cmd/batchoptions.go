package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/project"
	"guild/opdef/python"
	"guild/proc/newrun"
	"guild/proc/revise"
	"guild/runs/compare"
	"guild/runs/console"
)

// BatchOptions are those options of Run that concern batches.
type BatchOptions struct {
	Optimizer string   `short:"o" xor:"optimizer" placeholder:"NAME" help:"Make a batch with this optimizer: + (each combination), random, gp, forest, gbrt, one that the operation defines, or an operation that is one." complete:"optimizer"`
	Optimize  bool     `short:"O" xor:"optimizer" help:"Make a batch with the operation's default optimizer, or gp."`
	OptFlag   []string `short2:"Fo" sep:"none" placeholder:"FLAG=VALUE" help:"Flag of the optimizer. May be repeated." complete:"optimizer-flag"`
	Minimize  string   `short:"N" xor:"objective" placeholder:"COLUMN" help:"What an optimizer is to minimise, such as loss or 'min loss'." complete:"column"`
	Maximize  string   `short:"X" xor:"objective" placeholder:"COLUMN" help:"What an optimizer is to maximise." complete:"column"`
	MaxTrials int      `short:"m" aliases:"trials" placeholder:"N" help:"At most N trials. Of more combinations, some are taken at random."`

	Workers          int    `placeholder:"N" help:"Run N trials of a batch at a time, or N steps, as far as none requires what another one makes. Default: one after the other."`
	StageTrials      bool   `help:"Stage the trials of a batch in place of running them."`
	PrintTrials      bool   `help:"Print the trials of a batch and run nothing."`
	Replace          bool   `help:"Replace the file that --save-trials names, if it is there."`
	SaveTrials       string `placeholder:"FILE" help:"Write the trials of a batch to a CSV or JSON file, to be run with @FILE, and run nothing." complete:"file:*"`
	CSVSafe          bool   `name:"csv-safe" help:"In that CSV file, an apostrophe before texts that spreadsheets would take for formulas: those that begin with =, +, - or @."`
	FailOnTrialError bool   `help:"End a batch with the first trial that fails."`
	KeepBatch        bool   `help:"Keep the batch's own run, which otherwise goes when it has succeeded, unless its optimizer keeps it."`

	BatchLabel   *string  `short2:"bl" placeholder:"TEXT" help:"Label of the batch's own run."`
	BatchTag     []string `short2:"bt" sep:"none" placeholder:"TAG" help:"Tag the batch's own run. May be repeated." complete:"tag"`
	BatchComment string   `short2:"bc" placeholder:"TEXT" help:"Comment on the batch's own run."`

	EditBatchComment bool `short2:"ebc" help:"Write the comment on the batch's own run in $$VISUAL or $$EDITOR."`
}

// addBatch turns the request into one for a batch if the user wants an optimizer or there are several trials.
func (c *Run) addBatch(ctx context.Context, user *opdefcmd.User, project *project.Project, q *newrun.Request, rows []opdef.Values, proto *prototype) error {
	for _, o := range []struct {
		option string
		n      int
	}{{"--max-trials", c.MaxTrials}, {"--workers", c.Workers}} {
		if o.n < 0 {
			return fmt.Errorf("%s %d: give a number above 0", o.option, o.n)
		}
	}
	if len(rows) == 0 {
		rows = proto.rows()
		q.UserFlags = merged(proto.userFlags(q.Values), q.UserFlags)
	}
	o, err := c.optimizer(q, rows, proto)
	if err != nil {
		return err
	}
	if o.Algorithm == "" {
		return c.warnNoBatch(q)
	}
	op, err := project.Optimizer(o.Algorithm)
	if err != nil {
		return err
	}
	switch {
	case c.StageTrials && (op.IsSequential() || !op.IsBuiltin()):
		return fmt.Errorf("operation '%s' does not support --stage-trials", op.FullName())
	case len(rows) > 0 && op.IsSearch():
		return fmt.Errorf("the rows of a batch file are the trials, so %s has nothing to choose; leave out the file or the optimizer", op.FullName())
	}
	if op.IsSearch() {
		q.Op.ImplySpaces(q.Values, q.UserFlags)
	}
	opt, err := c.optimizerRequest(ctx, user, op, o.Flags)
	if err != nil {
		return err
	}
	q.Batch = &newrun.Batch{Optimizer: opt, Rows: rows, MaxTrials: cmp.Or(c.MaxTrials, proto.maxTrials(), op.MaxTrials)}
	if op.Name != opdef.GridName && op.FullName() != "skopt:random" {
		q.Batch.Objective, err = c.objective(cmp.Or(proto.objective(), q.Op.Objective, opdef.DefaultObjective))
	}
	return err
}

// batchRevision returns the changes that the options make to a batch that is started again.
func (c *Run) batchRevision() (revise.Batch, error) {
	objective, err := c.objective("")
	params := map[string]any{"needed": c.Needed}
	for name, on := range map[string]bool{"stage_trials": c.StageTrials, "fail_on_trial_error": c.FailOnTrialError} {
		if on {
			params[name] = true
		}
	}
	if c.Workers > 0 {
		params["workers"] = c.Workers
	}
	return revise.Batch{OptFlags: c.OptFlag, Objective: objective, MaxTrials: c.MaxTrials, Seed: c.RandomSeed, Params: params,
		Label: c.BatchLabel, Tags: c.BatchTag, Keep: c.KeepBatch}, err
}

// merged returns the values of both; those of over override the others.
func merged(vals, over opdef.Values) opdef.Values {
	if len(vals) == 0 {
		return over
	}
	out := maps.Clone(vals)
	maps.Copy(out, over)
	return out
}

// optimizer returns the optimizer that the options, the prototype or the flag values ask for. Its algorithm is empty if there is none.
func (c *Run) optimizer(q *newrun.Request, rows []opdef.Values, proto *prototype) (opdef.Optimizer, error) {
	spec := &opdef.Batch{Values: q.Values, Rows: rows}
	recorded, err := proto.optimizer()
	if err != nil {
		return opdef.Optimizer{}, err
	}
	switch {
	case c.Optimizer != "":
		return q.Op.FindOptimizer(c.Optimizer), nil
	case c.Optimize:
		return q.Op.DefaultOptimizer()
	case recorded.Algorithm != "":
		return recorded, nil
	case spec.Searches() && len(rows) == 0:
		return opdef.Optimizer{Algorithm: "random"}, nil
	case spec.Is():
		return opdef.Optimizer{Algorithm: opdef.GridName}, nil
	}
	return opdef.Optimizer{}, nil
}

// warnNoBatch warns of options for batches, or refuses them, since the request is for a single run.
func (c *Run) warnNoBatch(q *newrun.Request) error {
	switch {
	case c.PrintTrials:
		return noBatch("cannot print trials for a non-batch operation")
	case c.SaveTrials != "":
		return noBatch("cannot save trials for a non-batch operation")
	case len(c.OptFlag) > 0:
		return console.WithHint(errors.New("invalid optimizer flags: there is no optimizer"), "Name one with --optimizer, or use --optimize.")
	}
	if option := c.trialOption(); option != "" && len(q.Op.Steps) > 0 {
		return console.Usage(console.WithHint(fmt.Errorf("%s is for the trials of a batch, and %s has steps", option, q.Op.FullName()),
			fmt.Sprintf("Give it to the step that is a batch, in guild.yml: {run: OPERATION, %s: VALUE}.", strings.TrimLeft(option, "-"))))
	}
	for _, w := range []struct {
		given bool
		text  string
	}{
		{c.MaxTrials > 0, "not a batch run - ignoring --max-trials"},
		{c.Workers > 0 && len(q.Op.Steps) == 0, "not a batch, and without steps - ignoring --workers"},
		{c.BatchLabel != nil, "operation is not a batch - ignoring batch label"},
		{len(c.BatchTag) > 0, "operation is not a batch - ignoring batch tags"},
		{c.BatchComment != "", "operation is not a batch - ignoring batch comment"},
	} {
		if w.given {
			q.Warn(w.text)
		}
	}
	return nil
}

// trialOption returns the first given option that is only about trials, or an empty string.
func (c *Run) trialOption() string {
	switch {
	case c.MaxTrials > 0:
		return "--max-trials"
	case c.Minimize != "":
		return "--minimize"
	case c.Maximize != "":
		return "--maximize"
	}
	return ""
}

func noBatch(what string) error {
	return console.WithHint(errors.New(what), "Give a flag several values, as in x=[1,2], or use --optimizer.")
}

// optimizerRequest returns the request for the batch's own run. Flags that the user gives override those in defined.
func (c *Run) optimizerRequest(ctx context.Context, user *opdefcmd.User, op *opdef.Operation, defined []string) (*newrun.Request, error) {
	if err := op.ImportFlags(ctx, user); err != nil {
		return nil, err
	}
	assigned := c.OptFlag
	for _, d := range defined {
		name, _, _ := strings.Cut(d, "=")
		if !slices.ContainsFunc(c.OptFlag, func(a string) bool { return strings.HasPrefix(a, name+"=") }) {
			assigned = append(assigned, d)
		}
	}
	vals, set, err := op.ReadInput(opdef.Input{Assign: assigned, Force: c.ForceFlags})
	if err != nil {
		return nil, fmt.Errorf("optimizer %s: %w", op.FullName(), err)
	}
	opt := &newrun.Request{Op: op, Values: vals, UserFlags: set, Label: c.BatchLabel, Tags: c.BatchTag,
		Comment: c.BatchComment, KeepRun: c.KeepBatch}
	return opt, c.setPython(ctx, user, opt)
}

// setPython finds the environment that an operation runs in and, if Python runs it, the interpreter. In a container these are those of the
// image. A host without Python can stage runs for others, which find their own.
func (c *Run) setPython(ctx context.Context, user *opdefcmd.User, q *newrun.Request) (err error) {
	if q.Op.IsBuiltin() || q.Op.Image != "" && !q.Op.IsPython() {
		return nil
	}
	if q.Op.Image == "" {
		if q.Environment, err = user.Environment(ctx, q.Op.EnvChoice()); err != nil {
			return err
		}
	}
	if !q.Op.IsPython() {
		return nil
	}
	info, err := user.PythonOf(ctx, q.Op.EnvChoice())
	if (c.startsElsewhere() || c.HelpOp) && errors.Is(err, python.ErrNone) {
		return nil
	}
	q.Python = &info
	return err
}

// objective returns the column to be minimised, with a leading minus to be maximised: that of the options, or else def.
func (c *Run) objective(def string) (string, error) {
	objective := cmp.Or(c.Minimize, def)
	if c.Maximize != "" {
		objective = "-" + c.Maximize
	}
	if objective == "" {
		return "", nil
	}
	column := strings.TrimPrefix(objective, "-")
	columns, err := compare.Parse(column)
	if err == nil && len(columns) > 1 {
		err = errors.New("too many columns")
	}
	if err != nil {
		return "", fmt.Errorf("invalid objective '%s': %w", column, err)
	}
	return objective, nil
}

// rows reads the batch files among the arguments, which begin with @, and removes them from the arguments. It returns the rows of the
// files.
func (c *Run) rows(op *opdef.Operation) ([]opdef.Values, error) {
	var rows []opdef.Values
	var flags []string
	files := 0
	for _, a := range c.Flags {
		path, isFile := strings.CutPrefix(a, "@")
		if !isFile {
			flags = append(flags, a)
			continue
		}
		more, err := op.Rows(path, c.ForceFlags)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		files++
	}
	c.Flags = flags
	if files > 0 && len(rows) == 0 {
		return nil, errors.New("the batch files have no trials")
	}
	return rows, nil
}
