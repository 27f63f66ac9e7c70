package grammar

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"guild/runs/console/build"
)

type filters struct {
	Operation  string `short2:"Fo" placeholder:"VAL" help:"Of VAL." group:"Filters" complete:"op"`
	Running    bool   `short2:"Sr" help:"Running." group:"Filters"`
	NotRunning bool   `help:"Not running." group:"Filters"`
	Error      bool   `short2:"Se" help:"Failed." group:"Filters"`
	Secret     bool   `hidden:""`
}

type listCommand struct {
	Limit int  `short:"n" placeholder:"N" help:"At most N."`
	All   bool `short:"a"`
	filters
}

type deleteCommand struct {
	filters
	Runs []string `arg:"" optional:"" name:"run" help:"Runs." complete:"run"`
}

type catCommand struct {
	Path string `short:"p" placeholder:"PATH" complete:"run-file"`
	Yes  bool   `short:"y"`
	Spec string `arg:"" optional:"" name:"run" complete:"run"`
}

func program() *Command {
	list := &Command{Name: "list", Help: "List runs.", Struct: &listCommand{}}
	return New(Command{Name: "guild", Help: "Run it. It's -1\\2.", Detail: ".dots", Struct: &struct {
		Home string `short:"H" placeholder:"PATH" help:"Home." complete:"dir"`
	}{}, Commands: []*Command{
		{Name: "sys", Hidden: true, Struct: &struct{}{}},
		{Name: "runs", Help: "Runs.", Default: list, Commands: []*Command{
			list, {Name: "delete", Aliases: []string{"rm"}, Help: "Delete runs.", Struct: &deleteCommand{}},
		}},
		{Name: "cat", Help: "Print.", Struct: &catCommand{}},
	}})
}

func TestLocate(t *testing.T) {
	tests := []struct {
		line, command, args, word, lead, kind string
		option                                bool
		arg                                   int
	}{
		{line: "", command: "guild", arg: -1},
		{line: "ru", command: "guild", word: "ru", arg: -1},
		{line: "runs ", command: "guild runs", arg: -1},
		{line: "runs -Fo ", command: "guild runs", kind: "op", arg: -1},
		{line: "runs --operation=a", command: "guild runs", word: "--operation=a", lead: "--operation=", kind: "op", arg: -1},
		{line: "runs rm -Sr -Fo x ", command: "guild runs delete", kind: "run"},
		{line: "runs rm a b ", command: "guild runs delete", args: "a b", kind: "run", arg: 2},
		{line: "runs rm -- -F", command: "guild runs delete", word: "-F", kind: "run"},
		{line: "cat a ", command: "guild cat", args: "a", arg: -1},
		{line: "cat -yp ", command: "guild cat", kind: "run-file", arg: -1},
		{line: "cat -pyes ", command: "guild cat", kind: "run"},
		{line: "cat --pa", command: "guild cat", word: "--pa", option: true, arg: -1},
		{line: "cat -z ", command: "guild cat", kind: "run"},
		{line: "-H runs cat ", command: "guild cat", kind: "run"},
	}
	for _, tt := range tests {
		p := program().Locate(strings.Split(tt.line, " "))
		got := []any{p.Command.Path(), strings.Join(p.Args, " "), p.Word, p.Lead, p.Kind, p.Option, p.Arg}
		want := []any{tt.command, tt.args, tt.word, tt.lead, tt.kind, tt.option, tt.arg}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", tt.line, d)
		}
	}
}

func TestCandidates(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("PATH", dir)
	for _, name := range []string{"sub/a.zip", "b.zip", "c.txt", ".hidden.zip", "prog"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("sub", "link"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ kind, word, want string }{
		{"dir", "", "link/ sub/"},
		{"file:*.zip", "", "b.zip link/ sub/"},
		{"file:*.zip", "sub/", "sub/a.zip"},
		{"file:*.zip", "~/sub/", "~/sub/a.zip"},
		{"file:*.zip", ".h", ".hidden.zip"},
		{"file:*.zip,*.txt", "c", "c.txt"},
		{"file:*", "no/where", ""},
		{"one-of:x,xy,z", "x", "x xy"},
		{"command", "pr", "prog"},
		{"command", "", ""},
		{"run", "", ""},
	} {
		p := Point{Command: New(Command{}), Kind: tt.kind, Word: tt.word, Arg: -1}
		if got := texts(p.Candidates()); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.kind, tt.word, got, tt.want)
		}
	}
	for line, want := range map[string]string{"": "runs cat", "runs ": "list delete", "runs -S": "-Sr -Se", "runs -": "--limit --all --operation --running --not-running --error --home",
		"runs -Fo ": "", "nosuch ": ""} {
		p := program().Locate(strings.Split(line, " "))
		if got := texts(p.Candidates()); got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}

func texts(list []Candidate) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Text
	}
	return strings.Join(out, " ")
}

