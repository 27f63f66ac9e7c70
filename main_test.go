package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"guild/opdef/runoption"
)

func TestNormalize(t *testing.T) {
	tests := []struct{ in, want string }{
		{"runs -Fo scheduler", "runs --operation scheduler"},
		{"runs list -Fo scheduler", "runs list --operation scheduler"},
		{"runs -Fo=scheduler", "runs --operation=scheduler"},
		{"runs -Sec", "runs --error --completed"},
		{"runs -Sx", "runs -Sx"},
		{"runs -sa", "runs -sa"},
		{"runs -n 5 -s", "runs -n 5 -s"},
		{"cat -Fo scheduler --output", "cat --operation scheduler --output"},
		{"run op -yl label x=1", "run op -yl label x=1"},
		{"run op x=-Fo -y", "run op x=-Fo -y"},
		{"run op --label -Fo", "run op --label -Fo"},
		{"-C runs ls -Fl x", "-C runs ls --label x"},
		{"run op -- -Fo x", "run op -- -Fo x"},
		{"runs --operation -Fo", "runs --operation -Fo"},
		{"compare -cc .op -c x", "compare --strict-cols .op -c x"},
		{"label -rm old -s new", "label --remove old -s new"},
		{"runs -F op=a -Fs today", "runs -F op=a --started today"},
		{"runs -F -Fo", "runs -F -Fo"},
		{"merge -S -Sc", "merge -S --completed"},
		{"check --version 1 -n", "check --required-version 1 -n"},
		{"check --version=1", "check --required-version=1"},
		{"check --version --runs", "check --required-version --runs"},
		{"-C x --version", "-C x --version"},
		{"stop -Fo a -Fl b", "stop --operation a --label b"},
	}
	for _, tt := range tests {
		args := strings.Fields(tt.in)
		parser, err := kong.New(&globals{}, append(grammarFor(nil), kong.Vars{"version": version})...)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(model(parser.Model.Node).Normalize(args), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestGrammarFor shows that a part of the grammar parses what the whole one does.
func TestGrammarFor(t *testing.T) {
	for _, c := range commands() {
		options := grammarFor([]string{"-H", "home", c.name, "--help"})
		if len(options) != 1 {
			t.Errorf("%s: %d commands", c.name, len(options))
		}
		if _, err := kong.New(&globals{}, append(options, kong.Vars{"version": version})...); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if got, want := len(grammarFor([]string{"--help"})), len(commands()); got != want {
		t.Errorf("%d commands for help, want %d", got, want)
	}
	names := make([]string, 0, len(commands()))
	for _, c := range commands() {
		names = append(names, c.name)
	}
	if slices.Sort(names); len(slices.Compact(names)) != len(commands()) {
		t.Error("two commands have one name")
	}
}

// TestNarrow shows which commands of the group runs the grammar has for a command line.
func TestNarrow(t *testing.T) {
	for line, want := range map[string]string{
		"runs info x": "info", "-H x runs rm -y": "delete", "runs -n 5": "list", "runs -Fl tag": "all", "runs --home x info": "all",
		"runs": "all", "runs nosuch": "all", "runs -n 5 --help": "all", "runs list": "list",
	} {
		parser, err := kong.New(&globals{}, append(grammarFor(strings.Fields(line)), kong.Vars{"version": version})...)
		if err != nil {
			t.Fatal(err)
		}
		children := parser.Model.Children[0].Children
		got := "all"
		if len(children) == 1 {
			got = children[0].Name
		}
		if got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// TestRunOptions compares the table of the options of `guild run` with its grammar.
func TestRunOptions(t *testing.T) {
	parser, err := kong.New(&globals{}, append(grammarFor([]string{"run"}), kong.Vars{"version": version})...)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "run" })
	want := map[string]runoption.Option{}
	for _, f := range parser.Model.Children[i].Flags {
		o := runoption.Option{Name: f.Name, Short: f.Tag.Get("short2"), Aliases: f.Aliases, TakesValue: !f.IsBool()}
		if f.Short != 0 {
			o.Short = string(f.Short)
		}
		if o.Short != "" {
			o.Short = "-" + o.Short
		}
		want[o.Name] = o
	}
	got := map[string]runoption.Option{}
	for _, o := range runoption.All() {
		if !o.Absent {
			got[o.Name] = runoption.Option{Name: o.Name, Short: o.Short, Aliases: o.Aliases, TakesValue: o.TakesValue}
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(want) < 20 {
		t.Errorf("the table of options differs from the grammar (-grammar +table):\n%s", d)
	}
}
