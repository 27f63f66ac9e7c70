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

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	doctestcmd "guild/doctest/cmd"
	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	proccmd "guild/proc/cmd"
	"guild/runs"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	schedcmd "guild/sched/cmd"
)

// version of this program, set by the linker for releases.
var version = "0.1.0"

// grammar is the command line without its commands.
type grammar struct {
	Chdir   string           `short:"C" placeholder:"PATH" help:"Run the command as if started in PATH."`
	Home    string           `short:"H" placeholder:"PATH" help:"Use PATH as Guild home."`
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
		{"runs", "List and manage runs.", &runsGrammar{}, nil},
		{"ls", "List the files of a run.", &runscmd.Ls{}, nil},
		{"cat", "Print a file or the output of a run.", &runscmd.Cat{}, nil},
		{"select", "Print the id of a run.", &runscmd.Select{}, nil},
		{"compare", "Show runs side by side, with their flags and scalars.", &runscmd.Compare{}, nil},
		{"diff", "Show how two runs differ.", &runscmd.RunsDiff{}, nil},
		{"open", "Open a run's directory or file in a program.", &runscmd.Open{}, nil},
		{"watch", "Follow what a run prints.", &runscmd.Watch{}, nil},
		{"export", "Copy or move runs to a directory or zip file.", &runscmd.RunsExport{}, nil},
		{"import", "Copy or move runs from a directory or zip file.", &runscmd.RunsImport{}, nil},
		{"archive", "Move runs to an archive of this home.", &runscmd.RunsArchive{}, nil},
		{"merge", "Copy files of a run to its project.", &runscmd.RunsMerge{}, nil},
		{"label", "Set the labels of runs.", &runscmd.RunsLabel{}, nil},
		{"tag", "Set the tags of runs.", &runscmd.RunsTag{}, nil},
		{"comment", "Comment on runs.", &runscmd.RunsComment{}, nil},
		{"mark", "Mark runs that other runs are to use.", &runscmd.RunsMark{}, nil},
		{"unmark", "Take marks off runs.", &runscmd.RunsUnmark{}, nil},
		{"stop", "Stop runs.", &proccmd.Stop{}, nil},
		{"check", "Show where runs are kept, and examine or mend the store.", &runscmd.Check{}, nil},
		{"operations", "List the operations of this project.", &opdefcmd.Operations{}, []string{`aliases:"ops"`}},
		{"help", "Describe a project's operations and their flags.", &opdefcmd.Help{}, nil},
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
		options[i] = kong.DynamicCommand(c.name, c.help, "", c.value, c.tags...)
	}
	return options
}

type runsGrammar struct {
	List    runscmd.RunsList    `cmd:"" default:"withargs" help:"List runs (what 'guild runs' does)."`
	Info    runscmd.RunsInfo    `cmd:"" help:"Show all that is known of a run."`
	Delete  runscmd.RunsDelete  `cmd:"" aliases:"rm" help:"Move runs to the trash."`
	Label   runscmd.RunsLabel   `cmd:"" help:"Set the labels of runs."`
	Tag     runscmd.RunsTag     `cmd:"" help:"Set the tags of runs."`
	Comment runscmd.RunsComment `cmd:"" help:"Comment on runs."`
	Mark    runscmd.RunsMark    `cmd:"" help:"Mark runs that other runs are to use."`
	Unmark  runscmd.RunsUnmark  `cmd:"" help:"Take marks off runs."`
	Diff    runscmd.RunsDiff    `cmd:"" help:"Show how two runs differ."`
	Export  runscmd.RunsExport  `cmd:"" help:"Copy or move runs to a directory or zip file."`
	Import  runscmd.RunsImport  `cmd:"" help:"Copy or move runs from a directory or zip file."`
	Archive runscmd.RunsArchive `cmd:"" help:"Move runs to an archive of this home."`
	Merge   runscmd.RunsMerge   `cmd:"" help:"Copy files of a run to its project."`
	Stop    proccmd.Stop        `cmd:"" help:"Stop runs."`
	Restore runscmd.RunsRestore `cmd:"" help:"Move runs out of the trash."`
	Purge   runscmd.RunsPurge   `cmd:"" help:"Remove runs in the trash for good."`
}

type apiGrammar struct {
	Compare runscmd.APICompare `cmd:"" help:"Runs side by side."`
}

// sysGrammar is what guild starts itself with.
type sysGrammar struct {
	Worker     proccmd.Worker     `cmd:"" help:"Own a run whose lock is inherited, and run it."`
	Batch      proccmd.Batch      `cmd:"" help:"Operation of a batch run."`
	Steps      proccmd.Steps      `cmd:"" help:"Operation of a run that has steps."`
	Scheduler  schedcmd.Scheduler `cmd:"" help:"Operation of a scheduler run."`
	ProbeLocks runscmd.ProbeLocks `cmd:"" help:"Try whether locks are served in a directory."`
}

