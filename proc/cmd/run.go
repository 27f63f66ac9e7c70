// Package cmd has the commands that start and stop runs.
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
	"guild/opdef/help"
	"guild/opdef/resolve"
	"guild/proc"
	"guild/proc/container"
	"guild/proc/environ"
	"guild/proc/newrun"
	"guild/proc/steps"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/words"
)

// Run runs an operation.
type Run struct {
	Operation string   `arg:"" optional:"" help:"Operation, script or built-in operation. Default: the project's default operation." complete:"runnable"`
	Flags     []string `arg:"" optional:"" name:"flag=value" help:"Flags of the operation. A list such as x=[1,2] makes a batch." complete:"flag"`

	Yes         bool     `short:"y" help:"Do not ask before running."`
	Label       *string  `short:"l" placeholder:"TEXT" help:"Label of the run. $${FLAG} and $${default_label} are replaced."`
	Tag         []string `short:"t" sep:"none" placeholder:"TAG" help:"Tag the run. May be repeated." complete:"tag"`
	Comment     string   `short:"c" placeholder:"TEXT" help:"Comment on the run."`
	EditComment bool     `short2:"ec" help:"Write the comment on the run in $$VISUAL or $$EDITOR."`
	RunDir      string   `short:"d" placeholder:"DIR" help:"Use DIR as run directory; guild then does not list the run." complete:"dir"`
	RunID       string   `name:"run-id" placeholder:"ID" help:"Use ID in place of a random run id."`
	Stage       bool     `help:"Stage the run for a scheduler or --start, and do not start it."`
	Start       string   `xor:"start" placeholder:"RUN" help:"Start a run that is staged or pending. One that has been started already is left as it is: see --restart." complete:"run"`
	Restart     string   `xor:"start" placeholder:"RUN" help:"Run again in the same run directory. Flags may be given anew." complete:"run"`
	Proto       string   `xor:"start" placeholder:"RUN" help:"Make a new run with the operation, the flags and the source code of RUN. Flags may be given anew." complete:"run"`
	Priority    *int     `placeholder:"N" help:"With --stage and --stage-trials: schedulers start runs of a higher priority first. Default: 0; may be negative."`
	After       []string `sep:"none" placeholder:"RUN" help:"Start the run when RUN has completed: a scheduler does that with a staged run, otherwise this command waits. If RUN does not complete, the run fails. May be repeated." complete:"run"`
	Retries     *int     `placeholder:"N" help:"Schedulers, and a batch its trials, start the run again up to N times where it is lost; schedulers with their flag retry-failed=yes also where it fails. Default: the flag retries of the scheduler."`
	StopAfter   *float64 `aliases:"time-limit" placeholder:"MINUTES" help:"Stop the run after so many minutes, such as 90 or 0.5. Guild then exits with 241."`
	HookOptions `embed:""`

	Background bool   `short:"b" help:"Run in the background and print where the pid is."`
	Pidfile    string `placeholder:"FILE" help:"Run in the background and write the pid to FILE." complete:"file:*"`
	Quiet      bool   `short:"q" help:"Do not print what the operation prints."`
	PlainLines bool   `help:"Print the lines of trials, steps and staged runs as they are. Otherwise, on a terminal, the short id of the run stands before each line, if several runs are started at a time."`
	Hold       bool   `hidden:"" help:"Make the run, or change the one to start again, and leave its start to the caller."`
	Freeze     string `hidden:"" placeholder:"DIR" help:"Make the run of a step in DIR, and resolve for it what a staged run gets, while the run with steps is being staged."`
	Thawed     bool   `hidden:"" help:"With --restart: the run is that of a step, was made by --freeze, and has never been started."`
	Needed     bool   `help:"Run only if no run of the operation with the same flags exists that has not failed; with --restart, only if flags change or the run has not ended well. A batch then does not run again what it has completed, nor a pipeline a step before which nothing is run again."`

	RestoreEnv string `placeholder:"RUN" help:"Make the Python environment of RUN again, from the lock file or the packages that the run has recorded, by uv or pip, and run the operation in it. Without an operation, only make it and print its interpreter." complete:"run"`
	KeepRun    bool   `help:"Keep a run that its operation wants deleted on success."`
	RandomSeed *int64 `placeholder:"N" help:"Seed of all that is drawn at random; the run and the trials of a batch get it too."`

	BatchOptions `embed:""`

	GPUCount        int      `name:"gpu-count" placeholder:"N" help:"GPUs that a scheduler gives to the run, of those that it shares out. Default: what the operation says, or 1."`
	GPUs            *string  `name:"gpus" placeholder:"IDS" help:"GPUs for the run: the value of CUDA_VISIBLE_DEVICES."`
	NoGPUs          bool     `name:"no-gpus" help:"Hide all GPUs from the run."`
	NoSystemMetrics bool     `name:"no-system-metrics" help:"Do not record the CPU, memory, I/O and GPUs that the run uses (scalars sys/...)."`
	ForceFlags      bool     `short:"f" help:"Accept flags that the operation does not have, and values it refuses."`
	Dep             []string `name:"dep" short:"D" sep:"none" placeholder:"PATH" help:"File or directory that the run requires too. May be repeated." complete:"file:*"`
	ForceDeps       bool     `help:"Run although a dependency is not met."`
	ForceSourcecode bool     `help:"With --restart and --proto: use the source code of the project, not that of the run."`
	DebugSourcecode string   `placeholder:"DIR" help:"Run the source code in DIR in place of that which is copied." complete:"dir"`
	Break           []string `sep:"none" placeholder:"LOC" help:"Stop in Python's debugger at LOC: a line of the main module, FILE:LINE or MODULE.FUNCTION. May be repeated."`
	BreakOnError    bool     `help:"Start Python's debugger where the operation fails."`
	EditFlags       bool     `short:"e" help:"Edit the values of the flags in $$VISUAL or $$EDITOR before running."`
	PrintCmd        bool     `help:"Print the command of the run, and run nothing."`
	PrintEnv        bool     `help:"Print the environment of the run, and run nothing."`
	HelpOp          bool     `help:"Describe the operation and its flags."`
	HelpModel       bool     `help:"Describe the model of the operation."`

	TestFlags         bool   `help:"Show how flags are detected and passed on, with all their attributes, and run nothing."`
	TestSourcecode    bool   `help:"Show which files would be copied as source code, and by which rules, and run nothing."`
	TestOutputScalars string `placeholder:"FILE" help:"Show what the operation would capture as scalars from FILE, - for standard input, and run nothing." complete:"file:*"`
	TestOutputAttrs   string `placeholder:"FILE" help:"Likewise for attributes." complete:"file:*"`

	after []string // ids of the runs that After names
}

