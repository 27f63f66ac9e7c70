// Command guild runs experiments from a shell and keeps every run as a plain directory.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	doctestcmd "guild/doctest/cmd"
	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/schema"
	"guild/opdef/userconfig"
	proccmd "guild/proc/cmd"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/catalog/index"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	consolecmd "guild/runs/console/cmd"
	"guild/runs/console/grammar"
	schedcmd "guild/sched/cmd"
)

// version of this program, set by the linker for releases.
var version = "0.1.0"

// globals are the options that all commands share.
type globals struct {
	Chdir   string           `short:"C" placeholder:"PATH" help:"Run the command as if started in PATH." complete:"dir"`
	Home    string           `short:"H" placeholder:"PATH" help:"Use PATH as Guild home." complete:"dir"`
	Debug   bool             `help:"Show more of what happens."`
	Version kong.VersionFlag `help:"Show the version and exit."`
}

// command is a command of the grammar: a struct in the package that it belongs to.
type command struct {
	name, help string
	value      any
	tags       []string
}

func commands() []command {
	return []command{
		{"run", "Run an operation, or stage it for a scheduler.", &proccmd.Run{}, nil},
		{"runs", "List and manage runs.", nil, nil},
		{"ls", "List the files of a run.", &runscmd.Ls{}, nil},
		{"cat", "Print a file or the output of a run.", &runscmd.Cat{}, nil},
		{"select", "Print the id of a run.", &runscmd.Select{}, nil},
		{"compare", "Show runs side by side, with their flags and scalars.", &runscmd.Compare{}, nil},
		{"tensorboard", "Show runs in TensorBoard.", &runscmd.Tensorboard{}, nil},
		{"diff", "Show how two runs differ.", &runscmd.RunsDiff{}, nil},
		{"open", "Open a run's directory or file in a program.", &runscmd.Open{}, nil},
		{"watch", "Follow what a run prints.", &runscmd.Watch{}, nil},
		{"export", "Copy or move runs to a directory or zip file.", &runscmd.RunsExport{}, nil},
		{"import", "Copy or move runs from a directory or zip file.", &runscmd.RunsImport{}, nil},
		{"archive", "Move runs to an archive of this home.", &runscmd.RunsArchive{}, nil},
		{"merge", "Copy files of a run to its project.", &runscmd.RunsMerge{}, nil},
		{"publish", "Write reports of runs.", &runscmd.RunsPublish{}, nil},
		{"label", "Set the labels of runs.", &runscmd.RunsLabel{}, nil},
		{"tag", "Set the tags of runs.", &runscmd.RunsTag{}, nil},
		{"comment", "Comment on runs.", &runscmd.RunsComment{}, nil},
		{"mark", "Mark runs that other runs are to use.", &runscmd.RunsMark{}, nil},
		{"unmark", "Take marks off runs.", &runscmd.RunsUnmark{}, nil},
		{"stop", "Stop runs.", &proccmd.Stop{}, nil},
		{"view", "Show the runs in a browser.", &schedcmd.View{}, nil},
		{"check", "Show where runs are kept, and examine or mend the store.", &checkGrammar{}, nil},
		{"operations", "List the operations of this project.", &opdefcmd.Operations{}, []string{`aliases:"ops"`}},
		{"models", "List the models of this project.", &opdefcmd.Models{}, nil},
		{"download", "Get a file that operations require, and show its SHA-256.", &opdefcmd.Download{}, nil},
		{"help", "Describe a project's operations and their flags.", &opdefcmd.Help{}, nil},
		{"completion", "Make a shell complete the words of commands.", &consolecmd.Completion{}, nil},
		{"man", "Write the manual pages.", &consolecmd.Manual{Version: version}, nil},
		{"doctest", "Run Markdown documents as tests.", &doctestcmd.Doctest{}, nil},
		{"api", "Ask for JSON, in Guild AI's forms for programs.", &apiGrammar{}, nil},
		{"sys", "", &sysGrammar{}, []string{`hidden:""`}},
	}
}

