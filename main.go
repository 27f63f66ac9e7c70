// Command guild runs experiments from a shell and keeps every run as a plain directory.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	doctestcmd "guild/doctest/cmd"
	"guild/fixtures/documents"
	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/python"
	"guild/opdef/schema"
	"guild/opdef/userconfig"
	proccmd "guild/proc/cmd"
	"guild/runs"
	archivecmd "guild/runs/archive/cmd"
	"guild/runs/catalog"
	"guild/runs/catalog/index"
	checkcmd "guild/runs/check/cmd"
	runscmd "guild/runs/cmd"
	comparecmd "guild/runs/compare/cmd"
	"guild/runs/console"
	"guild/runs/console/build"
	consolecmd "guild/runs/console/cmd"
	"guild/runs/console/grammar"
	"guild/runs/homedir"
	logdircmd "guild/runs/logdir/cmd"
	publishcmd "guild/runs/publish/cmd"
	seriescmd "guild/runs/series/cmd"
	schedcmd "guild/sched/cmd"
)

// version of this program, set by the linker for releases.
var version = "0.1.0"

// globals are the options that all commands share.
type globals struct {
	Help    bool   `short:"h" help:"Show context-sensitive help."`
	Chdir   string `short:"C" placeholder:"PATH" help:"Run the command as if started in PATH." complete:"dir"`
	Home    string `short:"H" placeholder:"PATH" help:"Use PATH as Guild home." complete:"dir"`
	Debug   bool   `help:"Show more of what happens."`
	Version bool   `help:"Show the version, and the commit it was built from, and exit."`
}

const exitStatuses = "The exit status is 0 for success, 1 where a command failed, 2 where the command line is wrong, and 128 plus the " +
	"signal where one ended the command. 'guild run' passes on the exit status of what it runs."

