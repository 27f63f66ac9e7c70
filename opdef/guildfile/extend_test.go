package guildfile_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
	"guild/opdef/resource"
)

func TestExtends(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- config: trainable
  description: Can be trained
  params: {kind: linear, rate: 0.1}
  operation-defaults:
    flags-import: no
    flags: {seed: 1}
  operations:
    train:
      description: Train a {{kind}} model
      exec: train
      flags:
        rate: {description: Learning rate, default: '{{rate}}'}
        batch: 32
- config: tested
  description: Can be tested
  params: {rate: 7, suite: 'all of {{ kind }}'}
  operations:
    test: test --suite '{{suite}}'
    train: {label: from tested, exec: never}
- model: base
  extends: [trainable, tested]
  operations:
    train:
      flags: {rate: 0.5}
- model: cnn
  extends: base
  default: on
  params: {kind: deep}
  sourcecode: no
  operations:
    test: {flags: {}}
    own: {}
`)
	train := projecttest.Find(t, p, "base:train")
	if train.Exec != "train" || train.Label != "from tested" || train.Description != "Train a linear model" {
		t.Errorf("operation is %+v", train)
	}
	for spec, want := range map[string]string{
		"base:train": "batch=32, rate=0.5 (Learning rate)",
		"cnn:train":  "batch=32, rate=0.5 (Learning rate)",
		"cnn:test":   "",
		"cnn:own":    "seed=1",
	} {
		op := projecttest.Find(t, p, spec)
		if d := cmp.Diff(want, projecttest.Defaults(op)); d != "" || op.FlagsImport.Mode != opdef.ImportNone {
			t.Errorf("%s: import %v %s", spec, op.FlagsImport.Mode, d)
		}
	}
	if op := projecttest.Find(t, p, "cnn:test"); op.Main != "test --suite 'all of deep'" || !op.Source.None {
		t.Errorf("operation is %+v", op)
	}
	if m := p.Models[1]; m.Name != "cnn" || m.Description != "Can be trained" || !m.Default || p.Models[0].Default {
		t.Errorf("model is %+v", m)
	}
}

func TestParams(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- config: a
  params: {one: 1, text: '{{one}} and {{ two }}', round: '{{trip}}', trip: '{{round}}'}
- model: m
  extends: a
  params: {two: 2.0, list: [x, y], yes_: yes}
  operations:
    op:
      exec: x {{none}} {{round}} {{list}}
      tags: '{{list}}'
      flags:
        n: '{{two}}'
        b: '{{yes_}}'
        s: n is {{two}}
        t: '{{text}}'
        q: '{{one}}{{one}}'
        l: ['{{one}}', {a: '{{two}}'}]
        '{{one}}': name
`)
	op := projecttest.Find(t, p, "op")
	want := "b=yes, l=[1, {a: 2.0}], n=2.0, q='11', s='n is 2.0', t='1 and 2.0', {{one}}=name"
	if d := cmp.Diff(want, projecttest.Defaults(op)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("x {{none}} {{trip}} {{list}}", op.Exec); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"x", "y"}, op.Tags); d != "" {
		t.Error(d)
	}
}

func TestSections(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- config: common
  flags:
    x: {description: An x, default: 1, type: int}
    y: 2
    z: 3
  resources:
    data: [{file: a.txt}]
- config: more
  flags:
    $include: common#x
    w: '{{level}}'
- config: shared
  operations:
    one: {main: one, flags: {a: 1, b: 2}}
    two: two
- model: m
  params: {level: 9}
  resources: {$include: common}
  operations:
    $include: shared
    one: {description: Mine}
    all: {main: x, flags: {$include: [common, more], x: 10}}
    some: {main: x, flags: {$include: 'm:all#w,x', v: 0}}
    part: {main: x, flags: {$include: 'common#y, z'}}
    twice: {main: x, flags: {$include: [more, common], y: {choices: [4]}}, requires: data}
    run:
      steps:
        - run: one
          flags: {$include: 'm:all', a: 5}
`)
	for spec, want := range map[string]string{
		"one":   "a=1, b=2",
		"two":   "",
		"all":   "w=9, x=10 (An x), y=2, z=3",
		"some":  "v=0, w=9, x=10 (An x)",
		"part":  "y=2, z=3",
		"twice": "w=9, x=1 (An x), y=2, z=3",
	} {
		if d := cmp.Diff(want, projecttest.Defaults(projecttest.Find(t, p, spec))); d != "" {
			t.Errorf("%s: %s", spec, d)
		}
	}
	if op := projecttest.Find(t, p, "one"); op.Main != "one" || op.Description != "Mine" {
		t.Errorf("operation is %+v", op)
	}
	flags := projecttest.Find(t, p, "run").Steps[0].Flags
	slices.Sort(flags)
	if d := cmp.Diff([]string{"a=5", "w=9", "x=10", "y=2", "z=3"}, flags); d != "" {
		t.Error(d)
	}
}

func errorTexts(p *project.Project) []string {
	var out []string
	for _, err := range p.Errors() {
		out = append(out, err.Error())
	}
	return out
}

// TestInheritedMistake: a mistake causes one warning, however many models inherit it.
func TestInheritedMistake(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- config: c
  operations: {a: {mian: x}, b: {flags: {x: {type: strin}}}}
- {model: m, extends: c}
- {model: n, extends: c}
`)
	if got := p.Warnings(); len(got) != 2 || len(p.Operations()) != 4 {
		t.Errorf("%d operations, warnings %q", len(p.Operations()), got)
	}
}

