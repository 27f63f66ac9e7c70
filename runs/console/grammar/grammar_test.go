package grammar

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func program() *Command {
	filters := []Option{
		{Names: []string{"-Fo", "--operation"}, Value: "VAL", Help: "Of VAL.", Group: "Filters", Complete: "op"},
		{Names: []string{"-Sr", "--running"}, Help: "Running.", Group: "Filters"},
		{Names: []string{"--not-running"}, Help: "Not running.", Group: "Filters"},
		{Names: []string{"-Se", "--error"}, Help: "Failed.", Group: "Filters"},
		{Names: []string{"-H", "--home"}, Value: "PATH", Help: "Home.", Complete: "dir"},
		{Names: []string{"--secret"}, Hidden: true},
	}
	list := &Command{Name: "list", Path: "guild runs list", Help: "List runs.",
		Options: append([]Option{{Names: []string{"-n", "--limit"}, Value: "N", Help: "At most N."}, {Names: []string{"-a", "--all"}}}, filters...)}
	rm := &Command{Name: "delete", Path: "guild runs delete", Aliases: []string{"rm"}, Help: "Delete runs.", Options: filters,
		Args: []Arg{{Name: "run", Help: "Runs.", Optional: true, Repeated: true, Complete: "run"}}}
	hidden := &Command{Name: "sys", Path: "guild sys", Hidden: true}
	return &Command{Name: "guild", Path: "guild", Help: "Run it. It's -1\\2.", Detail: ".dots", Options: filters[4:5], Commands: []*Command{
		hidden,
		{Name: "runs", Path: "guild runs", Help: "Runs.", Commands: []*Command{list, rm}, Default: list, Options: filters[4:5]},
		{Name: "cat", Path: "guild cat", Help: "Print.", Options: []Option{{Names: []string{"-p", "--path"}, Value: "PATH", Complete: "run-file"},
			{Names: []string{"-y", "--yes"}}}, Args: []Arg{{Name: "run", Optional: true, Complete: "run"}}},
	}}
}

func TestLocate(t *testing.T) {
	tests := []struct {
		line, command, before, args, word, lead, kind string
		option                                        bool
		arg                                           int
	}{
		{line: "", command: "guild", arg: -1},
		{line: "ru", command: "guild", word: "ru", arg: -1},
		{line: "runs ", command: "guild runs", before: "runs", arg: -1},
		{line: "runs -Fo ", command: "guild runs", before: "runs", kind: "op", arg: -1},
		{line: "runs --operation=a", command: "guild runs", before: "runs", word: "--operation=a", lead: "--operation=", kind: "op", arg: -1},
		{line: "runs rm -Sr -Fo x ", command: "guild runs delete", before: "runs rm -Sr -Fo x", kind: "run"},
		{line: "runs rm a b ", command: "guild runs delete", before: "runs rm a b", args: "a b", kind: "run", arg: 2},
		{line: "runs rm -- -F", command: "guild runs delete", before: "runs rm --", word: "-F", kind: "run"},
		{line: "cat a ", command: "guild cat", before: "cat a", args: "a", arg: -1},
		{line: "cat -yp ", command: "guild cat", before: "cat", kind: "run-file", arg: -1},
		{line: "cat -pyes ", command: "guild cat", before: "cat -pyes", kind: "run"},
		{line: "cat --pa", command: "guild cat", before: "cat", word: "--pa", option: true, arg: -1},
		{line: "cat -z ", command: "guild cat", before: "cat -z", kind: "run"},
		{line: "-H runs cat ", command: "guild cat", before: "-H runs cat", kind: "run"},
	}
	for _, tt := range tests {
		p := program().Locate(strings.Split(tt.line, " "))
		got := []any{p.Command.Path, strings.Join(p.Before, " "), strings.Join(p.Args, " "), p.Word, p.Lead, p.Kind, p.Option, p.Arg}
		want := []any{tt.command, tt.before, tt.args, tt.word, tt.lead, tt.kind, tt.option, tt.arg}
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
		p := Point{Command: &Command{}, Kind: tt.kind, Word: tt.word, Arg: -1}
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
		l, err := ReadLine([]string{"bash", tt.line, breaks})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Answer(Point{Lead: tt.lead}, []Candidate{{Text: tt.text, Help: "x"}, {Text: "not\na line"}}); got != tt.want+"\n" {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
	}
	l, err := ReadLine([]string{"zsh", "cat", ""})
	if err != nil || !slices.Equal(l.Words, []string{"cat", ""}) {
		t.Errorf("%v %v", l, err)
	}
	if got := l.Answer(Point{}, []Candidate{{"a b", "What\tit is.\nMore"}, {Text: "c"}}); got != "a b\tWhat it is.\nc\n" {
		t.Errorf("%q", got)
	}
	for _, args := range [][]string{nil, {"bash"}, {"bash", "x", ""}, {"zsh"}} {
		if _, err := ReadLine(args); err == nil {
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

Options:
  -n, --limit N    At most N.
  -a, --all
  -H, --home PATH  Home.

Filters:
  -Fo, --operation VAL  Of VAL.
  -Sr, --running / --not-running
                        Running.
  -Se, --error          Failed.

Commands:
  list        List runs.
  delete, rm  Delete runs.
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
		"options": []any{map[string]any{"term": "-H, --home PATH", "help": "Home."}, map[string]any{"term": "-Fo, --operation VAL", "help": "Of VAL."},
			map[string]any{"term": "-Sr, --running / --not-running", "help": "Running."}, map[string]any{"term": "-Se, --error", "help": "Failed."}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWriteManual(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	n, err := program().WriteManual(dir, "1.2", false)
	if err != nil || n != 5 {
		t.Errorf("%d pages, %v", n, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "guild.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".TH \"GUILD\" 1 \"\" \"guild 1.2\"\n", "Run it. It\\(aqs \\-1\\e2.\n.PP \n\\&.dots\n", ".SH SEE ALSO\nguild\\-runs(1), guild\\-cat(1)\n"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %q in\n%s", want, data)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "guild-runs-delete.1")); err != nil {
		t.Error(err)
	}
	if _, err := program().WriteManual(filepath.Join(dir, "guild.1", "x"), "", false); err == nil {
		t.Error("pages are written below a file")
	}
}
