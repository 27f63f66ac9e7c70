package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/cmd"
	"guild/opdef/project"
	"guild/opdef/python"
	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/console/handbook"
)

// here loads projects from a directory that stands for the current one.
type here string

func (h here) LoadProject(dir string) (*project.Project, error) {
	return project.Load(filepath.Join(string(h), dir))
}

func (h here) LoadWhole(dir string) (*project.Project, error) {
	return h.LoadProject(dir)
}

// scripts knows the flags of one script, and fails for all others.
type scripts map[string]python.Detection

func (s scripts) Interface(context.Context, python.Script) (string, error) { return "globals", nil }

func (s scripts) Written(ctx context.Context, script python.Script) (python.Detection, error) {
	return s.Flags(ctx, script)
}

func (s scripts) Flags(_ context.Context, script python.Script) (python.Detection, error) {
	d, ok := s[script.Name]
	if !ok {
		return d, &python.ScriptError{Script: script.Name, Kind: "SyntaxError", Text: "what", Line: 3}
	}
	return d, nil
}

const guildfile = `
train:
  description: |
    Train it

    For long.
  main: train
  default: yes
  flags-import: all
eval:
  description: Evaluate it
  main: eval
  flags: {data: {default: test, choices: [test, all]}, limit: .inf}
broken: {main: broken, flags: {x: 1}}
_private: {exec: x}
`

func newProject(t *testing.T) here {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"guild.yml": guildfile, "train.py": "", "eval.py": "", "broken.py": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return here(dir)
}