// grammarFor returns the commands that are needed to parse args: the one that is meant, for building the grammar of all of
// them takes longer than most commands do, or all where it cannot be told or help is asked for.
func grammarFor(args []string) []kong.Option {
	all := commands()
	use := all
	for _, arg := range args {
		if i := slices.IndexFunc(all, func(c command) bool { return c.name == arg }); i >= 0 {
			use = all[i : i+1]
			break
		}
	}
	options := make([]kong.Option, len(use))
	for i, c := range use {
		if c.name == "runs" {
			c.value = narrow(reflect.TypeFor[runsGrammar](), args)
		}
		options[i] = kong.DynamicCommand(c.name, c.help, "", c.value, c.tags...)
	}
	return options
}

// narrow returns of the group of commands runs those that args can mean, for the same reason: one where its name is the next word, the
// default one where no word is a name. All else is for the whole of it.
func narrow(group reflect.Type, args []string) any {
	rest := args[slices.Index(args, "runs")+1:]
	fields := map[string]reflect.StructField{}
	for f := range group.Fields() {
		for _, name := range append(strings.Split(f.Tag.Get("aliases"), ","), strings.ToLower(f.Name)) {
			fields[name] = f
		}
	}
	delete(fields, "")
	word := ""
	if len(rest) > 0 {
		word = rest[0]
	}
	field, named := fields[word]
	if strings.HasPrefix(word, "-") && !slices.ContainsFunc(rest, func(a string) bool { return fields[a].Name != "" || a == "-h" || a == "--help" }) {
		field, named = fields["list"], true
	}
	if !named {
		return reflect.New(group).Interface()
	}
	return reflect.New(reflect.StructOf([]reflect.StructField{field})).Interface()
}

// runsGrammar are the commands of the group runs. One that says nothing of itself is also a command without the group.
type runsGrammar struct {
	List    runscmd.RunsList    `cmd:"" default:"withargs" help:"List runs (what 'guild runs' does)."`
	Info    runscmd.RunsInfo    `cmd:"" help:"Show all that is known of a run."`
	Delete  runscmd.RunsDelete  `cmd:"" aliases:"rm" help:"Move runs to the trash."`
	Label   runscmd.RunsLabel   `cmd:""`
	Tag     runscmd.RunsTag     `cmd:""`
	Comment runscmd.RunsComment `cmd:""`
	Mark    runscmd.RunsMark    `cmd:""`
	Unmark  runscmd.RunsUnmark  `cmd:""`
	Diff    runscmd.RunsDiff    `cmd:""`
	Export  runscmd.RunsExport  `cmd:""`
	Import  runscmd.RunsImport  `cmd:""`
	Archive runscmd.RunsArchive `cmd:""`
	Merge   runscmd.RunsMerge   `cmd:""`
	Publish runscmd.RunsPublish `cmd:""`
	Stop    proccmd.Stop        `cmd:""`
	Restore runscmd.RunsRestore `cmd:"" help:"Move runs out of the trash."`
	Purge   runscmd.RunsPurge   `cmd:"" help:"Remove runs in the trash for good."`
}

// checkGrammar examines the project and the store.
type checkGrammar struct {
	runscmd.Check         `embed:""`
	opdefcmd.CheckProject `embed:""`
}

// Run compares the version where one is asked for, and examines the project, and the store too where that is wrong.
func (k *checkGrammar) Run(ctx context.Context, con *console.Console, store *runs.Store, user *opdefcmd.User) error {
	if k.Schema {
		con.Printf("%s", schema.JSON)
		return nil
	}
	if err := k.CheckVersion(version); err != nil {
		return err
	}
	k.About = runscmd.About{Version: version}
	if info, err := user.Python(ctx); err == nil {
		k.About.Python, k.About.PythonVersion = info.Exe, info.Version
	}
	err := k.CheckProject.Run(con, user)
	return errors.Join(k.Check.Run(ctx, con, store), err)
}

type apiGrammar struct {
	Runs    runscmd.APIRuns    `cmd:"" help:"All that is known of runs."`
	Merge   runscmd.APIMerge   `cmd:"" help:"Copy files of a run to its project."`
	Compare runscmd.APICompare `cmd:"" help:"Runs side by side."`
	Ops     opdefcmd.APIOps    `cmd:"" help:"The operations of this project, with their flags."`
	HelpOp  opdefcmd.APIHelpOp `cmd:"" help:"One operation, with its flags."`
}