// Run runs the operation, or does what other options ask for.
func (c *Run) Run(ctx context.Context, store *catalog.Catalog, user *opdefcmd.User, con *console.Console) error {
	if c.NoGPUs && c.GPUs != nil {
		return console.WithHint(errors.New("--no-gpus and --gpus cannot both be used"), "Try 'guild run --help' for more information.")
	}
	if err := checkStopAfter(c.StopAfter); err != nil {
		return err
	}
	if err := c.checkHooks(); err != nil {
		return err
	}
	if err := c.checkScheduling(store); err != nil {
		return err
	}
	if err := c.placeInStore(store.Store); err != nil {
		return err
	}
	if c.Freeze != "" {
		c.RunDir = c.Freeze
	}
	if c.RestoreEnv != "" {
		if done, err := c.restoreEnv(ctx, store, con); done || err != nil {
			return err
		}
	}
	if c.Operation != "" {
		c.Operation, c.Flags = opdefcmd.SplitArgs(append([]string{c.Operation}, c.Flags...))
	}
	if c.Start != "" || c.Restart != "" {
		return c.again(ctx, store, user, con)
	}
	if c.HelpModel {
		return c.describeModel(user, con)
	}
	q, err := c.request(ctx, store, user, con)
	var undefined *undefinedError
	if errors.As(err, &undefined) && !c.ForceSourcecode {
		return c.repeat(ctx, store, con, undefined)
	}
	if err != nil {
		return err
	}
	if answered, err := c.answer(ctx, store.Store, user, con, q); answered || err != nil {
		return err
	}
	if !c.Stage && !c.StageTrials && c.Freeze == "" {
		if err := q.Op.MissingProgram(); err != nil {
			return err
		}
		if q.Op.Image != "" {
			if _, err := container.Find(q.Op.Image); err != nil {
				return err
			}
		}
	}
	if c.Freeze == "" { // a step finds the runs that it requires when it starts: they may be those of earlier steps
		if err := q.FindRuns(store, c.Stage || c.StageTrials); err != nil {
			return err
		}
	}
	if err := c.refuseRequired(store.Store, c.RunID, q); err != nil {
		return err
	}
	if c.Needed {
		if skip, err := skip(con, store, q); skip || err != nil {
			return c.unnecessary(err)
		}
	}
	if q.Batch == nil && c.StageTrials && len(q.Op.Steps) == 0 && q.RunsOf == "" && c.Freeze == "" {
		c.StageTrials, c.Stage = false, true // a batch of one trial; a run with steps passes the option to steps that are batches
	}
	if ok, err := c.confirm(con, preview(q)); err != nil || !ok {
		return err
	}
	q.Freezing = c.freezing(con, q.Batch != nil)
	d, err := q.Make(ctx, store.Store)
	if err != nil {
		return notStaged(c.taken(err, q.RunDir))
	}
	if err := c.freezeSteps(ctx, store.Store, con, runs.Named(d.ID(), d.Dir()), d.FinalDir()); err != nil {
		d.Discard()
		return err
	}
	if c.Stage {
		return c.unnecessary(c.stage(store.Store, con, d, q.Name()))
	}
	if c.Hold || c.Freeze != "" {
		_, err := d.Commit(runs.Pending)
		return err
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return err
	}
	return c.own(ctx, store.Store, con, lock, "", q.Name())
}

