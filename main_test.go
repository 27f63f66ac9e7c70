package main

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"guild/fixtures/documents"
	"guild/opdef/runoption"
	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/words"
)

// TestScan checks the form in which kong receives command lines of users.
func TestScan(t *testing.T) {
	for in, want := range map[string]string{
		"runs":                               "guild runs",
		"runs -Fo scheduler":                 "guild runs --operation=scheduler",
		"runs list -Fo scheduler":            "guild runs list --operation=scheduler",
		"runs -Fo=scheduler":                 "guild runs --operation=scheduler",
		"runs -Sec":                          "guild runs --error --completed",
		"runs -sa":                           "guild runs --simplified --all",
		"runs -n 5 -s":                       "guild runs --limit=5 --simplified",
		"runs -n5 -s":                        "guild runs --limit=5 --simplified",
		"runs -mm":                           "guild runs --more --more",
		"cat -Fo scheduler --output":         "guild cat --operation=scheduler --output",
		"run op -yl label x=1":               "guild run --yes --label=label -- op x=1",
		"run op -yllabel x=1":                "guild run --yes --label=label -- op x=1",
		"run op -yb":                         "guild run --yes --background -- op",
		"run op -l=x -yl=y":                  "guild run --label=x --yes --label=y -- op",
		"run op x=-Fo -y":                    "guild run --yes -- op x=-Fo",
		"run op -- -Fo x -y":                 "guild run -- op -Fo x -y",
		"run -- op -y -- -y":                 "guild run -- op -y -- -y",
		"compare -cc .op -c x":               "guild compare --strict-cols=.op --cols=x",
		"label -rm old -s new":               "guild label --remove=old --set=new",
		"run -ec -ebc -bl x op":              "guild run --edit-comment --edit-batch-comment --batch-label=x -- op",
		"runs -F op=a -Fs today":             "guild runs --filter=op=a --started=today",
		"merge -S -Sc":                       "guild merge --skip-sourcecode --completed",
		"stop -Fo a -Fl b":                   "guild stop --operation=a --label=b",
		"compare --strict-columns=a --top 3": "guild compare --strict-cols=a --limit=3",
		"check --version 1 -n":               "guild check --version=1 --no-info",
		"check --version=1":                  "guild check --version=1",
		"-C x --version":                     "guild --chdir=x --version",
		"ops x":                              "guild operations -- x",
		"runs rm 1":                          "guild runs delete -- 1",
		"run op --random-seed -1 --stop-after -.5": "guild run --random-seed=-1 --stop-after=-.5 -- op",
		"cat -p -":                                  "guild cat --path=-",
		"run op --label=":                           "guild run --label= -- op",
		"run op --label=-x":                         "guild run --label=-x -- op",
		"sys worker --serve /h":                     "guild sys worker --serve -- /h",
		"sys complete zsh cat --path x -H":          "guild sys complete -- zsh cat --path x -H",
		"run op a=1 -y b=2":                         "guild run --yes -- op a=1 b=2",
		"run -y a=1 op -t x b=2 --stage":            "guild run --yes --tag=x --stage -- a=1 op b=2",
		"tag 1 -a x 2":                              "guild tag --add=x -- 1 2",
		"runs rm 1 -y 2":                            "guild runs delete --yes -- 1 2",
		"export -m dir 1 -y 2":                      "guild export --move --yes -- dir 1 2",
		"-C run ls":                                 "guild --chdir=run ls",
		"-H check cat --output":                     "guild --home=check cat --output",
		"--home=check cat --output":                 "guild --home=check cat --output",
		"--debug -Crun runs -H x rm 1 --chdir ls 2": "guild --debug --chdir=run --home=x --chdir=ls runs delete -- 1 2",
		"runs -H info":                              "guild --home=info runs",
		"runs -A rm":                                "guild runs --archive=rm",
		"runs -Fo train rm 1":                       "guild runs delete --operation=train -- 1",
		"runs -- rm 1":                              "guild runs delete -- 1",
		"diff 1 -H run 2":                           "guild --home=run diff -- 1 2",
	} {
		line := program(&globals{}).Scan(strings.Fields(in))
		if got := line.String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if err := line.Bind(); err != nil && !line.Asked("--version") {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// TestMistakes checks the messages about wrong command lines.
func TestMistakes(t *testing.T) {
	for in, want := range map[string]struct {
		kind grammar.Kind
		text string
	}{
		"-C":                 {grammar.MissingValue, "-C needs a value (see 'guild --help')"},
		"--debug":            {grammar.MissingCommand, "the command is missing (see 'guild --help')"},
		"nosuch":             {grammar.UnknownCommand, "no such command 'nosuch' (see 'guild --help')"},
		"rusn -x":            {grammar.UnknownCommand, "no such command 'rusn'; did you mean 'run' or 'runs'? (see 'guild --help')"},
		"comp":               {grammar.UnknownCommand, "no such command 'comp'; did you mean 'compare' or 'completion'? (see 'guild --help')"},
		"runs purg":          {grammar.UnknownCommand, "no such command 'purg'; did you mean 'purge'? (see 'guild runs --help')"},
		"api x":              {grammar.UnknownCommand, "no such command 'x' (see 'guild api --help')"},
		"shell":              {grammar.UnknownCommand, "'shell' is not here: there is no shell: for programs, 'guild api' and --json tell everything of runs"},
		"run --stgae":        {grammar.UnknownOption, "unrecognized option '--stgae'; did you mean '--stage'? (see 'guild run --help')"},
		"run --stop-a=x":     {grammar.UnknownOption, "unrecognized option '--stop-a'; did you mean '--stop-after'? (see 'guild run --help')"},
		"-y run op":          {grammar.UnknownOption, "unrecognized option '-y' (see 'guild --help')"},
		"run -x":             {grammar.UnknownOption, "unrecognized option '-x' (see 'guild run --help')"},
		"run -yx":            {grammar.UnknownOption, "unrecognized option '-x' in '-yx' (see 'guild run --help')"},
		"run -1":             {grammar.UnknownOption, "unrecognized option '-1' (see 'guild run --help')"},
		"compare --tool x":   {grammar.UnknownOption, "'--tool' is not here: 'guild compare' and 'guild view' show the runs side by side, and 'guild compare --csv FILE' gives them to another program"},
		"runs -Sexc":         {grammar.UnknownLetter, "unrecognized status char 'x' in option '-S'"},
		"api":                {grammar.MissingCommand, "'guild api' needs a command: runs, merge, compare, ops, help-op (see 'guild api --help')"},
		"run op --label":     {grammar.MissingValue, "--label needs a value (see 'guild run --help')"},
		"run op -yl":         {grammar.MissingValue, "-l needs a value (see 'guild run --help')"},
		"run op -l --stage":  {grammar.MissingValue, "-l needs a value; if '--stage' is meant, write -l=--stage (see 'guild run --help')"},
		"runs --label -- x":  {grammar.MissingValue, "--label needs a value; if '--' is meant, write --label=-- (see 'guild runs --help')"},
		"export":             {grammar.MissingArgument, "'guild export' needs the argument LOCATION (see 'guild export --help')"},
		"ls 1 2":             {grammar.UnexpectedArgument, "unexpected argument '2': 'guild ls' takes one (see 'guild ls --help')"},
		"runs list x":        {grammar.UnexpectedArgument, "unexpected argument 'x': 'guild runs list' takes none (see 'guild runs list --help')"},
		"runs -c tag 1":      {grammar.MisplacedOption, "option '-c' stands before 'tag', where it means something else; write it behind 'tag' (see 'guild runs tag --help')"},
		"runs -n x":          {grammar.BadValue, "--limit: 'x' is not a whole number (see 'guild runs --help')"},
		"runs -n " + tooLong: {grammar.BadValue, "--limit: '" + tooLong + "' is too large a number (see 'guild runs --help')"},
		"run --stop-after x": {grammar.BadValue, "--stop-after: 'x' is not a number (see 'guild run --help')"},
		"run --random-seed=": {grammar.BadValue, "--random-seed: '' is not a whole number (see 'guild run --help')"},
		"run --yes=perhaps":  {grammar.BadValue, "--yes: 'perhaps' is neither yes nor no (see 'guild run --help')"},
		"select --min a --max b": {grammar.Conflict,
			"--min and --max can't be used together (see 'guild select --help')"},
	} {
		line := program(&globals{}).Scan(strings.Fields(in))
		err := line.Bind()
		var m *grammar.Mistake
		if !errors.As(err, &m) {
			t.Errorf("%s: %v", in, err)
			continue
		}
		status := 2
		if want.kind == grammar.UnknownLetter || want.kind == grammar.Conflict {
			status = 1 // as in Guild AI
		}
		if m.Kind != want.kind || m.Error() != want.text || m.ExitStatus() != status {
			t.Errorf("%s: kind %d, %s, exit status %d; want kind %d, %s, exit status %d", in, m.Kind, m, m.ExitStatus(), want.kind, want.text, status)
		}
	}
}

const tooLong = "99999999999999999999"

// renames reports whether options of a command have other names than in the struct that it embeds.
func renames(command any) bool {
	fields := reflect.VisibleFields(reflect.TypeOf(command).Elem())
	return slices.ContainsFunc(fields, func(f reflect.StructField) bool { return f.Tag.Get("rename") != "" })
}

// TestGrammarIsKongs shows that the grammar reads the same from the structs of all commands as kong does.
func TestGrammarIsKongs(t *testing.T) {
	type item struct {
		Names         []string
		Help, Value   string
		Group         string
		Hidden, Slice bool
	}
	n := 0
	program(&globals{}).Each(func(c *grammar.Command) {
		if c.Struct == nil || renames(c.Struct) { // the tag rename is the grammar's own
			return
		}
		n++
		k, err := kong.New(c.Struct, kong.NoDefaultHelp())
		if err != nil {
			t.Fatalf("%s: %v", c.Path(), err)
		}
		var want, got []item
		for _, f := range k.Model.Flags {
			i := item{Help: f.Help, Hidden: f.Hidden, Slice: f.IsSlice()}
			if f.Short != 0 {
				i.Names = append(i.Names, "-"+string(f.Short))
			}
			if long := f.Tag.Get("short2"); long != "" {
				i.Names = append(i.Names, "-"+long)
			}
			i.Names = append(i.Names, "--"+f.Name)
			for _, alias := range f.Aliases {
				i.Names = append(i.Names, "--"+alias)
			}
			if f.Group != nil {
				i.Group = f.Group.Title
			}
			if !f.IsBool() && !f.IsCounter() {
				i.Value = f.FormatPlaceHolder()
			}
			want = append(want, i)
		}
		for _, o := range c.Options()[:len(want)] {
			got = append(got, item{o.Names, o.Help, o.Value, o.Group, o.Hidden, o.Repeated()})
		}
		for _, p := range k.Model.Positional {
			want = append(want, item{Names: []string{p.Name}, Help: p.Help, Hidden: !p.Required, Slice: p.IsCumulative()})
		}
		for _, a := range c.Args() {
			got = append(got, item{Names: []string{a.Name}, Help: a.Help, Hidden: a.Optional, Slice: a.Repeated})
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", c.Path(), d)
		}
	})
	if n < 50 {
		t.Errorf("only %d commands", n)
	}
}

// TestTags shows that the structs of commands have none but the tags that the grammar reads.
func TestTags(t *testing.T) {
	tag := regexp.MustCompile(`(\w+):"(?:[^"\\]|\\.)*"`)
	known := strings.Fields("arg optional name help short short2 placeholder complete sep xor aliases default type group enum hidden embed passthrough kong")
	var check func(path string, st reflect.Type)
	check = func(path string, st reflect.Type) {
		for f := range st.Fields() {
			_, embed := f.Tag.Lookup("embed")
			if f.Anonymous || embed {
				check(path, f.Type)
				continue
			}
			for _, m := range tag.FindAllStringSubmatch(string(f.Tag), -1) {
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s: %s.%s has the tag %s, which the grammar does not read", path, st, f.Name, m[1])
				}
			}
		}
	}
	program(&globals{}).Each(func(c *grammar.Command) {
		if c.Struct != nil {
			check(c.Path(), reflect.TypeOf(c.Struct).Elem())
		}
	})
}

// TestProvided shows that each command can be run, and gets what it asks for.
func TestProvided(t *testing.T) {
	provided := map[reflect.Type]bool{}
	for _, v := range (&process{con: &console.Console{}}).provided() {
		if f := reflect.TypeOf(v); f.Kind() == reflect.Func {
			provided[f.Out(0)] = true
		} else {
			provided[f] = true
		}
	}
	program(&globals{}).Each(func(c *grammar.Command) {
		if len(c.Commands) > 0 {
			return
		}
		run, ok := reflect.TypeOf(c.Struct).MethodByName("Run")
		if !ok {
			t.Errorf("%s has no method Run", c.Path())
			return
		}
		for i := 1; i < run.Type.NumIn(); i++ {
			if !provided[run.Type.In(i)] {
				t.Errorf("%s asks for %s, which nobody provides", c.Path(), run.Type.In(i))
			}
		}
	})
}

// TestCommandNames shows that no word calls two commands, and that a command that does something can be called without a further word.
func TestCommandNames(t *testing.T) {
	program(&globals{}).Each(func(c *grammar.Command) {
		seen := map[string]bool{}
		for _, k := range c.Commands {
			for _, name := range append(slices.Clone(k.Aliases), k.Name) {
				if seen[name] {
					t.Errorf("%s calls two commands of %s", name, c.Path())
				}
				seen[name] = true
			}
			if k.Help == "" {
				t.Errorf("%s has no help", k.Path())
			}
		}
	})
}

// FuzzScan gives the grammar whatever words there may be. A line that is right is the same when its one form is read again.
func FuzzScan(f *testing.F) {
	for _, line := range []string{"runs -Sec 'a b'", "-H x run op -yl 'a b' x=1 -- -y", "runs -F -Fo", "sys complete bash 'guild x' ''", "check --version=1", "-", "run -é"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := words.Split(text)
		if err != nil || slices.ContainsFunc(list, func(w string) bool { return w == "" || strings.ContainsAny(w, " \t\n") }) {
			return
		}
		line := program(&globals{}).Scan(list)
		if len(list) > 0 {
			point := program(&globals{}).Locate(list)
			_, _ = point.Fill()
			point.Candidates()
		}
		if err := line.Bind(); err != nil {
			_ = err.Error()
			return
		}
		again := program(&globals{}).Scan(strings.Fields(strings.TrimPrefix(line.String(), "guild")))
		if err := again.Bind(); err != nil || again.String() != line.String() {
			t.Errorf("%q: %s, and again %s, %v", list, line, again, err)
		}
	})
}

// BenchmarkCommandLine is what the command line costs each start.
func BenchmarkCommandLine(b *testing.B) {
	for _, words := range []string{"--version", "runs", "run op -y x=1", "sys worker /run /home"} {
		b.Run(words, func(b *testing.B) {
			for b.Loop() {
				line := program(&globals{}).Scan(strings.Fields(words))
				if line.Asked("--version") {
					continue
				}
				if err := line.Bind(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestRunOptions compares the table of the options of `guild run` with its grammar.
func TestRunOptions(t *testing.T) {
	run, ok := program(&globals{}).Find("run")
	if !ok {
		t.Fatal("there is no command run")
	}
	want := map[string]runoption.Option{}
	for _, o := range run.Options() {
		if slices.Contains([]string{"help", "chdir", "home", "debug", "version"}, strings.TrimPrefix(o.Long(), "--")) {
			continue // of the whole program
		}
		w := runoption.Option{Name: strings.TrimPrefix(o.Long(), "--"), TakesValue: o.Value != ""}
		for _, name := range o.Names {
			switch {
			case name == o.Long():
			case strings.HasPrefix(name, "--"):
				w.Aliases = append(w.Aliases, name[2:])
			default:
				w.Short = name
			}
		}
		want[w.Name] = w
	}
	got := map[string]runoption.Option{}
	for _, o := range runoption.All() {
		if o.Absent == "" {
			got[o.Name] = runoption.Option{Name: o.Name, Short: o.Short, Aliases: o.Aliases, TakesValue: o.TakesValue}
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(want) < 20 {
		t.Errorf("the table of options differs from the grammar (-grammar +table):\n%s", d)
	}
}

// freeWords are options whose values cannot be completed: texts, numbers, addresses, and new names.
var freeWords = []string{"--comment", "--batch-comment", "--batch-label", "--add", "--append", "--prepend", "--remove", "--description", "--user", "--run-id",
	"--stop-after", "--height", "--every", "--smooth", "--max-trials", "--workers", "--priority", "--retries", "--gpu-count", "--gpus", "--random-seed",
	"--limit", "--timeout", "--hook-time-limit", "--refresh-interval", "--delete", "--version", "--on-start", "--on-end", "--on-fail", "--break",
	"--exclude", "--host", "--port", "--base-path", "--allow-host", "--tab", "--option", "--label", "URL"}

// TestCompletion: shells complete every value and argument that is not in freeWords.
func TestCompletion(t *testing.T) {
	used := map[string]bool{}
	check := func(c *grammar.Command, name, complete string) {
		if complete == "" && !slices.Contains(freeWords, name) {
			t.Errorf("%s: nothing says what %s may become", c.Path(), name)
		}
		used[name] = used[name] || complete == ""
	}
	program(&globals{}).Each(func(c *grammar.Command) {
		if strings.HasPrefix(c.Path(), "guild sys") {
			return
		}
		for _, a := range c.Args() {
			check(c, strings.ToUpper(a.Name), a.Complete)
		}
		for _, o := range c.Options() {
			if o.Value != "" && !o.Hidden {
				check(c, o.Long(), o.Complete)
			}
		}
	})
	for _, name := range freeWords {
		if !used[name] {
			t.Errorf("%s is free, and no command needs that", name)
		}
	}
}

// TestCommandGroups: each command that help shows is in one group, and each group names commands that there are.
func TestCommandGroups(t *testing.T) {
	all := program(&globals{})
	named := map[string]int{}
	for _, g := range commandGroups {
		for _, name := range g.names {
			named[name]++
			if _, ok := all.Find(name); !ok {
				t.Errorf("%s names %s, which is no command", g.title, name)
			}
		}
	}
	for _, c := range all.Commands {
		if want := 1; !c.Hidden && named[c.Name] != want {
			t.Errorf("%s is in %d groups: add it to one in groups.go", c.Name, named[c.Name])
		}
	}
}

// TestTopics: 'guild help NAME' of a command describes the command, so no page of the handbook has the name of one.
func TestTopics(t *testing.T) {
	all := program(&globals{})
	for _, p := range documents.Book().Pages() {
		if _, taken := all.Find(p.Topic()); taken {
			t.Errorf("the page %s has the name of a command, %s: give it another one in documents.go", p.Path, p.Topic())
		}
	}
}
