package cmd

import (
	"context"
	"fmt"
	"os"

	"guild/proc/newrun"
	"guild/proc/revise"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
)

// repeat makes a new run after the prototype that --proto names, whose project no longer defines the operation. Everything that the run
// needs is recorded with the prototype. Options that need the definition are refused with undefined.
func (c *Run) repeat(ctx context.Context, store *catalog.Catalog, con *console.Console, undefined *undefinedError) error {
	if c.needsDefinition() {
		return undefined
	}
	proto, err := findRun(store, c.Proto)
	if err != nil {
		return err
	}
	cwd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the current directory: %w", err)
	}
	rev, err := c.revision(proto)
	if err != nil {
		return err
	}
	flags, err := revise.Flags(proto, rev)
	if err != nil {
		return err
	}
	name := proto.OpSpec()
	if ok, err := c.confirm(con, name+"\n"+flagLines(flags)); err != nil || !ok {
		return err
	}
	d, err := (&newrun.Copy{Of: proto, RunID: c.RunID, RunDir: c.runDir(cwd), CmdDir: cwd, Comment: c.Comment, Seed: c.RandomSeed}).Make(store.Store)
	if err != nil {
		return err
	}
	if err := revise.Apply(runs.At(d.Dir()), rev); err != nil {
		d.Discard()
		return err
	}
	if c.Stage {
		return c.stage(store.Store, con, d, name)
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return err
	}
	return c.own(ctx, store.Store, con, lock, "", name)
}

// needsDefinition reports whether an option is given that only the definition of the operation can serve.
func (c *Run) needsDefinition() bool {
	return c.asks() || c.EditFlags || c.Needed || c.Hold || c.Optimize || c.Optimizer != "" || len(c.Dep) > 0 ||
		c.DebugSourcecode != "" || len(c.Break) > 0 || c.BreakOnError
}