// TestInheritedFiles: the files of an inherited resource are those of the package, unless the project has its own.
func TestInheritedFiles(t *testing.T) {
	p := projecttest.New(t,
		"guild.yml", "- {model: m, extends: pkg/base}\n", "own.txt", "mine",
		"pkg/guild.yml", `
- config: base
  resources: {files: [own.txt, {file: theirs.txt}, {config: theirs.yml}, {file: nowhere.txt}]}
  operations: {op: {exec: x, requires: [files, {sources: [theirs.txt]}]}}
`, "pkg/own.txt", "theirs", "pkg/theirs.txt", "", "pkg/theirs.yml", "")
	res, err := projecttest.Find(t, p, "op").Requires(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range res {
		again, err := resource.Parse(r.Data(), "") // in the form that the run records
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range again.Sources {
			got = append(got, s.Ref)
		}
	}
	pkg := filepath.Join(p.Dir, "pkg")
	want := []string{"own.txt", filepath.Join(pkg, "theirs.txt"), filepath.Join(pkg, "theirs.yml"), "nowhere.txt", filepath.Join(pkg, "theirs.txt")}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestIncludeFiles(t *testing.T) {
	p := projecttest.New(t,
		"guild.yml", "- include: [sub/a.yml, pkg-1]\n- model: m\n  extends: [a, pkg-2.deep/thing]\n  operations: {$include: lib}\n",
		"sub/a.yml", "- include: b.yml\n- config: a\n  extends: b\n  operations: {a: a}\n",
		"sub/b.yml", "- config: b\n  operations: {b: b}\n",
		"pkg_1/guild.yml", "- config: lib\n  operations: {c: c}\n",
		"pkg_2/deep/guild.yml", "- config: thing\n  operations: {d: {exec: d, flags: {$include: own}}}\n- config: own\n  flags: {x: 1}\n",
	)
	if d := cmp.Diff("m:a m:b m:c m:d", projecttest.Names(p)); d != "" {
		t.Error(d)
	}
	op := projecttest.Find(t, p, "d")
	if d := cmp.Diff([]string{filepath.Join(p.Dir, "pkg_2", "deep")}, op.PythonPath); d != "" || projecttest.Defaults(op) != "x=1" || op.Dir != p.Dir {
		t.Errorf("operation is %+v %s", op, d)
	}
	for name, tt := range map[string]struct{ text, want string }{
		"mistake": {"- config: x\n  operations:\n    a: {mian: b}\n- model: y\n  extends: x\n", "sub.yml:3:9: unknown attribute 'mian' in operation 'y:a' is ignored"},
		"circle":  {"- include: guild.yml\n", "sub.yml:1:12: 'include' goes in a circle"},
		"syntax":  {"- a: [\n", "sub.yml:1:"},
		"twice":   {"- model: z\n  operations: {}\n- model: z\n", "sub.yml:3:3: model 'z' is defined twice; the definition in line 1 is ignored"},
		"merge":   {"- config: x\n  operations: {a: {flags: {b: {type: '{{t}}'}}}}\n- model: y\n  extends: x\n  params: {t: no}\n", "sub.yml:2:38: unknown type 'no' of flag 'b' is ignored"},
	} {
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, "guild.yml", "- include: sub.yml\n- model: rest\n", "sub.yml", tt.text)
		p := projecttest.Load(t, dir)
		said := append(p.Warnings(), errorTexts(p)...)
		if len(said) != 1 || !strings.Contains(said[0], "/"+tt.want) || len(p.Models) == 0 {
			t.Errorf("%s: it says %q, want %s", name, said, tt.want)
		}
	}
}
