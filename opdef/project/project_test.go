package project_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
	"guild/opdef/steps"
	"guild/runs/opref"
)

func TestLoadProject(t *testing.T) {
	p := projecttest.Load(t, "testdata/parallel")
	op := projecttest.Find(t, p, "op")
	if !filepath.IsAbs(op.Dir) || op.Main != "sleep" || op.PipFreeze || op.FlagsImport.Mode != opdef.ImportAll {
		t.Errorf("op is %+v", op)
	}
	wantRef := opref.Ref{PkgType: "guildfile", PkgName: p.File, PkgVersion: "", Op: "op"}
	ref := op.Ref
	if len(ref.PkgVersion) != 32 {
		t.Errorf("version of the file is %q, want an MD5", ref.PkgVersion)
	}
	ref.PkgVersion = ""
	if d := cmp.Diff(wantRef, ref); d != "" {
		t.Error(d)
	}
	want := []steps.Step{
		{Name: "op", OpSpec: "op", Args: []string{"--label", "step-1"}, Flags: []string{"sleep=${sleep}"}},
		{Name: "second", OpSpec: "op", Args: []string{"--label", "step-2"}, Flags: []string{"sleep=${sleep}"}},
	}
	if d := cmp.Diff(want, projecttest.Find(t, p, "steps").Steps); d != "" {
		t.Error(d)
	}
	for _, dir := range []string{"nowhere", "guild.yml"} {
		_, err := project.Load(filepath.Join("testdata/parallel", dir))
		projecttest.WantError(t, err, "there is no directory testdata/parallel/"+dir)
	}
}

func TestFind(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "train-model: {main: a}\ntrain-data: {main: a}\nqueue-it: {exec: b}\n", "run.sh", "#!/bin/sh\n",
		"no.sh", "", "sub/train.py", "", "queue-it.py", "", "train", "#!/bin/sh\n")
	for _, f := range []string{"run.sh", "train"} {
		if err := os.Chmod(filepath.Join(p.Dir, f), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for spec, want := range map[string]opref.Ref{
		"train-model":                       {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		":train-model":                      {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		"model":                             {PkgType: "guildfile", PkgName: p.File, Op: "train-model"},
		"it":                                {PkgType: "guildfile", PkgName: p.File, Op: "queue-it"},
		"queue":                             {PkgType: "builtin", PkgName: "guild", Op: "queue"},
		"dask:scheduler":                    {PkgType: "builtin", PkgName: "guild", Model: "dask", Op: "scheduler"},
		"sub/train.py":                      {PkgType: "script", PkgName: filepath.Join(p.Dir, "sub"), Op: "train.py"},
		"run.sh":                            {PkgType: "script", PkgName: p.Dir, Op: "run.sh"},
		"train":                             {PkgType: "script", PkgName: p.Dir, Op: "train"}, // a complete name has precedence over a part
		filepath.Join(p.Dir, "queue-it.py"): {PkgType: "script", PkgName: p.Dir, Op: "queue-it.py"},
	} {
		got := projecttest.Find(t, p, spec).Ref
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
		"other.py":       "cannot find operation other.py",
		"dask:schedular": "did you mean 'dask:scheduler'?",
		"xyz":            "cannot find operation xyz",
		"sub":            "cannot find operation sub",
		"":               "cannot find a default operation",
	} {
		_, err := p.Find(spec)
		projecttest.WantError(t, err, want)
	}
}

func TestDefaultOperation(t *testing.T) {
	if op := projecttest.Find(t, projecttest.New(t, "guild.yml", "a: {main: x}\nb: {main: x, default: yes}\n"), ""); op.Name != "b" {
		t.Errorf("the default operation is %s", op.Name)
	}
	if op := projecttest.Find(t, projecttest.New(t, "guild.yml", "a: x\n"), ""); op.Name != "a" {
		t.Errorf("the default operation is %s", op.Name)
	}
	if op := projecttest.Find(t, projecttest.New(t, "guild.yml", "a: x\n_b: x\n"), ""); op.Name != "a" {
		t.Errorf("the default operation is %s", op.Name)
	}
	p := projecttest.New(t, "guild.yml", "- model: a-1\n  operations: {x: {default: on}, z: z}\n- model: b\n  default: yes\n  operations: {x: x, xy: {default: on}}\n")
	for spec, want := range map[string]string{"": "b:xy", "x": "b:x", "a:x": "a-1:x", "z": "a-1:z", "-1:z": "a-1:z"} {
		if op := projecttest.Find(t, p, spec); op.FullName() != want {
			t.Errorf("'%s' is %s, want %s", spec, op.FullName(), want)
		}
	}
	_, err := projecttest.New(t, "guild.yml", "a: {default: yes}\nb: {default: yes}\n").Find("")
	projecttest.WantError(t, err, "'a' and 'b'; name one")
	_, err = projecttest.New(t).Find("")
	projecttest.WantError(t, err, "cannot find a default operation")
}

func TestModels(t *testing.T) {
	p := projecttest.Load(t, "testdata/models")
	for spec, want := range map[string]string{
		"":          "mlp:train", // marked
		"train":     "cnn:train", // of the default model
		"mlp:train": "mlp:train",
		"ml:tr":     "mlp:train",
		"eval":      "cnn:eval",
	} {
		if op := projecttest.Find(t, p, spec); op.FullName() != want {
			t.Errorf("%q is %s, want %s", spec, op.FullName(), want)
		}
	}
	steps := projecttest.Find(t, p, "both").Steps
	if steps[0].OpSpec != "cnn:train" || steps[1].OpSpec != "mlp:train" {
		t.Errorf("steps are %+v", steps)
	}
	if res, err := projecttest.Find(t, p, "predict").Requires(nil); err != nil || len(res) != 1 || res[0].ResolvingName() != "file:model.bin" {
		t.Errorf("predict requires %+v, %v", res, err)
	}
	if got := projecttest.Names(p); got != "cnn:both cnn:eval cnn:train mlp:predict mlp:train" {
		t.Errorf("operations are %s", got)
	}
}

func TestBuiltins(t *testing.T) {
	p := projecttest.New(t)
	p.Version = "0.1"
	p.BuiltinDefaults = map[string]map[string]any{"dask:scheduler": {"dashboard-address": "0.0.0.0:1", "gone": 1}}
	op := projecttest.Find(t, p, "dask:scheduler")
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
	queue := projecttest.Find(t, p, "queue")
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
