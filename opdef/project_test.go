package opdef_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
)

func load(t *testing.T, dir string) *opdef.Project {
	t.Helper()
	p, err := opdef.LoadProject(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// project writes files (name, content, ...) to a new directory and loads it.
func project(t *testing.T, files ...string) *opdef.Project {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, files...)
	return load(t, dir)
}

func writeFiles(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i+1 < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func find(t *testing.T, p *opdef.Project, spec string) *opdef.Operation {
	t.Helper()
	op, err := p.Find(spec)
	if err != nil {
		t.Fatal(err)
	}
	return op
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want one with %q", err, want)
	}
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %v", err)
	}
}

func TestLoadProject(t *testing.T) {
	p := load(t, "testdata/parallel")
	op := find(t, p, "op")
	if !filepath.IsAbs(op.Dir) || op.Main != "sleep" || op.PipFreeze || op.FlagsImport.Mode != opdef.ImportAll {
		t.Errorf("op is %+v", op)
	}
	wantRef := opdef.Ref{PkgType: "guildfile", PkgName: p.File, PkgVersion: "", Op: "op"}
	ref := op.Ref
	if len(ref.PkgVersion) != 32 {
		t.Errorf("version of the file is %q, want an MD5", ref.PkgVersion)
	}
	ref.PkgVersion = ""
	if d := cmp.Diff(wantRef, ref); d != "" {
		t.Error(d)
	}
	want := []opdef.Step{
		{Name: "op", OpSpec: "op", Args: []string{"--label", "step-1"}, Flags: []string{"sleep=${sleep}"}},
		{Name: "second", OpSpec: "op", Args: []string{"--label", "step-2"}, Flags: []string{"sleep=${sleep}"}},
	}
	if d := cmp.Diff(want, find(t, p, "steps").Steps); d != "" {
		t.Error(d)
	}
	for _, dir := range []string{"nowhere", "guild.yml"} {
		_, err := opdef.LoadProject(filepath.Join("testdata/parallel", dir))
		wantError(t, err, "there is no directory testdata/parallel/"+dir)
	}
}