// program returns the grammar of the whole program, which fills in g.
func program(g *globals) *grammar.Command {
	annotate := []*grammar.Command{
		{Name: "label", Help: "Set the labels of runs.", Struct: &runscmd.RunsLabel{}},
		{Name: "tag", Help: "Set the tags of runs.", Struct: &runscmd.RunsTag{}},
		{Name: "comment", Help: "Comment on runs.", Struct: &runscmd.RunsComment{}},
		{Name: "mark", Help: "Mark runs that other runs are to use.", Struct: &runscmd.RunsMark{}},
		{Name: "unmark", Help: "Take marks off runs.", Struct: &runscmd.RunsUnmark{}},
	}
	diff := &grammar.Command{Name: "diff", Help: "Show how two runs differ.", Struct: &runscmd.RunsDiff{}}
	move := []*grammar.Command{
		{Name: "export", Help: "Copy or move runs to a directory or zip file.", Struct: &archivecmd.RunsExport{}},
		{Name: "import", Help: "Copy or move runs from a directory or zip file.", Struct: &archivecmd.RunsImport{}},
		{Name: "archive", Help: "Move runs to an archive of this home.", Struct: &archivecmd.RunsArchive{}},
		{Name: "merge", Help: "Copy files of a run to its project.", Struct: &runscmd.RunsMerge{}},
		{Name: "publish", Help: "Write reports of runs.", Struct: &publishcmd.RunsPublish{}},
	}
	stop := &grammar.Command{Name: "stop", Help: "Stop runs.", Struct: &proccmd.Stop{}}
	// Commands on runs are also those of the group runs.
	group := runsGroup(slices.Concat(annotate, []*grammar.Command{diff}, move, []*grammar.Command{stop}))
	all := slices.Concat([]*grammar.Command{
		{Name: "run", Help: "Run an operation, or stage it for a scheduler.", Struct: &proccmd.Run{}},
		group,
		{Name: "ls", Help: "List the files of a run.", Struct: &runscmd.Ls{}},
		{Name: "cat", Help: "Print a file or the output of a run.", Struct: &runscmd.Cat{}},
		{Name: "select", Help: "Print the id of a run.", Struct: &runscmd.Select{}},
		{Name: "compare", Help: "Show runs side by side, with their flags and scalars.", Struct: &comparecmd.Compare{}},
		{Name: "scalars", Help: "Show the values of scalars step by step, as a table, data or plots.", Struct: &seriescmd.Scalars{}},
		{Name: "tensorboard", Help: "Show runs in TensorBoard.", Struct: &logdircmd.Tensorboard{}},
		diff,
		{Name: "open", Help: "Open a run's directory or file in a program.", Struct: &runscmd.Open{}},
		{Name: "watch", Help: "Follow what a run prints.", Struct: &runscmd.Watch{}},
	}, move, annotate, []*grammar.Command{
		stop,
		{Name: "restage", Help: "Stage runs again that failed or were lost.", Struct: &schedcmd.Restage{}},
		{Name: "schedulers", Help: "Show the schedulers on all hosts, what they run and what waits.", Struct: &schedcmd.Schedulers{}},
		{Name: "top", Help: "Show on the whole terminal what schedulers and runs do.", Struct: &schedcmd.Top{}},
		{Name: "explain", Help: "Say why a run waits.", Struct: &schedcmd.Explain{}},
		{Name: "pause", Help: "Make schedulers start no more runs.", Struct: &schedcmd.Pause{}},
		{Name: "resume", Help: "Let paused schedulers start runs again.", Struct: &schedcmd.Resume{}},
		{Name: "view", Help: "Show the runs in a browser.", Struct: &schedcmd.View{}},
		{Name: "check", Help: "Show where runs are kept, and examine or mend the store.", Struct: &check{}},
		{Name: "operations", Aliases: []string{"ops"}, Help: "List the operations of this project.", Struct: &opdefcmd.Operations{}},
		{Name: "models", Help: "List the models of this project.", Struct: &opdefcmd.Models{}},
		{Name: "download", Help: "Get a file that operations require, and show its SHA-256.", Struct: &opdefcmd.Download{}},
		{Name: "help", Help: "Describe a project's operations, a command, or a topic.", Struct: &opdefcmd.Help{}},
		{Name: "python", Help: "Give Python programs the package guild.", Struct: &opdefcmd.Python{Version: version}},
		{Name: "completion", Help: "Make a shell complete the words of commands.", Struct: &consolecmd.Completion{}},
		{Name: "man", Help: "Write the manual pages.", Struct: &consolecmd.Manual{Build: build.Read(version)}},
		{Name: "doctest", Help: "Run Markdown documents as tests.", Struct: &doctestcmd.Doctest{}},
		{Name: "api", Help: "Ask for JSON, in Guild AI's forms for programs.", Commands: []*grammar.Command{
			{Name: "runs", Help: "All that is known of runs.", Struct: &runscmd.APIRuns{}},
			{Name: "merge", Help: "Copy files of a run to its project.", Struct: &runscmd.APIMerge{}},
			{Name: "compare", Help: "Runs side by side.", Struct: &comparecmd.APICompare{}},
			{Name: "ops", Help: "The operations of this project, with their flags.", Struct: &opdefcmd.APIOps{}},
			{Name: "help-op", Help: "One operation, with its flags.", Struct: &opdefcmd.APIHelpOp{}},
		}},
		{Name: "sys", Help: "What guild starts itself with.", Hidden: true, Commands: []*grammar.Command{
			{Name: "worker", Help: "Own a run whose lock is inherited, and run it.", Struct: &proccmd.Worker{}},
			{Name: "work", Help: "Own a queued run as the job of an engine, and run it.", Struct: &proccmd.Work{}},
			{Name: "batch", Help: "Operation of a batch run.", Struct: &proccmd.Batch{}},
			{Name: "trial", Help: "Run a trial of the batch whose optimizer calls this.", Struct: &proccmd.Trial{}},
			{Name: "attrs", Help: "Print the attributes of a run as JSON.", Struct: &proccmd.Attrs{}},
			{Name: "r-script", Help: "Run an R script with other values of its constants.", Struct: &proccmd.RScript{}},
			{Name: "steps", Help: "Operation of a run that has steps.", Struct: &proccmd.Steps{}},
			{Name: "scheduler", Help: "Operation of a scheduler run.", Struct: &schedcmd.Scheduler{}},
			{Name: "probe-locks", Help: "Try whether locks are served in a directory.", Struct: &checkcmd.ProbeLocks{}},
			{Name: "complete", Help: "Answer a shell that asks what a word may become.", Struct: &consolecmd.Complete{}},
		}},
	})
	return grammar.New(grammar.Command{Name: "guild", Help: "Run experiments from the shell; every run is a directory.", Detail: exitStatuses,
		Struct: g, Commands: grouped(all)})
}