// sysGrammar is what guild starts itself with.
type sysGrammar struct {
	Worker     proccmd.Worker     `cmd:"" help:"Own a run whose lock is inherited, and run it."`
	Batch      proccmd.Batch      `cmd:"" help:"Operation of a batch run."`
	Trial      proccmd.Trial      `cmd:"" help:"Run a trial of the batch whose optimizer calls this."`
	Attrs      proccmd.Attrs      `cmd:"" help:"Print the attributes of a run as JSON."`
	Steps      proccmd.Steps      `cmd:"" help:"Operation of a run that has steps."`
	Scheduler  schedcmd.Scheduler `cmd:"" help:"Operation of a scheduler run."`
	ProbeLocks runscmd.ProbeLocks `cmd:"" help:"Try whether locks are served in a directory."`
}

const exitStatuses = "The exit status is 0 for success, 1 where a command failed, 2 where the command line is wrong, and 128 plus the " +
	"signal where one ended the command. 'guild run' passes on the exit status of what it runs."

const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit((&process{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}).run(os.Args[1:]))
}

// process is what a command line meets.
type process struct {
	stdin          io.Reader
	stdout, stderr *os.File
	ctx            context.Context // nil until a command asks for it
}

func (p *process) run(args []string) int {
	con := &console.Console{In: p.stdin, Out: p.stdout, Err: p.stderr, Color: isatty.IsTerminal(p.stdout.Fd())}
	// What is called most does without the grammar, which costs more than the rest of the start.
	switch {
	case len(args) > 1 && args[0] == "sys" && args[1] == "worker":
		return p.exitCode(proccmd.RunWorker(p.context(), args[2:]))
	case len(args) > 1 && args[0] == "sys" && args[1] == "complete":
		return p.exitCode(p.complete(con, args[2:]))
	case slices.Equal(args, []string{"--version"}):
		con.Printf("guild %s\n", version)
		return 0
	case slices.Equal(args, []string{"runs"}):
		store, err := (&globals{}).enter()
		if err == nil {
			err = answered(store, (&runscmd.RunsList{}).Run(con, store))
		}
		return p.exitCode(err)
	}
	parser, g, err := p.parser(con, args)
	if err != nil {
		return p.exitCode(err)
	}
	return p.parse(con, parser, g, args)
}

// parser returns the parser of the command line args, and what it fills in of the options that all commands share.
func (p *process) parser(con *console.Console, args []string) (*kong.Kong, *globals, error) {
	var g globals
	parser, err := kong.New(&g, append(grammarFor(args),
		kong.Name("guild"),
		kong.Description("Run experiments from the shell; every run is a directory."),
		kong.Vars{"version": "guild " + version},
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindToProvider(func() (context.Context, error) { return p.context(), nil }),
		kong.BindToProvider(func() (*grammar.Command, error) { return p.program(con) }),
		kong.Bind(con),
		kong.BindTo(p.stdout, (*io.Writer)(nil)),
		kong.Help(func(_ kong.HelpOptions, ctx *kong.Context) error { return help(con, ctx) }),
	)...)
	return parser, &g, err
}

// program is the whole grammar.
func (p *process) program(con *console.Console) (*grammar.Command, error) {
	parser, _, err := p.parser(con, nil)
	if err != nil {
		return nil, err
	}
	return model(parser.Model.Node), nil
}

// help shows the help of the command that ctx selects, as JSON where a program asks for it.
func help(con *console.Console, ctx *kong.Context) error {
	node := ctx.Selected()
	if node == nil {
		node = ctx.Model.Node
	}
	c := model(node)
	if os.Getenv("GUILD_HELP_JSON") != "" {
		return c.WriteJSON(con.Out, version)
	}
	c.WriteHelp(con.Out, min(100, con.Width()))
	return nil
}