func TestFind(t *testing.T) {
	p := project(t, "guild.yml", "train-model: {main: a}\ntrain-data: {main: a}\nqueue-it: {exec: b}\n", "run.sh", "#!/bin/sh\n",
		"no.sh", "", "sub/train.py", "", "queue-it.py", "", "train", "#!/bin/sh\n")
	for _, f := range []string{"run.sh", "train"} {
		if err := os.Chmod(filepath.Join(p.Dir, f), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for spec, want := range map[string]opdef.Ref{
		"train-model":                       {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		":train-model":                      {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		"model":                             {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		"it":                                {PkgType: "guildfile", PkgName: p.File, Op: "queue-it"},
		"queue":                             {PkgType: "builtin", PkgName: "guild", Op: "queue"},
		"dask:scheduler":                    {PkgType: "builtin", PkgName: "guild", Model: "dask", Op: "scheduler"},
		"sub/train.py":                      {PkgType: "script", PkgName: filepath.Join(p.Dir, "sub"), Op: "train.py"},
		"run.sh":                            {PkgType: "script", PkgName: p.Dir, Op: "run.sh"},
		"train":                             {PkgType: "script", PkgName: p.Dir, Op: "train"}, // a whole name comes before a part of one
		filepath.Join(p.Dir, "queue-it.py"): {PkgType: "script", PkgName: p.Dir, Op: "queue-it.py"},
	} {
		got := find(t, p, spec).Ref
		got.PkgVersion = ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", spec, d)
		}
	}
	for spec, want := range map[string]string{
		"tr":             "multiple operations that match 'tr'",
		"no.sh":          "chmod +x no.sh",
		"train-mdel":     "did you mean 'train-model'?",
		"sub/trian.py":   "did you mean 'sub/train.py'?",
		"dask:schedular": "did you mean 'dask:scheduler'?",
		"xyz":            "cannot find operation xyz",
		"sub":            "cannot find operation sub",
		"":               "cannot find a default operation",
	} {
		_, err := p.Find(spec)
		wantError(t, err, want)
	}
}

func TestDefaultOperation(t *testing.T) {
	if op := find(t, project(t, "guild.yml", "a: {main: x}\nb: {main: x, default: yes}\n"), ""); op.Name != "b" {
		t.Errorf("the default operation is %s", op.Name)
	}
	if op := find(t, project(t, "guild.yml", "a: x\n"), ""); op.Name != "a" {
		t.Errorf("the default operation is %s", op.Name)
	}
	if op := find(t, project(t, "guild.yml", "a: x\n_b: x\n"), ""); op.Name != "a" {
		t.Errorf("the default operation is %s", op.Name)
	}
	p := project(t, "guild.yml", "- model: a-1\n  operations: {x: {default: on}, z: z}\n- model: b\n  default: yes\n  operations: {x: x, xy: {default: on}}\n")
	for spec, want := range map[string]string{"": "b:xy", "x": "b:x", "a:x": "a-1:x", "z": "a-1:z", "-1:z": "a-1:z"} {
		if op := find(t, p, spec); op.FullName() != want {
			t.Errorf("'%s' is %s, want %s", spec, op.FullName(), want)
		}
	}
	_, err := project(t, "guild.yml", "a: {default: yes}\nb: {default: yes}\n").Find("")
	wantError(t, err, "'a' and 'b'; name one")
	_, err = project(t).Find("")
	wantError(t, err, "cannot find a default operation")
}

func TestModels(t *testing.T) {
	p := load(t, "testdata/models")
	for spec, want := range map[string]string{
		"":          "mlp:train", // marked
		"train":     "cnn:train", // of the default model
		"mlp:train": "mlp:train",
		"ml:tr":     "mlp:train",
		"eval":      "cnn:eval",
	} {
		if op := find(t, p, spec); op.FullName() != want {
			t.Errorf("%q is %s, want %s", spec, op.FullName(), want)
		}
	}
	steps := find(t, p, "both").Steps
	if steps[0].OpSpec != "cnn:train" || steps[1].OpSpec != "mlp:train" {
		t.Errorf("steps are %+v", steps)
	}
	if res, err := find(t, p, "predict").Requires(nil); err != nil || len(res) != 1 || res[0].ResolvingName() != "file:model.bin" {
		t.Errorf("predict requires %+v, %v", res, err)
	}
	if got := fullNames(p); got != "cnn:both cnn:eval cnn:train mlp:predict mlp:train" {
		t.Errorf("operations are %s", got)
	}
}

func TestBuiltins(t *testing.T) {
	p := project(t)
	p.Version = "0.1"
	p.BuiltinDefaults = map[string]map[string]any{"dask:scheduler": {"dashboard-address": "0.0.0.0:1", "gone": 1}}
	op := find(t, p, "dask:scheduler")
	vals, err := op.Values([]string{"workers=3"}, false)
	if err != nil {
		t.Fatal(err)
	}
	label := opdef.Label(op.LabelTemplate(nil, nil), vals)
	if want := "dashboard-address=0.0.0.0:1 loglevel=info poll-interval=10 run-once=no wait-for-running=no workers=3"; label != want {
		t.Errorf("label is %s", label)
	}
	argv, env, err := op.Command().Build(vals, map[string]string{"guild_exe": "/bin/guild"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"/bin/guild", "sys", "scheduler", "dask"}, argv); d != "" {
		t.Error(d)
	}
	if env["FLAG_POLL_INTERVAL"] != "10" || op.Ref.PkgVersion != "0.1" || !op.IsBuiltin() || op.Stoppable {
		t.Errorf("env %v, operation %+v", env, op)
	}
	for _, assign := range []string{"poll-interval=0", "workers=x", "loglevel=loud", "run-once=maybe"} {
		if _, err := op.Values([]string{assign}, false); err == nil {
			t.Errorf("%s is accepted", assign)
		}
	}
	queue := find(t, p, "queue")
	if vals, err = queue.Values(nil, false); err != nil {
		t.Fatal(err)
	}
	if got := opdef.Label(queue.LabelTemplate(nil, nil), vals); got != "poll-interval=10 run-once=no wait-for-running=no" {
		t.Errorf("label is %s", got)
	}
	if !queue.DeleteOnSuccess {
		t.Error("a queue is kept when it has succeeded")
	}
}