// runsGroup returns the group of commands runs, with copies of those that there are without the group too.
func runsGroup(shared []*grammar.Command) *grammar.Command {
	list := &grammar.Command{Name: "list", Help: "List runs (what 'guild runs' does).", Struct: &runscmd.RunsList{}}
	all := []*grammar.Command{
		list,
		{Name: "info", Help: "Show all that is known of a run.", Struct: &runscmd.RunsInfo{}},
		{Name: "delete", Aliases: []string{"rm"}, Help: "Move runs to the trash.", Struct: &runscmd.RunsDelete{}},
	}
	for _, c := range shared {
		twin := *c
		all = append(all, &twin)
	}
	all = append(all,
		&grammar.Command{Name: "restore", Help: "Move runs out of the trash.", Struct: &runscmd.RunsRestore{}},
		&grammar.Command{Name: "purge", Help: "Remove runs in the trash for good.", Struct: &runscmd.RunsPurge{}})
	return &grammar.Command{Name: "runs", Help: "List and manage runs.", Default: list, Commands: all}
}

// check examines the project and the store.
type check struct {
	checkcmd.Check        `embed:""`
	opdefcmd.CheckProject `embed:""`

	Tests   []string `short:"t" name:"tests" sep:"none" placeholder:"FILE" help:"Run the Markdown document FILE as a test, as 'guild doctest' does, and check nothing else. May be repeated." complete:"file:*.md"`
	Skip    []string `short:"s" name:"skip" sep:"none" placeholder:"FILE" help:"Leave out FILE of the tests. May be repeated." complete:"file:*.md"`
	Offline bool     `help:"Accepted for scripts that were written for Guild AI: nothing is looked up in the network."`
}

// tests returns the documents to run that are not to be skipped.
func (k *check) tests() []string {
	return slices.DeleteFunc(slices.Clone(k.Tests), func(file string) bool { return slices.Contains(k.Skip, file) })
}

// Run compares the version where one is asked for, and examines the project, and the store too where that is wrong.
func (k *check) Run(ctx context.Context, con *console.Console, store *runs.Store, user *opdefcmd.User) error {
	if k.Schema {
		text, err := schema.JSON()
		con.Printf("%s", text)
		return err
	}
	if err := k.CheckVersion(version); err != nil {
		return err
	}
	if len(k.Tests) > 0 {
		if files := k.tests(); len(files) > 0 {
			return (&doctestcmd.Doctest{Files: files}).Run(ctx, con)
		}
		return nil
	}
	k.About = checkcmd.About{Version: version}
	if info, err := user.Python(ctx); err == nil {
		k.About.Python, k.About.PythonVersion = info.Exe, info.Version
		if k.Verbose {
			k.About.Packages = python.Packages(info)
		}
	}
	if k.Env {
		return k.Check.Run(ctx, con, store)
	}
	err := k.CheckProject.Run(con)
	return errors.Join(k.Check.Run(ctx, con, store), err)
}

func main() {
	con := console.Standard()
	os.Exit(con.Report((&process{con: con}).run(os.Args[1:])))
}

// process is what a command line meets.
type process struct {
	con     *console.Console
	globals globals
	program *grammar.Command
	opened  *catalog.Catalog // nil until a command asks for it
}

// run does what the words after the name of the program say.
func (p *process) run(args []string) error {
	p.program = program(&p.globals)
	line := p.program.Scan(args)
	switch {
	case line.Unknown(): // whose help is asked for or not
	case len(args) == 0 || line.Asked("--help"):
		return p.help(line.Command)
	case line.Asked("--version"):
		p.con.Printf("guild %s\n", build.Read(version))
		return nil
	}
	if err := line.Bind(); err != nil {
		return p.point(err, line, args)
	}
	provided := p.provided()
	if err := p.globals.chdir(); err != nil {
		return err
	}
	p.warnLogLevel(line)
	p.con.Debug = p.globals.Debug || console.LogLevel(os.Getenv) <= console.LevelDebug
	err := line.Run(provided...)
	if p.opened != nil {
		_ = p.opened.Save() // a cache of what the command has read of the runs: a failure to write it is not an error of the command
	}
	return err
}

// warnLogLevel warns of an invalid LOG_LEVEL, once: not in the processes that a command starts.
func (p *process) warnLogLevel(line *grammar.Line) {
	inner := os.Getenv("RUN_DIR") != "" || strings.HasPrefix(line.Command.Path(), "guild sys")
	if err := console.CheckLogLevel(os.Getenv); err != nil && !inner {
		p.con.Notef("WARNING: %v\n", err)
	}
}

// point says what to type in place of a wrong command line.
func (p *process) point(err error, line *grammar.Line, args []string) error {
	if p.globals.chdir() != nil {
		return err
	}
	store := runs.Open(homedir.Find(".", os.Getenv))
	return point(err, line, args, &opdefcmd.User{Home: store.Home(), Cache: store.CacheDir})
}

