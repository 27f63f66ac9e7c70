// Package cmd has the commands that start and stop runs.
package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/proc"
	"guild/runs"
	"guild/runs/console"
)

// Run runs an operation.
type Run struct {
	Operation string   `arg:"" optional:"" help:"Operation, script or built-in operation. Default: the project's default operation." complete:"runnable"`
	Flags     []string `arg:"" optional:"" name:"flag=value" help:"Flags of the operation. A list such as x=[1,2] makes a batch." complete:"flag"`

	Yes        bool     `short:"y" help:"Do not ask before running."`
	Label      *string  `short:"l" placeholder:"TEXT" help:"Label of the run. $${FLAG} and $${default_label} are replaced."`
	Tag        []string `short:"t" sep:"none" placeholder:"TAG" help:"Tag the run. May be repeated." complete:"tag"`
	Comment    string   `placeholder:"TEXT" help:"Comment on the run."`
	RunDir     string   `placeholder:"DIR" help:"Use DIR as run directory; guild then does not list the run." complete:"dir"`
	RunID      string   `name:"run-id" placeholder:"ID" help:"Use ID in place of a random run id."`
	Stage      bool     `help:"Stage the run for a scheduler or --start, and do not start it."`
	Start      string   `xor:"start" placeholder:"RUN" help:"Start a staged run." complete:"run"`
	Restart    string   `xor:"start" placeholder:"RUN" help:"Run again in the same run directory. Flags may be given anew." complete:"run"`
	Background bool     `help:"Run in the background and print where the pid is."`
	Pidfile    string   `placeholder:"FILE" help:"Run in the background and write the pid to FILE." complete:"file:*"`
	Quiet      bool     `help:"Do not print what the operation prints."`

	StageTrials bool `help:"Stage the trials of a batch in place of running them."`
	PrintTrials bool `help:"Print the trials of a batch and run nothing."`
	KeepBatch   bool `help:"Keep the batch's own run, which otherwise goes when it has succeeded."`
	KeepRun     bool `help:"Keep a run that its operation wants deleted on success."`

	GPUs       *string  `name:"gpus" xor:"gpus" placeholder:"IDS" help:"GPUs for the run: the value of CUDA_VISIBLE_DEVICES."`
	NoGPUs     bool     `name:"no-gpus" xor:"gpus" help:"Hide all GPUs from the run."`
	ForceFlags bool     `help:"Accept flags that the operation does not have, and values it refuses."`
	Dep        []string `name:"dep" short:"D" sep:"none" placeholder:"PATH" help:"File or directory that the run requires too. May be repeated." complete:"file:*"`
	ForceDeps  bool     `help:"Run although a dependency is not met."`
	HelpOp     bool     `help:"Describe the operation and its flags."`

	TestFlags         bool   `help:"Show how flags are detected and passed on, with all their attributes, and run nothing."`
	TestSourcecode    bool   `help:"Show which files would be copied as source code, and by which rules, and run nothing."`
	TestOutputScalars string `placeholder:"FILE" help:"Show what the operation would capture as scalars from FILE, - for standard input, and run nothing." complete:"file:*"`
	TestOutputAttrs   string `placeholder:"FILE" help:"Likewise for attributes." complete:"file:*"`
}

// Run does what was asked for.
func (c *Run) Run(ctx context.Context, store *runs.Store, user *opdefcmd.User, con *console.Console) error {
	if c.Start != "" || c.Restart != "" {
		return c.again(ctx, store, con)
	}
	q, err := c.request(ctx, user)
	if err != nil {
		return err
	}
	q.Warn = func(text string) { con.Notef("WARNING: %s\n", text) }
	if c.HelpOp {
		opdef.HelpOp(con.Out, q.Op)
		return nil
	}
	if c.TestFlags {
		opdef.TestFlags(con.Out, q.Op)
		return nil
	}
	if c.TestSourcecode {
		return q.Op.TrySource(con.Out, user.Dir)
	}
	if c.TestOutputScalars != "" {
		return tryOutput(con, c.TestOutputScalars, q.Op.TryScalars)
	}
	if c.TestOutputAttrs != "" {
		return tryOutput(con, c.TestOutputAttrs, q.Op.TryAttrs)
	}
	if c.PrintTrials {
		return c.printTrials(con, q)
	}
	if err := q.FindRuns(store); err != nil {
		return err
	}
	if opdef.IsBatch(q.Values) {
		if _, err := opdef.Trials(q.Values); err != nil {
			return err
		}
	} else if c.StageTrials {
		c.StageTrials, c.Stage = false, true // a batch of one
	}
	if ok, err := c.confirm(con, preview(q)); err != nil || !ok {
		return err
	}
	d, err := q.Make(store)
	if err != nil {
		return err
	}
	name := q.Op.FullName()
	if opdef.IsBatch(q.Values) {
		name += "+"
	}
	if c.Stage {
		if !opdef.IsBatch(q.Values) {
			q.SayStaged(func(line string) { con.Notef("%s\n", line) })
		}
		return c.stage(store, con, d, name)
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return err
	}
	return c.own(ctx, store, con, lock, "", name)
}