// taken returns the error of a run that cannot be made. Where its id or its directory is in use, the error says what to do.
func (c *Run) taken(err error, dir string) error {
	if !errors.Is(err, runs.ErrExists) {
		return err
	}
	spec := words.Join([]string{cmp.Or(dir, c.RunID)})
	hint := fmt.Sprintf("Use 'guild run --restart %s' to run it again, or name another one.", spec)
	switch _, statErr := os.Stat(filepath.Join(dir, ".guild")); {
	case dir == "":
		return console.WithHint(fmt.Errorf("there is a run %s already", spec), hint)
	case statErr == nil:
		return console.WithHint(fmt.Errorf("the directory %s has a run already", spec), hint)
	}
	return console.WithHint(fmt.Errorf("the directory %s is not empty", spec), "Name one that is empty or not there yet.")
}

// asks reports whether an option asks something about the request, which answer prints.
func (c *Run) asks() bool {
	return c.HelpOp || c.TestFlags || c.TestSourcecode || c.TestOutputScalars != "" || c.TestOutputAttrs != "" || c.PrintCmd || c.PrintEnv ||
		c.PrintTrials || c.SaveTrials != ""
}

// answer prints what the options ask about the request, in place of running it. It reports whether they ask anything.
func (c *Run) answer(ctx context.Context, store *runs.Store, user *opdefcmd.User, con *console.Console, q *newrun.Request) (answered bool, err error) {
	switch {
	case c.HelpOp:
		help.Operation(console.Escaping(con.Out), q.Op)
	case c.TestFlags:
		help.TestFlags(console.Escaping(con.Out), q.Op)
	case c.TestSourcecode:
		err = q.Op.TrySource(console.Escaping(con.Out), user.Dir)
	case c.TestOutputScalars != "":
		err = tryOutput(con, c.TestOutputScalars, q.Op.OutputScalars.TryScalars)
	case c.TestOutputAttrs != "":
		err = tryOutput(con, c.TestOutputAttrs, q.Op.OutputAttrs.TryAttrs)
	case c.PrintCmd || c.PrintEnv:
		err = c.printProcess(ctx, con, q, store.Home())
	case c.PrintTrials:
		err = printTrials(con, q)
	case c.SaveTrials != "":
		err = c.saveTrials(con, q)
	default:
		return false, nil
	}
	return true, err
}

