package opdef_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
	"guild/opdef/python"
)

// reader answers without Python. asked records the requests.
type reader struct {
	det   python.Detection
	err   error
	asked []string
}

func (r *reader) Interface(_ context.Context, s python.Script) (string, error) {
	r.asked = append(r.asked, "interface "+s.Name)
	return r.det.Dest, r.err
}

func (r *reader) Flags(_ context.Context, s python.Script) (python.Detection, error) {
	r.asked = append(r.asked, "flags "+s.Name)
	return r.det, r.err
}

func (r *reader) Written(context.Context, python.Script) (python.Detection, error) { return r.det, nil }

func TestImportFlags(t *testing.T) {
	p := projecttest.New(t, "train.py", "", "pkg/m.py", "", "run.sh", "", "guild.yml", `
none: {main: train}
all: {main: train, flags-import: all}
yes: {main: train, flags-import: yes, flags: {lr: 0.5, own: 1}}
no: {main: train, flags-import: no, flags: {lr: 0.5}}
empty: {main: train, flags-import: []}
named: {main: train, flags-import: [mode], flags: {lr: {description: mine}}}
skip: {main: train, flags-import: all, flags-import-skip: [lr]}
defined: {main: train, flags: {lr: null, gone: 2}}
renamed: {main: train, flags: {rate: {arg-name: lr, required: no}}}
globals: {main: train, flags-dest: globals, flags-import: all}
dest: {main: train, flags-dest: args}
off: {main: train, flags-dest: off, flags: {a: 1}}
wrong: {main: train, flags-import: [moed]}
exec: {exec: x, flags: {a: 1}}
steps: {steps: [all]}
installed: {main: http.server}
missing: {main: tarin, flags-import: all}
module: {main: pkg.m, flags-import: all}
`)
	det := python.Detection{Dest: "args", Flags: []python.Flag{
		{Name: "mode", Choices: []any{"a", "b"}, Default: "a", ArgName: "-m"},
		{Name: "lr", Description: "rate", Type: "float", Default: 0.1, Required: true, ArgSplit: true, ArgSwitch: true},
	}}
	type want struct {
		asked, dest, flags string
	}
	for spec, w := range map[string]want{
		"none":      {"interface train.py", "args", ""},
		"all":       {"flags train.py", "args", "lr=0.1 mode=a"},
		"yes":       {"flags train.py", "args", "lr=0.5 mode=a own=1"},
		"no":        {"", "args", "lr=0.5"},
		"empty":     {"", "args", ""},
		"named":     {"flags train.py", "args", "lr=0.1 mode=a"},
		"skip":      {"flags train.py", "args", "mode=a"},
		"defined":   {"flags train.py", "args", "gone=2 lr=0.1"},
		"renamed":   {"flags train.py", "args", "rate=0.1"},
		"globals":   {"flags train.py", "globals", "lr=0.1 mode=a"},
		"dest":      {"", "args", ""},
		"off":       {"", "none", "a=1"},
		"exec":      {"", "args", "a=1"},
		"steps":     {"", "args", ""},
		"installed": {"", "args", ""},
		"module":    {"flags pkg/m.py", "args", "lr=0.1 mode=a"},
		"train.py":  {"flags train.py", "args", "lr=0.1 mode=a"},
	} {
		r := &reader{det: det}
		op := projecttest.Find(t, p, spec)
		if err := op.ImportFlags(t.Context(), r); err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		vals := opdef.Values{}
		for _, f := range op.Flags {
			vals[f.Name] = f.Default
		}
		got := want{dest: op.FlagsDest, flags: opdef.Label(opdef.DefaultLabel, vals)}
		if len(r.asked) > 0 {
			got.asked = r.asked[0]
		}
		if got != w || len(r.asked) > 1 {
			t.Errorf("%s: %+v, want %+v", spec, got, w)
		}
	}

	f := projecttest.Find(t, p, "named").Flag("lr")
	if f.Description != "mine" || f.Type != "float" || !f.Required || f.ArgSplit != "shlex" || f.ArgSwitch != true || f.ArgName != "" {
		t.Errorf("flag is %+v", f)
	}
	if f = projecttest.Find(t, p, "named").Flag("mode"); len(f.Choices) != 2 || f.ArgName != "-m" {
		t.Errorf("flag is %+v", f)
	}
	if f = projecttest.Find(t, p, "renamed").Flag("rate"); f.Required || f.ArgName != "lr" {
		t.Errorf("flag is %+v", f)
	}
	projecttest.WantError(t, projecttest.Find(t, p, "wrong").ImportFlags(t.Context(), &reader{det: det}),
		"flags-import of operation 'wrong' names 'moed', which is no flag of train.py; it has 'mode' and 'lr'")
	projecttest.WantError(t, projecttest.Find(t, p, "wrong").ImportFlags(t.Context(), &reader{}), "names 'moed', but train.py has no flags")
	projecttest.WantError(t, projecttest.Find(t, p, "missing").ImportFlags(t.Context(), &reader{}), "has no such module")

	broken := &python.ScriptError{Script: "train.py", Kind: "SyntaxError"}
	fresh := projecttest.Load(t, p.Dir)
	op := projecttest.Find(t, fresh, "all")
	if err := op.ImportFlags(t.Context(), &reader{det: python.Detection{Dest: "args"}, err: broken}); !errors.Is(err, broken) || op.FlagsDest != "args" {
		t.Errorf("error is %v, destination %s", err, op.FlagsDest)
	}
	if err := projecttest.Find(t, fresh, "none").ImportFlags(t.Context(), &reader{err: broken}); err != nil {
		t.Errorf("an operation without flags fails for a script that it cannot read: %v", err)
	}
}