// request finds the operation and reads its flags.
func (c *Run) request(ctx context.Context, user *opdefcmd.User) (*proc.Request, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	project, err := user.LoadProject("")
	if err != nil {
		return nil, err
	}
	if strings.Contains(c.Operation, "=") { // flags of the default operation
		c.Operation, c.Flags = "", append([]string{c.Operation}, c.Flags...)
	}
	op, err := project.Find(c.Operation)
	if err != nil {
		return nil, err
	}
	if err := op.ImportFlags(ctx, user); err != nil {
		return nil, err
	}
	vals, err := op.Values(c.Flags, c.ForceFlags)
	if err != nil && !c.HelpOp && !c.TestFlags {
		return nil, err
	}
	q := &proc.Request{
		Op: op, Values: vals, UserFlags: userFlags(vals, c.Flags), Label: c.Label, Tags: c.Tag, Comment: c.Comment,
		Params: c.params(), GPUs: c.gpus(), CmdDir: cwd, RunID: c.RunID, RunDir: c.runDir(cwd),
		KeepRun: c.KeepRun, KeepBatch: c.KeepBatch, Deps: c.Dep, ForceDeps: c.ForceDeps, RunsOf: os.Getenv(proc.RunsOfVariable),
	}
	if op.IsPython() {
		info, err := user.Python(ctx)
		if err != nil {
			return nil, err
		}
		q.Python = &info
	}
	return q, nil
}

func userFlags(vals opdef.Values, assigned []string) opdef.Values {
	out := opdef.Values{}
	for _, a := range assigned {
		name, _, _ := strings.Cut(a, "=")
		if v, ok := vals[name]; ok {
			out[name] = v
		}
	}
	return out
}

// params are the options that say how the run was to be run.
func (c *Run) params() map[string]any {
	p := map[string]any{"opspec": c.Operation, "flags": c.Flags}
	for name, on := range map[string]bool{"stage": c.Stage, "stage_trials": c.StageTrials, "background": c.Background,
		"keep_batch": c.KeepBatch, "keep_run": c.KeepRun, "force_flags": c.ForceFlags, "force_deps": c.ForceDeps, "no_gpus": c.NoGPUs} {
		if on {
			p[name] = true
		}
	}
	if c.GPUs != nil {
		p["gpus"] = *c.GPUs
	}
	if c.Label != nil {
		p["label"] = *c.Label
	}
	if len(c.Tag) > 0 {
		p["tags"] = c.Tag
	}
	return p
}

func (c *Run) gpus() *string {
	if c.NoGPUs {
		none := ""
		return &none
	}
	return c.GPUs
}

func (c *Run) runDir(cwd string) string {
	if c.RunDir == "" || filepath.IsAbs(c.RunDir) {
		return c.RunDir
	}
	return filepath.Join(cwd, c.RunDir)
}

func (c *Run) printTrials(con *console.Console, q *proc.Request) error {
	trials := []opdef.Values{q.Values}
	if opdef.IsBatch(q.Values) {
		var err error
		if trials, err = opdef.Trials(q.Values); err != nil {
			return err
		}
	}
	con.Table(trialTable(trials))
	return nil
}

// confirm shows what is about to happen and asks, unless -y was given.
func (c *Run) confirm(con *console.Console, preview string) (bool, error) {
	if c.Yes {
		return true, nil
	}
	verb := "run"
	switch {
	case c.Stage:
		verb = "stage"
	case c.Start != "" || c.Restart != "":
		verb = "start"
	}
	suffix := ""
	if c.Background || c.Pidfile != "" {
		suffix = " in the background"
	}
	head, rest, _ := strings.Cut(preview, "\n")
	con.Printf("You are about to %s %s%s\n%s", verb, head, suffix, rest)
	return con.Confirm("Continue?", true)
}

func (c *Run) stage(store *runs.Store, con *console.Console, d *runs.Draft, name string) error {
	if c.RunDir != "" {
		if _, err := d.Commit(runs.Staged); err != nil {
			return err
		}
		con.Printf("%s staged in %s\nTo start the operation, use 'guild run --start %s'\n", name, d.FinalDir(), d.FinalDir())
		return nil
	}
	if _, err := store.CommitStaged(d); err != nil {
		return err
	}
	con.Printf("%s staged as %s\nTo start the operation, use 'guild run --start %s'\n", name, d.ID(), d.ID())
	return nil
}

// own runs an owned run, here or in the background.
func (c *Run) own(ctx context.Context, store *runs.Store, con *console.Console, lock *runs.Lock, claim, name string) error {
	defer lock.Close()
	run := lock.Run()
	if c.Background || c.Pidfile != "" {
		pidfile := c.Pidfile
		if pidfile == "" {
			pidfile = filepath.Join(store.ProcDir(), run.ID)
		}
		if err := proc.Background(store, lock, claim, pidfile); err != nil {
			_ = lock.Finish(1) // what is wrong is said already
			return err
		}
		con.Printf("%s started in background as %s (pidfile %s)\n", name, run.ID, pidfile)
		return nil
	}
	w := &proc.Worker{Store: store, Lock: lock, Claim: claim, Stdin: os.Stdin, Echo: con.Out, Signals: proc.StopSignals(),
		Foreground: proc.OwnsTerminal(os.Stdin)}
	if c.Quiet {
		w.Echo = nil
	} else {
		w.Say = func(line string) { con.Notef("%s\n", line) }
	}
	res, err := w.Run(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	if res.Deleted && !proc.IsBatchName(name) {
		con.Notef("Deleting interim run %s ('%s' is configured for deletion on success)\n", run.ID, name)
	}
	return exitStatus(res.Exit)
}