// skip reports whether there are runs that make the requested one unnecessary, and prints them.
func skip(con *console.Console, store *catalog.Catalog, q *newrun.Request) (bool, error) {
	found, err := q.Matching(store)
	if err != nil || len(found) == 0 {
		return false, err
	}
	sayUnneeded(con, found)
	return true, q.UseMatch(found[0])
}

func sayUnneeded(con *console.Console, found []*runs.Run) {
	con.Printf("Skipping because the following runs match this operation (--needed specified):\n")
	listing.Preview(con, found)
}

// unnecessary returns err or, with --hold, the exit status that says that there is nothing to start.
func (c *Run) unnecessary(err error) error {
	if err == nil && c.Hold {
		return console.Exit(steps.ExitNotNeeded)
	}
	return err
}

// request finds the operation and reads its flags.
func (c *Run) request(ctx context.Context, store *catalog.Catalog, user *opdefcmd.User, con *console.Console) (*newrun.Request, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	if os.Getenv(environ.Step) != "" {
		user.Warn = nil
	}
	project, err := user.LoadProject("")
	if err != nil {
		return nil, err
	}
	var proto *prototype
	if c.Proto != "" {
		if proto, err = findPrototype(store, c.Proto); err != nil {
			return nil, err
		}
	}
	op, err := c.operation(ctx, user, con, project, proto)
	if err != nil {
		return nil, err
	}
	if err := c.debug(op); err != nil {
		return nil, err
	}
	if err := c.editComments(con); err != nil {
		return nil, err
	}
	op.AcceptsUnknown = c.ForceFlags
	params := c.params()
	rows, err := c.rows(op)
	if err != nil {
		return nil, err
	}
	in := opdef.Input{Assign: c.Flags, Force: c.ForceFlags, Partial: len(rows) > 1}
	if len(rows) == 1 {
		in.Row, rows = rows[0], nil
	}
	vals, set, err := op.ReadInput(in)
	describe := c.HelpOp || c.TestFlags
	if err != nil && !describe {
		return nil, err
	}
	if c.EditFlags {
		if vals, set, err = editFlags(con, op, vals, c.ForceFlags); err != nil {
			return nil, err
		}
	}
	if op.GPUs > 0 && params["gpu_count"] == nil {
		params["gpu_count"] = op.GPUs
	}
	q := &newrun.Request{
		Op: op, Values: vals, UserFlags: set, Label: c.Label, Tags: c.Tag, Comment: c.Comment, Seed: c.RandomSeed,
		Params: params, GPUs: c.gpus(), CmdDir: cwd, RunID: c.RunID, RunDir: c.runDir(cwd),
		KeepRun: c.KeepRun, Deps: c.Dep, ForceDeps: c.ForceDeps, RunsOf: os.Getenv(environ.StepsOf),
		StopAfter: c.stopAfter(), Hooks: c.hooks(), NoSystemMetrics: c.NoSystemMetrics,
		Warn: func(text string) { con.Notef("WARNING: %s\n", text) },
	}
	if proto != nil {
		if q.Seed == nil {
			q.Seed = proto.seed()
		}
		if !c.ForceSourcecode {
			q.Proto = proto.run
		}
	}
	if !describe {
		if err := c.addBatch(ctx, user, project, q, rows, proto); err != nil {
			return nil, err
		}
	}
	return q, c.setPython(ctx, user, q)
}