// complete answers a shell that asks what a word may become.
func (p *process) complete(con *console.Console, args []string) error {
	line, err := grammar.ReadLine(args)
	if err != nil {
		return err
	}
	parser, g, err := p.parser(con, line.Words)
	if err != nil {
		return err
	}
	program := model(parser.Model.Node)
	point := program.Locate(line.Words)
	ctx, err := kong.Trace(parser, program.Normalize(point.Before))
	if err != nil {
		return err
	}
	if _, err := ctx.Apply(); err != nil { // as much as there is of a line that is not complete
		return err
	}
	store, err := g.enter()
	if err != nil {
		return err
	}
	user := &opdefcmd.User{Home: store.Home(), Cache: store.CacheDir}
	var command any
	if node := ctx.Selected(); node != nil {
		if node.DefaultCmd != nil {
			node = node.DefaultCmd
		}
		command = node.Target.Addr().Interface()
	}
	candidates := slices.Concat(point.Candidates(), runscmd.Complete(store, &point, command),
		opdefcmd.Complete(p.context(), user, user, &point))
	con.Printf("%s", line.Answer(point, candidates))
	return nil
}

// exit is how kong's --help and --version leave the parser.
type exit int

func (p *process) parse(con *console.Console, parser *kong.Kong, g *globals, args []string) (code int) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			code = int(r)
		default:
			panic(r)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	program := model(parser.Model.Node)
	cmd, err := parser.Parse(program.Normalize(args))
	if letter, group, path := program.UnknownLetter(args); err != nil && group == "-S" {
		return p.exitCode(console.WithHint(fmt.Errorf("unrecognized status char '%s' in option '%s'", letter, group),
			fmt.Sprintf("Try '%s --help' for more information.", path)))
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "guild: %v\n", usageError(err))
		return exitUsage
	}
	from, _ := os.Getwd() // enter tells what is wrong with it
	store, err := g.enter()
	if err != nil {
		return p.exitCode(err)
	}
	con.Debug = g.Debug
	store.ShowReading(func(n int) catalog.Progress { return con.Progress("Reading", "runs", n) })
	user := &opdefcmd.User{Home: store.Home(), Dir: from, Cache: store.CacheDir,
		Warn: func(text string) { con.Notef("WARNING: %s\n", text) }}
	cmd.BindTo(user, (*opdefcmd.Projects)(nil))
	cmd.BindTo(user, (*opdef.FlagReader)(nil))
	return p.exitCode(answered(store, cmd.Run(store, store.Store, user)))
}

// answered saves what the command has read of the runs, which is a cache: that it cannot be written is no error of the
// command.
func answered(c *catalog.Catalog, err error) error {
	_ = c.Save()
	return err
}

// enter goes to the directory of -C and opens the catalog of the store of -H.
func (g *globals) enter() (*catalog.Catalog, error) {
	if g.Chdir != "" {
		switch err := os.Chdir(g.Chdir); {
		case errors.Is(err, syscall.ENOENT):
			return nil, fmt.Errorf("directory '%s' does not exist", g.Chdir)
		case errors.Is(err, syscall.ENOTDIR):
			return nil, fmt.Errorf("'%s' is not a directory", g.Chdir)
		case err != nil:
			return nil, fmt.Errorf("-C: %w", err)
		}
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	home := g.Home
	if home == "" {
		if home, err = findHome(cwd); err != nil {
			return nil, err
		}
	} else if home, err = filepath.Abs(home); err != nil {
		return nil, fmt.Errorf("-H %s: %w", g.Home, err)
	}
	store := runs.Open(home)
	return catalog.New(store, index.For(store)), nil
}

// findHome is the Guild home of the directory cwd. Only where that is another one than the user's does it matter whether the user
// wants one alone.
func findHome(cwd string) (string, error) {
	home, user := runs.FindHome(cwd, os.Getenv), os.Getenv("HOME")
	if os.Getenv("GUILD_HOME") != "" || home == filepath.Join(user, ".guild") {
		return home, nil
	}
	config, err := userconfig.Load(userconfig.Find(cwd, home, os.Getenv))
	if err == nil && config.OneHome {
		home = runs.FindHome(user, os.Getenv)
	}
	return home, err
}

func usageError(err error) error {
	at, isCommand := "guild", true
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if node := p.Context.Selected(); node != nil {
			if isCommand = node.Parent.DefaultCmd == node; isCommand {
				node = node.Parent
			}
			at = path(node)
		}
	}
	return errors.New(grammar.Usage(err.Error(), at, isCommand))
}

