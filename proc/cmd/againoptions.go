package cmd

import (
	"context"
	"fmt"
	"os"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/proc/environ"
	"guild/proc/invocation"
	"guild/proc/revise"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
)

// refuseForAgain returns an error if an option is given that --start and --restart cannot obey. Without it, a run of hours would be made again
// for a user who has asked for a preview, or without what the user has asked for. Steps are exempt: their definition has options that count
// for the first start alone.
func (c *Run) refuseForAgain(run *runs.Run) error {
	if os.Getenv(environ.Step) != "" {
		return nil
	}
	batch := run.IsBatch()
	for _, o := range []struct {
		given bool
		name  string
	}{
		{c.HelpOp, "--help-op"},
		{c.HelpModel, "--help-model"},
		{c.TestFlags, "--test-flags"},
		{c.TestSourcecode, "--test-sourcecode"},
		{c.TestOutputScalars != "", "--test-output-scalars"},
		{c.TestOutputAttrs != "", "--test-output-attrs"},
		{c.PrintTrials, "--print-trials"},
		{c.SaveTrials != "", "--save-trials"},
		{(c.PrintCmd || c.PrintEnv) && batch, "--print-cmd or --print-env"},
		{c.EditFlags, "--edit-flags"},
		{c.Comment != "" || c.EditComment, "--comment"},
		{c.RunID != "" || c.RunDir != "", "--run-id or --run-dir"},
		{len(c.Dep) > 0, "--dep"},
		{c.DebugSourcecode != "", "--debug-sourcecode"},
		{len(c.Break) > 0 || c.BreakOnError, "--break"},
		{c.Optimizer != "" || c.Optimize, "--optimizer"},
		{c.RandomSeed != nil && !batch, "--random-seed"},
	} {
		if !o.given {
			continue
		}
		option := "--start"
		if c.Restart != "" {
			option = "--restart"
		}
		return console.Usage(console.WithHint(fmt.Errorf("%s cannot be used with %s, so nothing is run", o.name, option),
			fmt.Sprintf("Leave it out, or use it with a new run, as in 'guild run --proto %s'.", run.ShortID())))
	}
	return nil
}

// again is a run that is to be started once more.
type again struct {
	run     *runs.Run
	changes revise.Revision
	flags   opdef.Values     // with the changes
	current *opdef.Operation // its operation as the project defines it now, if the run gets the source code of the project
}

// printAgain prints the command or the environment that a run would have.
func (c *Run) printAgain(ctx context.Context, store *catalog.Catalog, user *opdefcmd.User, con *console.Console, a *again) error {
	if a.current != nil {
		q, err := c.renewal(ctx, user, con, a.current, a.flags)
		if err != nil {
			return err
		}
		q.RunDir = a.run.Dir
		return c.printProcess(ctx, con, q, store.Home())
	}
	rec, flags, err := revise.Preview(a.run, a.changes)
	if err != nil {
		return err
	}
	rec.PipFreeze = false // nothing is recorded with the run
	argv, env, err := invocation.Build(ctx, rec, a.run, flags, store.Home(), invocation.Hidden(rec))
	if err != nil {
		return err
	}
	c.printBuilt(con, argv, environ.List(env.All))
	return nil
}