func TestOperations(t *testing.T) {
	p := newProject(t)
	for _, tt := range []struct {
		cmd  cmd.Operations
		want string
	}{
		{cmd.Operations{}, "broken\neval    Evaluate it\ntrain   Train it\n"},
		{cmd.Operations{All: true}, "_private\nbroken\neval      Evaluate it\ntrain     Train it\n"},
		{cmd.Operations{Filter: []string{"TRAIN"}}, "train  Train it\n"},
		{cmd.Operations{Filter: []string{"it", "eval"}}, "eval  Evaluate it\n"},
		{cmd.Operations{Filter: []string{"zzz"}}, ""},
		{cmd.Operations{Verbose: true, Filter: []string{"eval"}}, "eval  Evaluate it\n  main: eval\n  note: " +
			"the flags of eval.py cannot be read: SyntaxError: what (eval.py line 3)\n  flags:\n    data   (default is test)\n\n" +
			"           Choices:  test, all\n\n    limit  (default is .inf)\n"},
	} {
		var b strings.Builder
		if err := tt.cmd.Run(t.Context(), &b, p, scripts{}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, b.String()); d != "" {
			t.Errorf("%+v: %s", tt.cmd, d)
		}
	}
	var b strings.Builder
	if err := (&cmd.Operations{JSON: true, Filter: []string{"eval"}}).Run(t.Context(), &b, p, scripts{}); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := []any{map[string]any{"name": "eval", "description": "Evaluate it", "default": false, "model": "", "flags": []any{
		map[string]any{"name": "data", "description": "", "default": "test", "required": false, "choices": []any{"test", "all"}},
		map[string]any{"name": "limit", "description": "", "default": ".inf", "required": false}}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	b.Reset()
	if err := (&cmd.Operations{JSON: true, Filter: []string{"zzz"}}).Run(t.Context(), &b, p, scripts{}); err != nil || b.String() != "[]\n" {
		t.Errorf("%s %v", b.String(), err)
	}
	if err := (&cmd.Operations{}).Run(t.Context(), &b, p+"/nowhere", scripts{}); err == nil {
		t.Error("operations of no directory are listed")
	}
}

func TestOperationsJSON(t *testing.T) {
	dir := t.TempDir()
	text := `
- model: m
  operations:
    op:
      exec: x
      label: x is ${x}
      flags:
        x: {default: 1.0, min: 0.5, max: 2, arg-name: ex, null-label: none, sigma: 3.0, choices: [1.0, 2]}
    pipe:
      steps: [op x=1, {run: "op x='a b'", expect: [{output: hi}, {file: a.txt, contains: b}]}]
`
	if err := os.WriteFile(filepath.Join(dir, "guild.yml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := (&cmd.Operations{JSON: true}).Run(t.Context(), &b, here(dir), scripts{}); err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"m:op","description":"","default":false,"model":"m","label":"x is ${x}","flags":[{"name":"x","description":"",` +
		`"default":1.0,"required":false,"choices":[1.0,2],"min":0.5,"max":2.0,"arg_name":"ex","null_label":"none","other":{"sigma":3.0}}]},` +
		`{"name":"m:pipe","description":"","default":false,"model":"m","steps":["m:op x=1",{"run":"m:op x='a b'","expect":[{"output":"hi"},` +
		`{"contains":"b","file":"a.txt"}]}],"flags":[]}]`
	var got bytes.Buffer
	if err := json.Compact(&got, []byte(b.String())); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got.String()); d != "" {
		t.Error(d)
	}
}

// book has one topic, which has the name of an operation that no project has.
var book = handbook.New(fstest.MapFS{"begin.md": {Data: []byte("# Begin here\n\nRead `this`.\n")}},
	[]handbook.Chapter{{Title: "Tutorial", Pages: []handbook.Page{{Path: "begin.md", Section: 7}}}})

func TestHelpTopics(t *testing.T) {
	dir := t.TempDir()
	for word, want := range map[string]string{
		"topics": "Tutorial:\n  begin             Begin here\n",
		"begin":  "Begin here\n==========\n\n  Read this.\n",
	} {
		var b strings.Builder
		con := &console.Console{Out: &b, Err: io.Discard}
		err := (&cmd.Help{Words: []string{word}}).Run(t.Context(), &b, con, &grammar.Command{}, here(dir), scripts{}, book)
		if err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v, %q", word, err, b.String())
		}
	}
	err := (&cmd.Help{Words: []string{"nothing"}}).Run(t.Context(), io.Discard, &console.Console{}, &grammar.Command{}, here(dir), scripts{}, book)
	if err == nil || !strings.Contains(err.Error(), "no command, operation, topic") {
		t.Errorf("error is %v", err)
	}
}

func TestHelp(t *testing.T) {
	p := newProject(t)
	read := scripts{"train.py": {Dest: "globals", Flags: []python.Flag{{Name: "lr", Default: 0.1}}}, "eval.py": {Dest: "globals"}}
	t.Chdir(string(p))
	var b strings.Builder
	if err := (&cmd.Help{}).Run(t.Context(), &b, &console.Console{}, &grammar.Command{}, p, read, book); err != nil {
		t.Fatal(err)
	}
	want := `OVERVIEW

    These are the operations of the current directory.

    Run one with 'guild run [MODEL:]OPERATION [FLAG=VALUE]...'.

BASE OPERATIONS

    broken
      Note: the flags of broken.py cannot be read: SyntaxError: what (broken.py line 3)
      Flags:
        x  (default is 1)

    eval
      Evaluate it

      Flags:
        data   (default is test)

               Choices:  test, all

        limit  (default is .inf)

    train (default)
      Train it

      For long.

      Flags:
        lr  (default is 0.1)
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"train.py": 0o666, "run.sh": 0o777, "data.txt": 0o777, "_part.py": 0o666, "model.R": 0o666} {
		text := "#!/bin/sh\n"
		if name == "data.txt" {
			text = "no script"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	b.Reset()
	if err := (&cmd.Help{}).Run(t.Context(), &b, &console.Console{}, &grammar.Command{}, here(dir), read, book); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"There is no guild.yml in the current directory, and none is needed", "\n    model.R\n    run.sh\n    train.py\n\n",
		"\n    guild run model.R --help-op ", "\n    queue            Start staged runs, one after another\n    dask:scheduler   ",
		"\n    slurm:scheduler  ", "\n    batch:scheduler  ",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&cmd.Help{}).Run(ctx, &b, &console.Console{}, &grammar.Command{}, p, canceled{}, book); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

type canceled struct{ scripts }

func (canceled) Flags(ctx context.Context, _ python.Script) (python.Detection, error) {
	return python.Detection{}, ctx.Err()
}

func TestModels(t *testing.T) {
	dir := t.TempDir()
	text := "- model: b\n  description: |\n    Bee\n    More\n  operations: {train: train}\n- model: _hidden\n- model: a\n  default: yes\n"
	if err := os.WriteFile(filepath.Join(dir, "guild.yml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		cmd  cmd.Models
		want string
	}{
		{cmd.Models{}, "a\nb  Bee\n"},
		{cmd.Models{All: true, Filter: []string{"h", "i"}}, "_hidden\n"},
		{cmd.Models{JSON: true, Filter: []string{"more"}}, `[
  {
    "name": "b",
    "description": "Bee\nMore",
    "default": false,
    "operations": [
      "train"
    ]
  }
]
`},
		{cmd.Models{JSON: true, Filter: []string{"zzz"}}, "[]\n"},
	} {
		var b strings.Builder
		if err := tt.cmd.Run(&b, here(dir)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, b.String()); d != "" {
			t.Errorf("%+v: %s", tt.cmd, d)
		}
	}
	var b strings.Builder
	if err := (&cmd.Models{}).Run(&b, newProject(t)); err != nil || b.String() != "" {
		t.Errorf("%q, %v: operations without a model are one", b.String(), err)
	}
}