// debug applies the options for debugging to an operation.
func (c *Run) debug(op *opdef.Operation) (err error) {
	if c.DebugSourcecode != "" {
		if op.DebugSource, err = filepath.Abs(c.DebugSourcecode); err != nil {
			return fmt.Errorf("--debug-sourcecode: %w", err)
		}
	}
	if len(c.Break) > 0 || c.BreakOnError {
		err = op.SetDebug(opdef.Debug{Break: c.Break, OnError: c.BreakOnError})
	}
	return err
}

// params returns the options that are recorded with the run, by name.
func (c *Run) params() map[string]any {
	p := map[string]any{"opspec": c.Operation, "flags": c.Flags}
	for name, on := range map[string]bool{"stage": c.Stage, "stage_trials": c.StageTrials, "background": c.Background,
		"keep_batch": c.KeepBatch, "keep_run": c.KeepRun, "needed": c.Needed, "force_flags": c.ForceFlags, "force_deps": c.ForceDeps,
		"fail_on_trial_error": c.FailOnTrialError, "force_sourcecode": c.ForceSourcecode} {
		if on {
			p[name] = true
		}
	}
	maps.Copy(p, c.lasting())
	if c.Workers > 0 {
		p["workers"] = c.Workers
	}
	if c.Label != nil {
		p["label"] = *c.Label
	}
	if len(c.Tag) > 0 {
		p["tags"] = c.Tag
	}
	return p
}

// lasting returns the options that stay in force when the run is started again, until they are given anew.
func (c *Run) lasting() map[string]any {
	p := map[string]any{}
	if c.StopAfter != nil {
		p["stop_after"] = *c.StopAfter
	}
	if c.GPUs != nil {
		p["gpus"] = *c.GPUs
	}
	if c.NoGPUs {
		p["no_gpus"] = true
	}
	if c.NoSystemMetrics {
		p["no_system_metrics"] = true
	}
	if c.GPUCount > 0 {
		p["gpu_count"] = c.GPUCount
	}
	if c.Priority != nil {
		p["priority"] = *c.Priority
	}
	if c.Retries != nil {
		p["retries"] = *c.Retries
	}
	if len(c.after) > 0 {
		p["after"] = c.after
	}
	maps.Copy(p, c.hookParams())
	return p
}

