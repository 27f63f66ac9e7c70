package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/proc/links"
	"guild/proc/newrun"
	"guild/proc/recipe"
	"guild/proc/revise"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/replace"
)

// again starts an existing run: a staged one, or any run once more.
func (c *Run) again(ctx context.Context, store *catalog.Catalog, user *opdefcmd.User, con *console.Console) error {
	if err := c.refuseOperation(ctx, user); err != nil {
		return err
	}
	if c.Operation != "" { // all arguments are flags here
		c.Flags = append([]string{c.Operation}, c.Flags...)
	}
	run, err := findRun(store, cmp.Or(c.Start, c.Restart))
	if err != nil {
		return err
	}
	if c.Start != "" {
		if state := run.State(); !state.Status.Waits() {
			return startedAlready(store.Store, run, state)
		}
	}
	if err := c.refuseForAgain(run); err != nil {
		return err
	}
	name := run.OpSpec()
	rev, err := c.revision(run)
	if err != nil {
		return err
	}
	var current *opdef.Operation
	if c.ForceSourcecode {
		if current, err = c.current(ctx, user, con, run); err != nil {
			return err
		}
		rev.Defaults = defaults(current)
	}
	if c.Needed && !c.Thawed {
		needed, err := revise.Needed(store.Store, run, rev)
		if err != nil {
			return err
		}
		if !needed {
			con.Printf("Skipping run because flags have not changed (--needed specified)\n")
			return c.unnecessary(nil)
		}
	}
	flags, err := revise.Flags(run, rev)
	if err != nil {
		return err
	}
	if c.PrintCmd || c.PrintEnv {
		return c.printAgain(ctx, store, user, con, &again{run, rev, flags, current})
	}
	if err := refuseRevised(store.Store, run, flags); err != nil {
		return err
	}
	if !c.Stage && !c.ForceDeps {
		if err := refuseTooEarly(store.Store, run, flags); err != nil {
			return err
		}
	}
	if ok, err := c.confirm(con, fmt.Sprintf("%s (%s)\n%s", name, run.ID, flagLines(flags))); err != nil || !ok {
		return err
	}
	var renewal *newrun.Request
	if current != nil {
		if renewal, err = c.renewal(ctx, user, con, current, flags); err != nil {
			return err
		}
	}
	lock, claim, err := c.take(store.Store, run)
	if err != nil {
		return err
	}
	if renewal != nil { // first, since it can fail and then leaves the run unchanged
		err = renewal.Renew(run)
	}
	if err == nil {
		err = revise.Apply(run, rev)
	}
	if err == nil && c.Needed && c.Thawed {
		var skip bool
		if skip, err = skipThawed(con, store, run); skip && err == nil {
			return c.unnecessary(store.DeleteOwned(lock))
		}
	}
	if err == nil {
		err = notStaged(newrun.Freeze(ctx, store.Store, run, c.freezing(con, run.IsBatch())))
	}
	if err == nil {
		err = c.freezeSteps(ctx, store.Store, con, run, run.Dir)
	}
	if err != nil {
		_ = store.PutBack(lock, claim) // on an error the recovery of a scheduler does it
		return err
	}
	if c.Stage {
		if err := store.Restage(lock); err != nil {
			return err
		}
		con.Printf("%s staged as %s\nTo start the operation, use 'guild run --start %s'\n", name, run.ID, run.ID)
		return c.unnecessary(store.DropClaim(claim))
	}
	if c.Hold {
		return store.PutBack(lock, claim)
	}
	return c.own(ctx, store.Store, con, lock, claim, name)
}

// skipThawed reports whether there are runs that make the run of a step unnecessary, and prints them. The link to the run then leads to the
// latest of them.
func skipThawed(con *console.Console, store *catalog.Catalog, run *runs.Run) (bool, error) {
	found, err := newrun.Like(store, run)
	if err != nil || len(found) == 0 {
		return false, err
	}
	sayUnneeded(con, found)
	rec, err := recipe.Read(run)
	if err != nil || rec.RunsOf == "" {
		return true, err
	}
	return true, links.Redirect(rec.RunsOf, run.ID, found[0].ID)
}

// refuseOperation returns an error if an operation is named together with --start or --restart, since the run has one already. The user may
// have meant a flag with the name of that option; then the error says how to set it.
func (c *Run) refuseOperation(ctx context.Context, user *opdefcmd.User) error {
	if c.Operation == "" || strings.Contains(c.Operation, "=") {
		return nil
	}
	option, value := "start", c.Start
	if c.Restart != "" {
		option, value = "restart", c.Restart
	}
	err := fmt.Errorf("--%s names a run, which has an operation: %s is one too many", option, c.Operation)
	hint := fmt.Sprintf("Use 'guild run --%s %s' with flags as NAME=VALUE, and nothing else.", option, value)
	if project, loadErr := user.LoadProject(""); loadErr == nil {
		if op, findErr := project.Find(c.Operation); findErr == nil && op.ImportFlags(ctx, user) == nil && op.Flag(option) != nil {
			hint = fmt.Sprintf("To set the flag %s of %s, use %[1]s=%[3]s.", option, c.Operation, value)
		}
	}
	return console.Usage(console.WithHint(err, hint))
}