// TestPythonOperation uses a real interpreter, from a guild.yml to the command line of the script.
func TestPythonOperation(t *testing.T) {
	exe, err := python.Find()
	if err != nil {
		t.Skip("Python is not installed")
	}
	p := projecttest.Load(t, filepath.Join("project", "testdata", "parallel"))
	r := python.Reader{Exe: exe, CacheDir: t.TempDir()}
	for _, spec := range []string{"op", "sleep.py"} {
		op := projecttest.Find(t, p, spec)
		if err := op.ImportFlags(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		vals, err := op.Values([]string{"sleep=[2]*3"}, false)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := (&opdef.Batch{Values: vals}).Grid(0, 0)
		if err != nil || len(trials) != 3 {
			t.Fatalf("trials are %v, %v", trials, err)
		}
		argv, env, err := op.Command().Build(trials[2], map[string]string{"python_exe": "python"})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"python", "-um", "guild.op_main", "sleep", "--", "--sleep", "2"}, argv); d != "" || env["FLAG_SLEEP"] != "2" {
			t.Errorf("%s %v", d, env)
		}
	}
}

// BenchmarkStage measures staging a small project before its files are copied, with the flags of the script in the cache.
func BenchmarkStage(b *testing.B) {
	exe, err := python.Find()
	if err != nil {
		b.Skip("Python is not installed")
	}
	r := python.Reader{Exe: exe, CacheDir: b.TempDir()}
	for b.Loop() {
		p, err := project.Load(filepath.Join("project", "testdata", "parallel"))
		if err != nil {
			b.Fatal(err)
		}
		op, err := p.Find("op")
		if err != nil {
			b.Fatal(err)
		}
		if err := op.ImportFlags(b.Context(), r); err != nil {
			b.Fatal(err)
		}
		vals, err := op.Values([]string{"sleep=2"}, false)
		if err != nil {
			b.Fatal(err)
		}
		if len(op.Command().Data()) == 0 || opdef.Label(op.LabelTemplate(nil, nil), vals) != "sleep=2" {
			b.Fatal("no command or label")
		}
	}
}

func BenchmarkCopySource(b *testing.B) {
	p, err := project.Load(filepath.Join("project", "testdata", "parallel"))
	if err != nil {
		b.Fatal(err)
	}
	op, err := p.Find("op")
	if err != nil {
		b.Fatal(err)
	}
	dst := b.TempDir()
	for b.Loop() {
		if _, err := op.CopySource(dst); err != nil {
			b.Fatal(err)
		}
	}
}