func TestAnswer(t *testing.T) {
	const breaks = " \t\n\"'><=;|&(:"
	for _, tt := range []struct{ line, lead, text, want string }{
		{"guild cat a", "", "a b", `a\ b`},
		{"guild cat x=", "", "x=y$", `y\$`},
		{"guild cat m:", "", "m:op", "op"},
		{`guild cat "a`, "", `a "b" $`, `a \"b\" \$`},
		{`guild cat 'a`, "", `a "b`, `a "b`},
		{`guild cat x="a`, "", `x=a b`, "a b"},
		{"guild cat --label=a", "--label=", "ab", "ab"},
		{"guild cat ", "", "~/x#y", "~/x#y"},
	} {
		l, err := ReadQuestion([]string{"bash", tt.line, breaks})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Answer(Point{Lead: tt.lead}, []Candidate{{Text: tt.text, Help: "x"}, {Text: "not\na line"}}); got != tt.want+"\n" {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
	}
	l, err := ReadQuestion([]string{"zsh", "cat", ""})
	if err != nil || !slices.Equal(l.Words, []string{"cat", ""}) {
		t.Errorf("%v %v", l, err)
	}
	if got := l.Answer(Point{}, []Candidate{{"a b", "What\tit is.\nMore"}, {Text: "c"}}); got != "a b\tWhat it is.\nc\n" {
		t.Errorf("%q", got)
	}
	for _, args := range [][]string{nil, {"bash"}, {"bash", "x", ""}, {"zsh"}} {
		if _, err := ReadQuestion(args); err == nil {
			t.Errorf("%q is a question", args)
		}
	}
}

func TestWriteHelp(t *testing.T) {
	var b strings.Builder
	runs, _ := program().Find("runs")
	runs.WriteHelp(&b, 40)
	want := `Usage: guild runs [OPTIONS] COMMAND [ARGS]...

  Runs.

Commands:
  list        List runs.
  delete, rm  Delete runs.

Options:
  -n, --limit N  At most N.
  -a, --all

Filters:
  -Fo, --operation VAL  Of VAL.
  -Sr, --running / --not-running
                        Running.
  -Se, --error          Failed.

Global options:
  -H, --home PATH  Home.
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestWriteJSON(t *testing.T) {
	var b strings.Builder
	rm, _ := program().Find("runs", "rm")
	if err := rm.WriteJSON(&b, "1.2"); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"help": "Delete runs.", "version": "1.2", "usage": map[string]any{"prog": "guild runs delete", "args": "[OPTIONS] [RUN...]"},
		"options": []any{map[string]any{"term": "-Fo, --operation VAL", "help": "Of VAL."},
			map[string]any{"term": "-Sr, --running / --not-running", "help": "Running."}, map[string]any{"term": "-Se, --error", "help": "Failed."}, map[string]any{"term": "-H, --home PATH", "help": "Home."}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestManual(t *testing.T) {
	pages := program().Manual(build.Info{Version: "1.2", Date: "2026-11-30"})
	if len(pages) != 5 || pages["guild-runs-delete.1"] == "" {
		t.Errorf("%d pages", len(pages))
	}
	for _, want := range []string{".TH \"GUILD\" 1 \"2026-11-30\" \"guild 1.2\"\n", "Run it. It\\(aqs \\-1\\e2.\n.PP \n\\&.dots\n", ".SH SEE ALSO\nguild\\-runs(1), guild\\-cat(1)\n"} {
		if !strings.Contains(pages["guild.1"], want) {
			t.Errorf("no %q in\n%s", want, pages["guild.1"])
		}
	}
}

// everyTag has each tag that kong handles.
type everyTag struct {
	Embedded  filters  `embed:"" group:"Others"`
	Text      string   `name:"words" short:"t" aliases:"text,prose" default:"none" xor:"what" placeholder:"TEXT" help:"${default} costs $$5."`
	List      []string `sep:"none" xor:"what,which"`
	Split     []int    `default:"1,2"`
	Count     int      `type:"counter" short:"c"`
	Seed      *int64   `hidden:""`
	Share     float64  `default:"0.5"`
	Mode      string   `enum:"a,b" default:"a"`
	Ignored   chan int `kong:"-"`
	HTMLPages bool     `help:"Pages."`
	Dir       string   `arg:""`
	Rest      []string `arg:"" optional:"" passthrough:""`
	//lint:ignore U1000 commands have such fields too
	unseen [1]string
}

// TestModelIsKongs: kong parses the same with the given model as with its own model of the struct.
func TestModelIsKongs(t *testing.T) {
	for _, words := range []string{"d", "--words=x d", "--list=a,b --list=c d", "--split=3,4 --split=5 d", "--count --count d", "--seed=7 --share=1e3 d",
		"--mode=b d", "--mode=x d", "--words=x --list=y d", "--list=y d", "--h-t-m-l-pages d", "--html-pages d x -y -- z", "--operation=o --error d", "--share=x d"} {
		c := New(Command{Name: "x", Struct: &everyTag{}})
		args := strings.Fields(words)
		line := c.Scan(args)
		gotErr := line.Bind()
		var want everyTag
		k, err := kong.New(&want, kong.NoDefaultHelp())
		if err != nil {
			t.Fatal(err)
		}
		_, wantErr := k.Parse(args)
		if (gotErr == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, and kong: %v", words, gotErr, wantErr)
			continue
		}
		if d := cmp.Diff(want, *c.Struct.(*everyTag), cmp.AllowUnexported(everyTag{}, filters{})); gotErr == nil && d != "" {
			t.Errorf("%s: %s", words, d)
		}
	}
}

// TestRun: the method Run of a command gets its parameters, and nothing is made that it does not request.
func TestRun(t *testing.T) {
	made := 0
	c := New(Command{Name: "x", Struct: &runCommand{}})
	line := c.Scan([]string{"--fail"})
	if err := line.Bind(); err != nil {
		t.Fatal(err)
	}
	err := line.Run("text", func() (int, error) { made++; return 42, nil }, func(n int) float64 { return float64(n) / 2 },
		func() (bool, error) { t.Error("nobody asks for it"); return false, nil })
	if err == nil || err.Error() != "text 42 21 failed" || made != 1 {
		t.Errorf("%v, made %d times", err, made)
	}
}

type runCommand struct{ Fail bool }

func (r *runCommand) Run(text string, n int, half float64) error {
	if !r.Fail {
		return nil
	}
	return fmt.Errorf("%s %d %v failed", text, n, half)
}