// revision returns the changes that the options make to a run.
func (c *Run) revision(run *runs.Run) (rev revise.Revision, err error) {
	rev = revise.Revision{Flags: c.Flags, Force: c.ForceFlags, Label: c.Label, Tags: c.Tag, ForceSourcecode: c.ForceSourcecode,
		Needed: c.Needed, Workers: c.Workers, GPUs: c.gpus(), StopAfter: c.StopAfter, Hooks: c.hooks(), Params: c.lasting(),
		KeepRun: c.KeepRun, NoSystemMetrics: c.NoSystemMetrics}
	if !c.Stage { // the GPUs of a start by hand are not kept for later starts
		rev.GPUs = nil
		delete(rev.Params, "gpus")
		delete(rev.Params, "no_gpus")
	}
	if !run.IsBatch() {
		if option := c.trialOption(); option != "" {
			err = console.Usage(console.WithHint(fmt.Errorf("%s is for the trials of a batch, and run %s is none", option, run.ShortID()),
				fmt.Sprintf("Leave it out, or see 'guild runs info %s' for what the run is.", run.ShortID())))
		}
		return rev, err
	}
	if c.ForceSourcecode {
		return rev, fmt.Errorf("the trials of batch %s keep their source code; make a new one with 'guild run --proto %s --force-sourcecode'",
			run.ShortID(), run.ShortID())
	}
	rev.Batch, err = c.batchRevision()
	return rev, err
}

// take takes ownership of a run in order to start it. With --start it must not have been started before.
func (c *Run) take(store *runs.Store, run *runs.Run) (lock *runs.Lock, claim string, err error) {
	if c.Start != "" {
		lock, claim, err = store.OwnWaiting(run)
		if errors.Is(err, runs.ErrBusy) || errors.Is(err, runs.ErrNotStaged) {
			err = startedAlready(store, run, run.State())
		}
		return lock, claim, err
	}
	lock, claim, err = store.Own(run)
	switch {
	case errors.Is(err, runs.ErrBusy):
		err = console.WithHint(fmt.Errorf("cannot restart run %s because it's %s", run.ShortID(), run.Status()),
			fmt.Sprintf("Use 'guild stop %s' to stop it first and try again.", run.ShortID()))
	case errors.Is(err, runs.ErrNotStaged):
		err = fmt.Errorf("run %s has just been started by somebody else; see 'guild runs info %s'", run.ShortID(), run.ShortID())
	case err == nil:
		if err = replace.Recover(run.Dir, run.GuildPath()); err != nil {
			_ = store.PutBack(lock, claim)
		}
	}
	return lock, claim, err
}

// current returns the operation of a run as its project defines it now.
func (c *Run) current(ctx context.Context, user *opdefcmd.User, con *console.Console, run *runs.Run) (*opdef.Operation, error) {
	op, err := definition(user, run)
	if err != nil {
		return nil, err
	}
	reader := c.flagReader(user, con)
	if err := op.ImportFlags(ctx, reader); err != nil {
		return nil, err
	}
	c.acceptUnknown(reader)
	return op, nil
}

// defaults returns the default values of the flags of an operation.
func defaults(op *opdef.Operation) opdef.Values {
	vals := opdef.Values{}
	for _, f := range op.Flags {
		vals[f.Name] = f.Default
	}
	return vals
}

// renewal returns the request by which a run that is started again gets the current source code of its project.
func (c *Run) renewal(ctx context.Context, user *opdefcmd.User, con *console.Console, op *opdef.Operation, flags opdef.Values) (*newrun.Request, error) {
	q := &newrun.Request{Op: op, Values: defaults(op), GPUs: c.gpus(), StopAfter: c.stopAfter(), NoSystemMetrics: c.NoSystemMetrics,
		Warn: func(text string) { con.Notef("WARNING: %s\n", text) }}
	maps.Copy(q.Values, flags)
	return q, c.setPython(ctx, user, q)
}

// findRun returns the run with an index, an id or the beginning of one. A path names a run directory outside of the store.
func findRun(store *catalog.Catalog, spec string) (*runs.Run, error) {
	if strings.ContainsRune(spec, filepath.Separator) {
		dir, err := filepath.Abs(spec)
		if err != nil {
			return nil, fmt.Errorf("find run directory %s: %w", spec, err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".guild")); err != nil {
			return nil, fmt.Errorf("%s is not a run directory: it has no .guild", spec)
		}
		return runs.At(dir), nil
	}
	return filter.Latest(store, &filter.Filter{}, spec)
}