// stopAfter returns the minutes after which the run is stopped; zero is never.
func (c *Run) stopAfter() float64 {
	if c.StopAfter == nil {
		return 0
	}
	return *c.StopAfter
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

// placeInStore turns a run directory that is a direct child of the runs root into the id of the run, so that the run is one of the store
// and can be staged for schedulers. Another id that is given decides, as in Guild AI: a run of the store has its id for a name.
func (c *Run) placeInStore(store *runs.Store) error {
	if c.RunDir == "" {
		return nil
	}
	dir, err := filepath.Abs(c.RunDir)
	if err != nil {
		return fmt.Errorf("--run-dir %s: %w", c.RunDir, err)
	}
	parent, id := filepath.Split(dir)
	if filepath.Clean(parent) == filepath.Clean(store.Root()) && runs.IsName(id) {
		c.RunDir, c.RunID = "", cmp.Or(c.RunID, id)
	}
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
	case c.StageTrials:
		verb = "stage trials for"
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

// freezing says what of a run is to be staged.
func (c *Run) freezing(con *console.Console, batch bool) newrun.Freezing {
	return newrun.Freezing{Run: c.Stage || c.Freeze != "", Trials: c.StageTrials && batch, Say: func(line string) { con.Notef("%s\n", line) }}
}

// freezeSteps makes what the steps of a run need that is to be staged, or whose trials are. final is its directory once it is made.
func (c *Run) freezeSteps(ctx context.Context, store *runs.Store, con *console.Console, r *runs.Run, final string) error {
	if !c.Stage && c.Freeze == "" && (!c.StageTrials || !r.IsBatch()) {
		return nil
	}
	err := steps.Freeze(ctx, store, r, final, con.Err)
	var failed steps.Failed
	if errors.As(err, &failed) {
		con.Notef("guild: %s\n", failed.Reason)
		return console.Exit(failed.Exit)
	}
	return err
}

// notStaged adds to the error of a dependency that cannot be resolved at staging what the user can do.
func notStaged(err error) error {
	var unmet *resolve.NotMetError
	if !errors.As(err, &unmet) {
		return err
	}
	return console.WithHint(err, "Nothing was staged. Mend this and try again, or stage with --force-deps and leave it to the start of the run.")
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

// own starts an owned run, in this process or in the background.
func (c *Run) own(ctx context.Context, store *runs.Store, con *console.Console, lock *runs.Lock, claim, name string) error {
	defer lock.Close()
	var env map[string]string // for this start, besides the environment of the run
	if gpus := c.gpus(); gpus != nil {
		env = map[string]string{environ.GPUs: *gpus}
	}
	run, batch := lock.Run(), lock.Run().IsBatch()
	if c.Background || c.Pidfile != "" {
		pidfile := c.Pidfile
		if pidfile == "" {
			pidfile = filepath.Join(store.ProcDir(), run.ID)
		}
		if err := proc.Background(store, lock, claim, pidfile, env); err != nil {
			if claim != "" && store.PutBack(lock, claim) == nil {
				return fmt.Errorf("run %s stays staged: %w", run.ShortID(), err)
			}
			_ = lock.Finish(1) // the caller reports err
			return err
		}
		con.Printf("%s started in background as %s (pidfile %s)\n", name, run.ID, pidfile)
		return nil
	}
	signals, release := proc.StopSignals()
	defer release()
	w := &proc.Worker{Store: store, Lock: lock, Claim: claim, Stdin: os.Stdin, Echo: con.Out, Signals: signals,
		Foreground: proc.OwnsTerminal(os.Stdin), NameLines: con.Terminal && !c.PlainLines && !c.Quiet, Env: env}
	w.Debug = con.Debugf
	w.Say = func(line string) { con.Notef("%s\n", line) }
	if console.LogLevel(os.Getenv) > console.LevelInfo {
		w.Say = sayWarnings(w.Say)
	}
	if c.Quiet {
		w.Echo = &ownErrors{to: con.Err}
		w.Say = sayWarnings(w.Say)
	}
	res, err := w.Run(context.WithoutCancel(ctx))
	if err != nil {
		return failedWith(con, run, res.Exit, err)
	}
	reportSignal(con, run, res)
	if res.Deleted && !batch && !c.Quiet {
		con.Notef("Deleting interim run %s ('%s' is configured for deletion on success)\n", run.ID, name)
	}
	if res.TimedOut && res.Exit != 0 {
		return console.Exit(exitTimedOut)
	}
	return exitStatus(res.Exit)
}

// withCure adds to an error a hint on what to do about it, if standard error is a terminal. Other readers get only the lines that Guild AI
// documents. 'guild runs info' always shows the hint.
func withCure(con *console.Console, err error) error {
	if cure := proc.Cure(err); cure != "" && con.OnTerminal() {
		return console.WithHint(err, cure)
	}
	return err
}

// reportSignal reports that the operation was ended by a signal without a stop request, since the operation could not report it.
func reportSignal(con *console.Console, run *runs.Run, res proc.Result) {
	if res.Exit >= 0 {
		return
	}
	if s := run.State(); s.Status == runs.Error && s.Reason != "" {
		con.Notef("guild: run %s failed: %s\nTry 'guild runs info %[1]s' for what is known of it.\n", run.ShortID(), s.Reason)
	}
}

// failedWith returns the error for a run that could not be started or recorded. If the operation itself has failed, it prints err and
// returns the exit status of the operation.
func failedWith(con *console.Console, run *runs.Run, exit int, err error) error {
	var incomplete *proc.IncompleteOutput
	if !errors.As(err, &incomplete) {
		return withCure(con, err)
	}
	err = fmt.Errorf("run %s: %w", run.ShortID(), err)
	if exit == 0 {
		return err
	}
	con.Notef("guild: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	return exitStatus(exit)
}
