package opdef_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guild/opdef"
)

func TestGuildfileErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a: {main: x\n", "guild.yml:1:1: this is not YAML: did not find expected ',' or '}'"},
		{"b: {\n  c: d}\n\na: [\n", "guild.yml:4:1: this is not YAML"},
		{"a:\n  main: x\n  - y\n", "guild.yml:3:3: this is not YAML"},
		{"a:\n\tmain: x\n", "indent with spaces"},
		{"just text\n", "guild.yml:1:1: a guild.yml is a mapping"},
		{"a:\n  mian: x\n", "guild.yml:2:3: unknown attribute 'mian' in operation 'a'; did you mean 'main'?"},
		{"a:\n  nonsense: x\n", "guild.yml:2:3: unknown attribute 'nonsense' in operation 'a'"},
		{"a:\n  main: [x]\n", "guild.yml:2:9: main must be a text"},
		{"a: [x]\n", "guild.yml:1:4: operation 'a' must be a mapping"},
		{"a: {}\na: {}\n", "guild.yml:2:1: 'a' is already defined in line 1"},
		{"a:\n  exec: \"x 'y\"\n", "the command of operation 'a': a quote is not closed"},
		{"a:\n  default: maybe\n", "guild.yml:2:12: default must be yes or no"},
		{"a:\n  flags-import: hello\n", "guild.yml:2:17: flags-import must be all, no, or a list"},
		{"a:\n  flags-dest: nowhere\n", "guild.yml:2:15: flags-dest must be"},
		{"a:\n  flags: [x]\n", "guild.yml:2:10: flags must be a mapping"},
		{"a:\n  flags:\n    x:\n      defalt: 1\n", "guild.yml:4:7: unknown attribute 'defalt' in flag 'x'; did you mean 'default'?"},
		{"a:\n  flags:\n    x: {type: integer}\n", "guild.yml:3:15: flag 'x' has the unknown type 'integer'; types are string, int"},
		{"a:\n  flags:\n    x: {min: low}\n", "guild.yml:3:14: min must be a number"},
		{"a:\n  flags:\n    x: {choices: {a: 1}}\n", "guild.yml:3:18: choices of flag 'x' must be a list"},
		{"a:\n  flags:\n    x: {choices: [{alias: 1}]}\n", "a choice of flag 'x' lacks its value"},
		{"a:\n  flags:\n    x: {choices: [{value: 1, descriptin: b}]}\n", "did you mean 'description'?"},
		{"a:\n  env: {x: [1]}\n", "guild.yml:2:12: variable x must be a text or a number"},
		{"a:\n  env: {'x=y': 1}\n", "'x=y' is no name of a variable"},
		{"a:\n  run-attrs: [x]\n", "guild.yml:2:14: run-attrs must be a mapping of names to values"},
		{"a:\n  steps: x\n", "guild.yml:2:10: steps must be a list"},
		{"a:\n  steps: ['-l x']\n", "guild.yml:2:11: step '-l x': it names no operation to run"},
		{"a:\n  steps: [b c]\n", "'c' is neither an option nor an assignment"},
		{"a:\n  steps:\n    - run: b\n      lable: x\n", "guild.yml:4:7: unknown attribute 'lable' in a step; did you mean 'label'?"},
		{"a:\n  sourcecode:\n    -exclude: '*'\n", "unknown attribute '-exclude' in sourcecode"},
		{"a:\n  sourcecode:\n    - {include: a, exclude: b}\n", "guild.yml:3:7: a rule of sourcecode is either"},
		{"a:\n  sourcecode:\n    - include: {texts: a}\n", "include takes a pattern"},
		{"- model: x\n  operation:\n    a: b\n", "guild.yml:2:3: unknown attribute 'operation'; did you mean 'operations'?"},
		{"- model: x\n  label: y\n", "guild.yml:2:3: 'label' belongs to an operation; write it into operation-defaults"},
		{"- config: x\n  operaions:\n    a: b\n", "guild.yml:2:3: unknown attribute 'operaions'; did you mean 'operations'"},
		{"- config: x\n  model: y\n", "guild.yml:1:3: an object is either a config or a model; make it two objects"},
		{"- description: x\n", "guild.yml:1:3: an object of the list needs its kind and name, such as 'model: cnn'"},
		{"- model: x\n  extends: base\n- config: bases\n", "guild.yml:2:12: there is no model or config 'base' to extend; did you mean 'bases'?"},
		{"- model: x\n  extends: x\n", "guild.yml:2:12: 'extends' goes in a circle: x -> x"},
		{"- model: x\n  extends: y\n- config: y\n  extends: [z]\n- config: z\n  extends: y\n", "guild.yml:6:12: 'extends' goes in a circle: y -> z -> y"},
		{"- model: x\n  extends: nowhere/y\n", "guild.yml:2:12: there is no package 'nowhere' with a guild.yml; add the directory"},
		{"- include: nowhere.yml\n", "guild.yml:1:12: there is no 'nowhere.yml' to include; write the path"},
		{"- include: guild.yml\n", "guild.yml:1:12: 'include' goes in a circle: "},
		{"a:\n  flags:\n    $include: b\n", "guild.yml:3:15: there is no model or config 'b' to include; write CONFIG"},
		{"a:\n  flags:\n    $include: ':b'\n", "guild.yml:3:15: there is no operation ':b' to include"},
		{"- model: m\n  params: {n: [1]}\n  operations:\n    a: {main: '{{n}}'}\n", "guild.yml:4:15: main must be a text"},
		{"- config: c\n  operations: {a: &a {flags: {x: *a}}}\n- model: m\n  extends: [c, c]\n", "guild.yml:"},
		{"- model: x\n- model: x\n", "guild.yml:2:3: model 'x' is defined twice"},
		{"a: &a\n  <<: *a\n", "'<<' is used too often"},
		{"'': x\n", "an operation must have a name"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		writeFiles(t, dir, "guild.yml", tt.in)
		_, err := opdef.LoadProject(dir)
		var fileErr *opdef.FileError
		if !errors.As(err, &fileErr) {
			t.Errorf("%q: error is %v", tt.in, err)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), dir+"/"); !strings.HasPrefix(got, "guild.yml:") || !strings.Contains(got, tt.want) {
			t.Errorf("%q: error is %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestModelList(t *testing.T) {
	p := project(t, "guild.yml", "- package: x\n  version: 1\n- operations: {a: b}\n  plugins: all\n- model: m\n")
	if got := fullNames(p); got != "a" || len(p.Models) != 2 {
		t.Errorf("operations are %s of %d models", got, len(p.Models))
	}
}

func fullNames(p *opdef.Project) string {
	var out []string
	for _, op := range p.Operations() {
		out = append(out, op.FullName())
	}
	return strings.Join(out, " ")
}

func TestUnsupported(t *testing.T) {
	p := project(t, "guild.yml", `
ok: {main: x, output-scalars: no, compare: [loss]}
note: {notebook: x.doc}
without: {main: x, pre-process: y}
`)
	find(t, p, "ok")
	find(t, p, "without")
	if d := cmp.Diff([]string{"operation 'without' has 'pre-process', which does nothing"}, p.Warnings()); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{"'   '": "1:13", "{}": "1:13", "[1]": "1:13", "null": "1:13", "{run: }": "1:19"} {
		_, err := project(t, "guild.yml", "a: {steps: ["+text+"]}").Find("a")
		wantError(t, err, "guild.yml:"+want+": operation 'a': a step must say what to run")
	}
	_, err := p.Find("note")
	wantError(t, err, "notebook must be a file .ipynb, .R or .qmd, not 'x.doc'")
}

// An operation that extends another may have more than one attribute that says what is run.
func TestSeveralWays(t *testing.T) {
	p := project(t, "guild.yml", `
- config: c
  operations: {a: {main: x, steps: [b]}}
- model: m
  extends: c
  operations: {a: {exec: y}}
`)
	op := find(t, p, "a")
	if op.Exec != "y" || op.Main != "" || op.Steps != nil {
		t.Errorf("the operation runs %q, %q, %v", op.Exec, op.Main, op.Steps)
	}
	want := []string{"operation 'm:a' has 'exec' and 'main'; 'main' is ignored", "operation 'm:a' has 'exec' and 'steps'; 'steps' is ignored"}
	if d := cmp.Diff(want, p.Warnings()); d != "" {
		t.Error(d)
	}
}

func TestRefuseDVC(t *testing.T) {
	p := project(t, "guild.yml", `
ok: {main: x}
a: {main: x, requires: [{dvcfile: data.csv, always-pull: yes, remote: r}]}
`)
	find(t, p, "ok")
	_, err := p.Find("a")
	wantError(t, err, "requires dvcfile:data.csv, but DVC is not supported")
}

func TestGuildfileAttributes(t *testing.T) {
	p := project(t, "guild.yml", `
base: &base
  main: train --fast
  env: {A: 1, B: '${x}'}
train:
  <<: *base
  description: >
    One
    line
  label: x is ${x}
  tags: [a, b]
  delete-on-success: yes
  stoppable: on
  default-flag-arg-skip: yes
  flags-import: no
  flags:
    y: n
    x:
      description: |
        An x

        More.
      type: int
      default: 1
      required: yes
      min: 0
      max: 1e3
      choices: [1, {value: 2, alias: two, description: b, flags: {y: 5}}]
      allow-other: yes
      arg-name: xx
      arg-skip: no
      arg-switch: 1
      arg-encoding: {yes: 'on', 1: one}
      env-name: X
      null-label: none
      distribution: uniform
no_main.py:
  sourcecode: '*.txt'
`)
	op := find(t, p, "train")
	one := 1000.0
	zero := 0.0
	want := &opdef.Operation{
		Ref: op.Ref, Name: "train", Dir: p.Dir, Description: "One line", Main: "train --fast", Label: "x is ${x}", Tags: []string{"a", "b"},
		Env: map[string]any{"A": 1, "B": "${x}"}, DeleteOnSuccess: true, Stoppable: true, PipFreeze: true,
		FlagsImport: opdef.Import{Mode: opdef.ImportNone},
		Flags: []*opdef.Flag{
			{Name: "x", Description: "An x\n\nMore.", Type: "int", Default: 1, Required: true, Min: &zero, Max: &one,
				Choices:    []opdef.Choice{{Value: 1}, {Value: 2, Alias: "two", Description: "b", Flags: opdef.Values{"y": 5}}},
				AllowOther: true, ArgName: "xx", ArgSwitch: 1, ArgEncoding: map[string]string{"yes": "on", "1": "one"},
				EnvName: "X", NullLabel: "none", Extra: map[string]any{"distribution": "uniform"}},
			{Name: "y", Default: "n", ArgSkip: true},
		},
	}
	if d := cmp.Diff(want, op, cmpopts.IgnoreUnexported(opdef.Operation{}, opdef.Flag{})); d != "" {
		t.Error(d)
	}
	op = find(t, p, "no_main.py")
	if op.Main != "no_main" || len(op.Source.Rules) != 2 {
		t.Errorf("operation without main is %+v", op)
	}
}

func FuzzGuildfile(f *testing.F) {
	for _, dir := range []string{"parallel", "models"} {
		data, err := os.ReadFile(filepath.Join("testdata", dir, "guild.yml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("a: &a\n  <<: [*a, *a]\n")
	f.Add("a: {flags: {x: {choices: [{value: 1}], arg-split: yes, default: [1, '2']}}, sourcecode: [{exclude: {dir: x}}]}")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		writeFiles(t, dir, "guild.yml", text)
		p, err := opdef.LoadProject(dir)
		var fileErr *opdef.FileError
		if err != nil && !errors.As(err, &fileErr) {
			t.Fatalf("error without a place: %v", err)
		}
		if err != nil {
			if fileErr.Line < 1 || fileErr.Column < 1 {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		for _, op := range p.Operations() {
			vals, err := op.Values(nil, true)
			if err != nil {
				t.Fatalf("forced values of %s: %v", op.FullName(), err)
			}
			_, _, _ = op.Command().Build(vals, nil)
			_ = opdef.Label(op.LabelTemplate(nil, op.Tags), vals)
			for _, s := range op.Steps {
				_, _ = op.StepArgs(s, vals)
			}
		}
	})
}