// provided returns the values that commands may request as parameters.
func (p *process) provided() []any {
	from, _ := os.Getwd() // commands that need it report the error
	// Each function has its own error, which kong would name by types if one asked for what another one provides.
	return []any{p.con, p.program, p.context, p.catalog, documents.Book,
		func() (*runs.Store, error) {
			c, err := p.catalog()
			if err != nil {
				return nil, err
			}
			return c.Store, nil
		},
		func() io.Writer { return console.Escaping(p.con.Out) },
		func() consolecmd.Values { return p },
		func() (*opdefcmd.User, error) {
			c, err := p.catalog()
			if err != nil {
				return nil, err
			}
			return &opdefcmd.User{Home: c.Home(), Dir: from, Cache: c.CacheDir,
				Warn: func(text string) { p.con.Notef("WARNING: %s\n", text) }}, nil
		},
		func(u *opdefcmd.User) opdefcmd.Projects { return u },
		func(u *opdefcmd.User) opdef.FlagReader { return u },
	}
}

// help shows the help of a command, as JSON where a program asks for it.
func (p *process) help(c *grammar.Command) error {
	if os.Getenv("GUILD_HELP_JSON") != "" {
		return c.WriteJSON(p.con.Out, version)
	}
	c.WriteHelp(p.con.Out, min(100, p.con.Width()))
	return nil
}

// Values returns candidates for a word of an incomplete command line, which has filled in the globals.
func (p *process) Values(point *grammar.Point, command any) ([]grammar.Candidate, error) {
	if err := p.globals.chdir(); err != nil {
		return nil, err
	}
	c, err := p.catalog()
	if err != nil {
		return nil, err
	}
	user := &opdefcmd.User{Home: c.Home(), Cache: c.CacheDir}
	if run, ok := command.(*proccmd.Run); ok {
		if list, done := run.Complete(p.context(), c, user, user, point); done {
			return list, nil
		}
	}
	if help, ok := command.(*opdefcmd.Help); ok && point.Kind == "subject" {
		return help.Complete(p.program, documents.Book(), user, point), nil
	}
	return append(runscmd.Complete(c, point, command), opdefcmd.Complete(p.context(), user, user, point)...), nil
}

// catalog opens the catalog of the store of -H, once.
func (p *process) catalog() (*catalog.Catalog, error) {
	if p.opened != nil {
		return p.opened, nil
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	home := p.globals.Home
	if home == "" {
		if home, err = findHome(cwd); err != nil {
			return nil, err
		}
	} else if home, err = filepath.Abs(home); err != nil {
		return nil, fmt.Errorf("-H %s: %w", p.globals.Home, err)
	}
	store := runs.Open(home)
	p.opened = catalog.New(store, index.For(store))
	p.opened.ShowReading(func(n int) catalog.Progress { return p.con.Progress("Reading", "runs", n) })
	return p.opened, nil
}

// chdir changes to the directory of -C.
func (g *globals) chdir() error {
	if g.Chdir == "" {
		return nil
	}
	switch err := os.Chdir(g.Chdir); {
	case errors.Is(err, syscall.ENOENT):
		return fmt.Errorf("directory '%s' does not exist", g.Chdir)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("'%s' is not a directory", g.Chdir)
	case err != nil:
		return fmt.Errorf("-C: %w", err)
	}
	return nil
}

// findHome returns the Guild home for the directory cwd. If that is not the user's own home, it also reads whether the user has chosen to
// have only one.
func findHome(cwd string) (string, error) {
	home, user := homedir.Find(cwd, os.Getenv), os.Getenv("HOME")
	if os.Getenv("GUILD_HOME") != "" || home == filepath.Join(user, ".guild") {
		return home, nil
	}
	config, err := userconfig.Load(userconfig.Find(cwd, home, os.Getenv))
	if err == nil && config.OneHome {
		home = homedir.Find(user, os.Getenv)
	}
	return home, err
}

// context returns a context that ends when this process is asked to end. SIGPIPE is caught, so that it does not end the process, and is not
// inherited by operations as an ignored signal would be; writes then fail with EPIPE.
func (p *process) context() context.Context {
	if p.con.Ctx != nil {
		return p.con.Ctx
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	p.con.Ctx = ctx
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for sig := range ch {
			if sig != syscall.SIGPIPE {
				cancel(console.Interrupt{Signal: sig.(syscall.Signal)})
			}
		}
	}()
	return ctx
}