// exitCode maps a command's error to an exit code and, once, to a message.
func (p *process) exitCode(err error) int {
	var status interface{ ExitCode() int }
	told := errors.As(err, &status)
	if _, program := status.(*exec.ExitError); program {
		told = false // it is what became of a program, for which the command has said nothing yet
	}
	var sig interrupted
	switch {
	case err == nil:
		return 0
	case told: // the command has said what there is to say
		return status.ExitCode()
	case errors.Is(err, syscall.EPIPE): // whoever read the output has seen enough
		return 0
	case p.ctx != nil && errors.As(context.Cause(p.ctx), &sig) && errors.Is(err, context.Canceled):
		return 128 + int(sig.Signal)
	}
	var d interface{ Describe(w io.Writer) }
	if errors.As(err, &d) {
		d.Describe(p.stderr)
		return exitFailed
	}
	fmt.Fprintf(p.stderr, "guild: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		fmt.Fprintln(p.stderr, h.Hint())
	}
	return exitFailed
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ syscall.Signal }

func (i interrupted) Error() string { return i.String() }

// context returns a context that ends when this process is asked to. SIGPIPE is caught so that it is neither fatal here nor,
// as an ignored signal would be, inherited by operations; writes then fail with EPIPE.
func (p *process) context() context.Context {
	if p.ctx != nil {
		return p.ctx
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	p.ctx = ctx
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for sig := range ch {
			if sig != syscall.SIGPIPE {
				cancel(interrupted{sig.(syscall.Signal)})
			}
		}
	}()
	return ctx
}

// model is a part of the grammar as data.
func model(n *kong.Node) *grammar.Command {
	c := &grammar.Command{Name: n.Name, Path: path(n), Aliases: n.Aliases, Help: n.Help, Hidden: n.Hidden}
	if n.Help == "" {
		for _, k := range commands() {
			if k.name == n.Name {
				c.Help = k.help
			}
		}
	}
	if n.Parent == nil {
		c.Detail = exitStatuses
	}
	for at := n; at != nil; at = at.Parent {
		for _, f := range at.Flags {
			o := option(f)
			if slices.ContainsFunc(c.Options, func(own grammar.Option) bool { return own.Long() == o.Long() }) {
				continue
			}
			if at != n && at.Parent == nil {
				o.Group = "Global options"
			}
			c.Options = append(c.Options, o)
		}
	}
	for _, a := range n.Positional {
		c.Args = append(c.Args, grammar.Arg{Name: a.Name, Help: a.Help, Optional: !a.Required, Repeated: a.IsCumulative(),
			Complete: a.Tag.Get("complete")})
	}
	for _, k := range n.Children {
		child := model(k)
		c.Commands = append(c.Commands, child)
		if k == n.DefaultCmd {
			c.Default = child
		}
	}
	return c
}

func option(f *kong.Flag) grammar.Option {
	o := grammar.Option{Help: f.Help, Complete: f.Tag.Get("complete"), Hidden: f.Hidden}
	name := f.Name
	if spelled := f.Tag.Get("spelled"); spelled != "" {
		o.Parser, name = "--"+name, spelled
	}
	if f.Group != nil {
		o.Group = f.Group.Title
	}
	if f.Short != 0 {
		o.Names = append(o.Names, "-"+string(f.Short))
	}
	if short2 := f.Tag.Get("short2"); short2 != "" {
		o.Names = append(o.Names, "-"+short2)
	}
	o.Names = append(o.Names, "--"+name)
	for _, alias := range f.Aliases {
		o.Names = append(o.Names, "--"+alias)
	}
	if !f.IsBool() && !f.IsCounter() {
		o.Value = f.FormatPlaceHolder()
	}
	return o
}

// path is the words that call a command.
func path(n *kong.Node) string {
	if n.Parent == nil {
		return n.Name
	}
	return path(n.Parent) + " " + n.Name
}