// Exit codes: 0 success, 1 the command failed, 2 the command line is wrong; 128 plus the signal where one ended the command;
// a run in the foreground passes the operation's own exit code on.
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
	case slices.Equal(args, []string{"--version"}):
		con.Printf("guild %s\n", version)
		return 0
	case slices.Equal(args, []string{"runs"}):
		store, err := (&grammar{}).enter()
		if err == nil {
			err = (&runscmd.RunsList{}).Run(con, store)
		}
		return p.exitCode(err)
	}
	var g grammar
	parser, err := kong.New(&g, append(grammarFor(args),
		kong.Name("guild"),
		kong.Description("Run experiments from the shell; every run is a directory."),
		kong.Vars{"version": "guild " + version},
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindToProvider(func() (context.Context, error) { return p.context(), nil }),
		kong.Bind(con),
		kong.BindTo(p.stdout, (*io.Writer)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)...)
	if err != nil {
		return p.exitCode(err)
	}
	return p.parse(parser, &g, args)
}

// exit is how kong's --help and --version leave the parser.
type exit int

func (p *process) parse(parser *kong.Kong, g *grammar, args []string) (code int) {
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
	cmd, err := parser.Parse(normalize(parser.Model.Node, args))
	if err != nil {
		fmt.Fprintf(p.stderr, "guild: %v\n", usageError(err))
		return exitUsage
	}
	store, err := g.enter()
	if err != nil {
		return p.exitCode(err)
	}
	user := &opdefcmd.User{Home: store.Home(), Cache: store.CacheDir}
	cmd.BindTo(user, (*opdefcmd.Projects)(nil))
	cmd.BindTo(user, (*opdef.FlagReader)(nil))
	return p.exitCode(cmd.Run(store, user))
}

// enter goes to the directory of -C and opens the store of -H.
func (g *grammar) enter() (*runs.Store, error) {
	if g.Chdir != "" {
		if err := os.Chdir(g.Chdir); err != nil {
			return nil, fmt.Errorf("-C %s: no such directory: %w", g.Chdir, errors.Unwrap(err))
		}
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	if g.Home != "" {
		home, err := filepath.Abs(g.Home)
		if err != nil {
			return nil, fmt.Errorf("-H %s: %w", g.Home, err)
		}
		return runs.Open(home), nil
	}
	return runs.Open(runs.FindHome(cwd, os.Getenv)), nil
}

func usageError(err error) error {
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if node := p.Context.Selected(); node != nil {
			return fmt.Errorf("%w (see 'guild %s --help')", err, strings.TrimPrefix(node.FullPath(), "guild "))
		}
	}
	return fmt.Errorf("%w (see 'guild --help')", err)
}

// exitCode maps a command's error to an exit code and, once, to a message.
func (p *process) exitCode(err error) int {
	var status interface{ ExitCode() int }
	var sig interrupted
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status): // the command has said what there is to say
		return status.ExitCode()
	case errors.Is(err, syscall.EPIPE): // whoever read the output has seen enough
		return 0
	case p.ctx != nil && errors.As(context.Cause(p.ctx), &sig) && errors.Is(err, context.Canceled):
		return 128 + int(sig.Signal)
	}
	fmt.Fprintf(p.stderr, "guild: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
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

// normalize rewrites what kong does not know, by kong's own model of the commands: Guild's short options of two letters
// (`-Fo scheduler`, the private tag short2) and their status letters in one word (`-Sec`). Everything else, values of options
// and bundles such as `-yb` included, is left as it is.
func normalize(root *kong.Node, args []string) []string {
	out := make([]string, 0, len(args))
	node, flags := root, namedFlags(root)
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if !strings.HasPrefix(arg, "-") {
			if child := childNamed(node, arg); child != nil {
				node, flags = child, namedFlags(child)
			}
			out = append(out, arg)
			continue
		}
		out = append(out, expandShort(flags, arg)...)
		last := out[len(out)-1]
		if f := flags[last]; f != nil && !f.IsBool() && !f.IsCounter() && i+1 < len(args) {
			i++
			out = append(out, args[i])
		}
	}
	return out
}

func childNamed(n *kong.Node, name string) *kong.Node {
	for _, c := range n.Children {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c
		}
	}
	return nil
}

// namedFlags are the options that a command takes, by each of their spellings; those of a default command count for its
// group.
func namedFlags(n *kong.Node) map[string]*kong.Flag {
	flags := map[string]*kong.Flag{}
	for _, c := range []*kong.Node{n.DefaultCmd, n} {
		if c == nil {
			continue
		}
		for _, group := range c.AllFlags(false) {
			for _, f := range group {
				flags["--"+f.Name] = f
				if s := f.Tag.Get("short2"); s != "" {
					flags["-"+s] = f
				}
				if f.Short != 0 {
					flags["-"+string(f.Short)] = f
				}
			}
		}
	}
	return flags
}

func expandShort(flags map[string]*kong.Flag, arg string) []string {
	if strings.HasPrefix(arg, "--") || len(arg) < 3 {
		return []string{arg}
	}
	name, value, hasValue := strings.Cut(arg, "=")
	if f := flags[name]; f != nil {
		if hasValue {
			return []string{"--" + f.Name + "=" + value}
		}
		return []string{"--" + f.Name}
	}
	if hasValue || flags[arg[:2]] != nil {
		return []string{arg}
	}
	var out []string // letters of one group: -Sec is -Se -Sc
	for _, letter := range arg[2:] {
		f := flags[arg[:2]+string(letter)]
		if f == nil {
			return []string{arg}
		}
		out = append(out, "--"+f.Name)
	}
	return out
}
