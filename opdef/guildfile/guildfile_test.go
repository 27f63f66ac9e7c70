package guildfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guild/opdef"
	"guild/opdef/program"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
	"guild/opdef/source"
)

// TestNotYAML: the error shows where a file is not valid YAML.
func TestNotYAML(t *testing.T) {
	for in, want := range map[string]string{
		"a: {main: x\n":           "guild.yml:1:1: this is not YAML: did not find expected ',' or '}'",
		"b: {\n  c: d}\n\na: [\n": "guild.yml:4:1: this is not YAML",
		"a:\n  main: x\n  - y\n":  "guild.yml:3:3: this is not YAML",
		"a:\n\tmain: x\n":         "indent with spaces",
	} {
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, "guild.yml", in)
		_, err := project.Load(dir)
		var fileErr *opdef.FileError
		if !errors.As(err, &fileErr) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want %s", in, err, want)
		}
	}
}

// mended is a guild.yml with a fault, and the expected message.
type mended struct{ in, want string }

// withRest adds an operation 'rest' to a guild.yml, in whichever form it is.
func (m mended) withRest() string {
	if strings.HasPrefix(m.in, "- ") {
		return m.in + "- model: others\n  operations: {rest: {exec: x}}\n"
	}
	return m.in + "rest: {exec: x}\n"
}

// check loads the file and compares its first message. The rest of the file works.
func (m mended) check(t *testing.T, said func(p *project.Project) string) {
	t.Helper()
	dir := t.TempDir()
	projecttest.WriteFiles(t, dir, "guild.yml", m.withRest())
	p, err := project.Load(dir)
	if err != nil {
		t.Errorf("%q: %v", m.in, err)
		return
	}
	if got := strings.TrimPrefix(said(p), dir+"/"); !strings.HasPrefix(got, "guild.yml:") || !strings.Contains(got, m.want) {
		t.Errorf("%q: it says %q\nwant %s", m.in, got, m.want)
	}
	if _, err := p.Find("rest"); err != nil {
		t.Errorf("%q: the rest does not work: %v", m.in, err)
	}
}

// TestIgnored: ignored parts cause a warning, and the operation works.
func TestIgnored(t *testing.T) {
	for _, tt := range []mended{
		{"a:\n  mian: x\n", "guild.yml:2:3: unknown attribute 'mian' in operation 'a' is ignored; did you mean 'main'?"},
		{"a:\n  nonsense: x\n", "guild.yml:2:3: unknown attribute 'nonsense' in operation 'a' is ignored"},
		{"a:\n  needed: no\n", "guild.yml:2:3: 'needed' belongs to a step and is ignored in operation 'a'"},
		{"a:\n  plugins: [cpu, mine]\n", "guild.yml:2:3: 'plugins' in operation 'a' is ignored: there are no plugins here"},
		{"a:\n  choices: [1]\n", "guild.yml:2:3: 'choices' belongs to a flag and is ignored in operation 'a'"},
		{"a: {}\na: {}\n", "guild.yml:2:1: 'a' is defined twice in operations; the definition in line 1 is ignored"},
		{"a:\n  flags:\n    x: 1\n    x: 2\n", "guild.yml:4:5: 'x' is defined twice in flags; the definition in line 3 is ignored"},
		{"a:\n  main: x\n  ? [b]\n  : y\n", "guild.yml:3:5: a name in an operation must be a plain text; this entry is ignored"},
		{"a:\n  flags:\n    x:\n      defalt: 1\n", "guild.yml:4:7: unknown attribute 'defalt' in flag 'x' is ignored; did you mean 'default'?"},
		{"a:\n  flags:\n    x: {type: integer}\n", "guild.yml:3:15: unknown type 'integer' of flag 'x' is ignored; types are string, int"},
		{"a:\n  flags:\n    x: {type: strin}\n", "guild.yml:3:15: unknown type 'strin' of flag 'x' is ignored; did you mean 'string'?"},
		{"a:\n  flags:\n    x: {choices: [{value: 1, descriptin: b}]}\n", "in a choice of flag 'x' is ignored; did you mean 'description'?"},
		{"a:\n  steps:\n    - run: b\n      lable: x\n", "guild.yml:4:7: unknown attribute 'lable' in step 'b' of operation 'a' is ignored; did you mean 'label'?"},
		{"a:\n  steps:\n    - run: b\n      expect: {output: x, fil: y}\n", "unknown attribute 'fil' in a check of step 'b' is ignored; did you mean 'file'?"},
		{"a:\n  sourcecode:\n    -exclude: '*'\n", "unknown attribute '-exclude' in sourcecode is ignored; did you mean 'exclude'?"},
		{"a:\n  sourcecode:\n    - include: {dir: a, dirr: b}\n", "unknown attribute 'dirr' in include of sourcecode is ignored"},
		{"a:\n  publish: {file: x}\n", "unknown attribute 'file' in publish of operation 'a' is ignored; did you mean 'files'?"},
		{"a:\n  requires:\n    - file: a\n      fil: b\n", "guild.yml:4:7: unknown attribute 'fil' in a requirement of operation 'a' is ignored"},
		{"a:\n  requires:\n    - {operation: b, multi-run: yes}\n", "guild.yml:3:22: unknown attribute 'multi-run'"},
		{"a:\n  requires: {sources: [{file: a, replace-existin: yes}]}\n", "did you mean 'replace-existing'?"},
		{"a:\n  requires: {file: a, rename: {patern: x, repl: y}}\n", "did you mean 'pattern'?"},
		{"- model: x\n  resources: {r: {source: [a], file: b}}\n", "unknown attribute 'source' in resource 'r' is ignored"},
		{"- model: x\n  operation:\n    a: b\n", "guild.yml:2:3: unknown attribute 'operation' in model 'x' is ignored; did you mean 'operations'?"},
		{"- model: x\n  label: y\n", "guild.yml:2:3: 'label' belongs to an operation and is ignored in model 'x'; write it into operation-defaults"},
		{"- model: ''\n  flags-import: all\n", "guild.yml:2:3: 'flags-import' belongs to an operation and is ignored in the model without a name"},
		{"- config: x\n  operaions:\n    a: b\n", "guild.yml:2:3: unknown attribute 'operaions' in config 'x' is ignored; did you mean 'operations'"},
		{"- include: []\n  operations: {a: x}\n", "guild.yml:2:3: 'operations' belongs to a model or a config and is ignored in an include"},
		{"- model: x\n- model: x\n", "guild.yml:2:3: model 'x' is defined twice; the definition in line 1 is ignored"},
		{"a: {main: x, nb-cells: y}\n", "guild.yml:1:14: operation 'a' has 'nb-cells', which does nothing"},
	} {
		tt.check(t, func(p *project.Project) string {
			if errs := p.Errors(); len(errs) > 0 {
				t.Errorf("%q: %v", tt.in, errs)
			}
			if n := len(p.Warnings()); n != 1 {
				t.Errorf("%q: %d warnings: %q", tt.in, n, p.Warnings())
				return ""
			}
			return p.Warnings()[0]
		})
	}
}

// TestWrongOperation: a fault that keeps one operation from being run is reported when that operation is requested.
func TestWrongOperation(t *testing.T) {
	for _, tt := range []mended{
		{"a:\n  main: [x]\n", "guild.yml:2:9: main must be a text"},
		{"a: [x]\n", "guild.yml:1:4: operation 'a' must be a mapping"},
		{"a:\n  exec: \"x 'y\"\n", "the command of operation 'a': a quote is not closed"},
		{"a:\n  default: maybe\n", "guild.yml:2:12: default must be yes or no"},
		{"a:\n  flags-import: hello\n", "guild.yml:2:17: flags-import must be all, no, or a list"},
		{"a:\n  flags-dest: nowhere\n", "guild.yml:2:15: flags-dest must be"},
		{"a:\n  flags-dest: ../up.yml\n", "guild.yml:2:15: the config file of flags-dest must be one of the project"},
		{"a:\n  default-max-trials: 1.5\n", "guild.yml:2:23: default-max-trials must be a whole number"},
		{"a:\n  flags: [x]\n", "guild.yml:2:10: flags must be a mapping"},
		{"a:\n  flags: {'': 1}\n", "guild.yml:2:11: '' is no name of a flag"},
		{"a:\n  flags:\n    x: {min: low}\n", "guild.yml:3:14: min must be a number"},
		{"a:\n  flags:\n    x: {choices: {a: 1}}\n", "guild.yml:3:18: choices of flag 'x' must be a list"},
		{"a:\n  flags:\n    x: {choices: [{alias: 1}]}\n", "a choice of flag 'x' lacks its value"},
		{"a:\n  env: {x: [1]}\n", "guild.yml:2:12: variable x must be a text or a number"},
		{"a:\n  env: {'x=y': 1}\n", "'x=y' is no name of a variable"},
		{"a:\n  run-attrs: [x]\n", "guild.yml:2:14: run-attrs must be a mapping of names to values"},
		{"a:\n  steps: x\n", "guild.yml:2:10: steps must be a list"},
		{"a:\n  steps: []\n", "guild.yml:2:10: operation 'a': steps is empty; list what to run, as in '- train'"},
		{"a:\n  steps: ['-l x']\n", "guild.yml:2:11: step '-l x': it names no operation to run"},
		{"a:\n  steps: [{run: b, flags: [x]}]\n", "guild.yml:2:28: 'x' is no flag of a step; write NAME=VALUE, as in 'lr=0.1'"},
		{"a:\n  steps: [b c]\n", "'c' is neither an option nor an assignment"},
		{"a:\n  steps: [{run: b, needed: maybe}]\n", "guild.yml:2:28: needed must be yes or no"},
		{"a:\n  steps: [{run: b, remote: r}]\n", "guild.yml:2:28: remote: there are no remotes"},
		{"a:\n  steps: [b --remote r]\n", "--remote: there are no remotes"},
		{"a:\n  steps: [{run: b, expect: {output: '['}}]\n", "error parsing regexp"},
		{"a:\n  sourcecode:\n    - {include: a, exclude: b}\n", "guild.yml:3:7: a rule of sourcecode is either"},
		{"a:\n  sourcecode:\n    - include: {texts: a}\n", "include takes a pattern, or text, binary, file, dir with a pattern"},
		{"a:\n  sourcecode: {dest: ../x}\n", "dest must be a path below the run directory"},
		{"a:\n  flags:\n    $include: b\n", "guild.yml:3:15: there is no model or config 'b' to include; write CONFIG"},
		{"a:\n  flags:\n    $include: ':b'\n", "guild.yml:3:15: there is no operation ':b' to include"},
		{"- model: m\n  params: {n: [1]}\n  operations:\n    a: {main: '{{n}}'}\n", "guild.yml:4:15: main must be a text"},
		{"- model: m\n  extends: base\n  operations: {a: x}\n- config: bases\n", "guild.yml:2:12: there is no model or config 'base' to extend; did you mean 'bases'?"},
		{"- model: m\n  params: [1]\n  operations: {a: x}\n", "guild.yml:2:11: params must be a mapping"},
		{"a:\n  <<: 1\n", "guild.yml:2:7: operation 'a' must be a mapping"},
		{"a: &a\n  <<: *a\n", "'<<' is used too often"},
		{"a:\n  optimizers: {'': {}}\n", "an optimizer must name its algorithm"},
		{"a:\n  objective: {minimize: a, maximize: b}\n", "objective must be a column"},
	} {
		tt.check(t, func(p *project.Project) string {
			_, err := p.Find("a")
			if err == nil {
				t.Errorf("%q: the operation can be run", tt.in)
				return ""
			}
			if errs := p.Errors(); len(errs) == 0 || !errors.Is(errs[0], err) {
				t.Errorf("%q: Find says %v, Errors %v", tt.in, err, errs)
			}
			return err.Error()
		})
	}
}

// TestWrongPart: a fault that keeps a larger part of a file from being used is reported when a missing operation is requested.
func TestWrongPart(t *testing.T) {
	for _, tt := range []mended{
		{"'': x\n", "an operation must have a name"},
		{"- just text\n", "guild.yml:1:3: an object of the file must be a mapping"},
		{"- config: x\n  model: y\n", "guild.yml:1:3: an object is either a config or a model; make it two objects"},
		{"- description: x\n", "guild.yml:1:3: an object of the list needs its kind and name, such as 'model: cnn'"},
		{"- model: x\n  operations: [a]\n", "guild.yml:2:15: operations must be a mapping"},
		{"- model: x\n  default: maybe\n", "guild.yml:2:12: default must be yes or no"},
		{"- model: x\n  operations: {$include: y, own: {exec: x}}\n", "guild.yml:2:26: there is no model or config 'y' to include"},
		{"- model: x\n  extends: x\n", "guild.yml:2:12: 'extends' goes in a circle: x -> x"},
		{"- model: x\n  extends: y\n- config: y\n  extends: [z]\n- config: z\n  extends: y\n", "guild.yml:6:12: 'extends' goes in a circle: y -> z -> y"},
		{"- model: x\n  extends: nowhere/y\n", "guild.yml:2:12: there is no package 'nowhere' with a guild.yml; add the directory"},
		{"- include: nowhere.yml\n", "guild.yml:1:12: there is no 'nowhere.yml' to include; write the path"},
		{"- include: guild.yml\n", "guild.yml:1:12: 'include' goes in a circle: "},
		{"- config: c\n  operations: {a: &a {flags: {x: *a}}}\n- model: m\n  extends: [c, c]\n", "guild.yml:"},
	} {
		tt.check(t, func(p *project.Project) string {
			errs := p.Errors()
			if len(errs) == 0 {
				return ""
			}
			_, err := p.Find("nobody-has-this")
			var hinted interface{ Hint() string }
			if !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), errs[0].Error()) {
				t.Errorf("%q: who looks for an operation is told %v, and not why it may be missing", tt.in, err)
			}
			return errs[0].Error()
		})
	}
	p := projecttest.New(t, "guild.yml", "just text\n")
	if errs := p.Errors(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "guild.yml:1:1: a guild.yml is a mapping") {
		t.Errorf("of a text it says %v", errs)
	}
}

func TestModelList(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "- package: x\n  version: 1\n- operations: {a: b}\n  plugins: all\n- model: m\n")
	if got := projecttest.Names(p); got != "a" || len(p.Models) != 2 {
		t.Errorf("operations are %s of %d models", got, len(p.Models))
	}
}

func TestUnsupported(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
ok: {main: x, output-scalars: no, compare: [loss]}
note: {notebook: x.doc}
without: {main: x, pre-process: y}
`)
	projecttest.Find(t, p, "ok")
	projecttest.Find(t, p, "without")
	if d := cmp.Diff([]string{p.File + ":4:20: operation 'without' has 'pre-process', which does nothing"}, p.Warnings()); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{"'   '": "1:13", "{}": "1:13", "[1]": "1:13", "null": "1:13", "{run: }": "1:19"} {
		_, err := projecttest.New(t, "guild.yml", "a: {steps: ["+text+"]}").Find("a")
		projecttest.WantError(t, err, "guild.yml:"+want+": operation 'a': a step must say what to run")
	}
	_, err := p.Find("note")
	projecttest.WantError(t, err, "notebook must be a file .ipynb, .R or .qmd, not 'x.doc'")
}

// An operation that extends another may have more than one attribute that says what is run.
func TestSeveralWays(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- config: c
  operations: {a: {main: x, steps: [b]}}
- model: m
  extends: c
  operations: {a: {exec: y}}
`)
	op := projecttest.Find(t, p, "a")
	if op.Exec != "y" || op.Main != "" || op.Steps != nil {
		t.Errorf("the operation runs %q, %q, %v", op.Exec, op.Main, op.Steps)
	}
	want := []string{p.File + ":6:16: operation 'm:a' has 'exec', 'main' and 'steps'; only 'exec' is used"}
	if d := cmp.Diff(want, p.Warnings()); d != "" {
		t.Error(d)
	}
}

// TestSets are values of flags.
func TestSets(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "op:\n  exec: x\n  flags: {a: !!set {1, 2}, b: {default: !!set {x}}}\n")
	if got := projecttest.Defaults(projecttest.Find(t, p, "op")); got != "a=!!set {1: null, 2: null}, b=!!set {x: null}" || len(p.Warnings()) > 0 {
		t.Errorf("flags are %s, warnings %q", got, p.Warnings())
	}
}

// TestNamedAfterScripts: an operation that does not say what it runs, runs the script with its name.
func TestNamedAfterScripts(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
prep.sh: {flags: {n: 1}}
placed.sh: {sourcecode: {dest: src}}
own.sh: {sourcecode: no}
plain.sh: {}
train.R: {flags: {n: 1}}
pkg.train: {}
x.py: {}
`, "prep.sh", "#!/bin/sh", "placed.sh", "#!/bin/sh", "own.sh", "#!/bin/sh", "plain.sh", "")
	for _, name := range []string{"prep.sh", "placed.sh", "own.sh"} {
		if err := os.Chmod(filepath.Join(p.Dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	p = projecttest.Load(t, p.Dir)
	for name, want := range map[string]string{"prep.sh": "./prep.sh ${flag_args}", "placed.sh": "./src/placed.sh ${flag_args}",
		"own.sh": filepath.Join(p.Dir, "own.sh") + " ${flag_args}", "train.R": "Rscript train.R ${flag_args}"} {
		dest := program.DestArgs
		if name == "train.R" {
			dest = "" // determined by the source, see opdef.Operation.ImportFlags
		}
		if op := projecttest.Find(t, p, name); op.Exec != want || op.Main != "" || op.FlagsDest != dest {
			t.Errorf("%s runs %q, %q with %s", name, op.Exec, op.Main, op.FlagsDest)
		}
	}
	for name, want := range map[string]string{"pkg.train": "pkg.train", "x.py": "x"} {
		if op := projecttest.Find(t, p, name); op.Main != want {
			t.Errorf("%s runs %q", name, op.Main)
		}
	}
	_, err := p.Find("plain.sh")
	projecttest.WantError(t, err, "chmod +x plain.sh")
}

// TestFlagsDestFile: the name of a config file alone means that file.
func TestFlagsDestFile(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "a: {exec: x, flags-dest: conf/p.yml}\nb: {exec: x, flags-dest: 'config:p.json'}\nc: {exec: x, flags-dest: args}\n")
	for name, want := range map[string]string{"a": "config:conf/p.yml", "b": "config:p.json", "c": "args"} {
		if op := projecttest.Find(t, p, name); op.FlagsDest != want {
			t.Errorf("%s: %s", name, op.FlagsDest)
		}
	}
}

// TestFileKinds: include and exclude take patterns by the kind of file, several at once.
func TestFileKinds(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "a: {exec: x, sourcecode: {exclude: {dir: [d, e], file: '*.csv'}}}\nb: {exec: x, sourcecode: [include: {text: t, binary: b}]}\n")
	for name, want := range map[string][]source.Rule{
		"a": {{Exclude: true, Kind: source.Dir, Patterns: []string{"d", "e"}}, {Exclude: true, Patterns: []string{"*.csv"}}},
		"b": {{Kind: source.Text, Patterns: []string{"t"}}, {Kind: source.Binary, Patterns: []string{"b"}}},
	} {
		if d := cmp.Diff(want, projecttest.Find(t, p, name).Source.Rules); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestStepOptions: a step can have the options of guild run in all spellings; options for where and when it is run are ignored.
func TestStepOptions(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
a:
  steps:
    - b -c note x=2
    - b --tag=t -yl "my label" --trials 3
    - b -d dir --stage --run-id=7 x=1
    - {run: b, needed: no, no-gpus: yes, opt-flags: {u: 1}, tag: [v, w]}
`)
	want := [][]string{{"--comment", "note"}, {"--max-trials", "3", "--tag", "t", "-yl", "my label"}, nil,
		{"--no-gpus", "--opt-flag", "u=1", "--tag", "v", "--tag", "w"}}
	var got [][]string
	var warnings []string
	for _, s := range projecttest.Find(t, p, "a").Steps {
		got = append(got, s.Args)
		warnings = append(warnings, s.Warnings...)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if len(warnings) != 3 {
		t.Errorf("warnings are %q", warnings)
	}
}

// TestModelImportsNothing: flags-import of a model has no effect, and is no mistake where it says so.
func TestModelImportsNothing(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "- model: m\n  flags-import: off\n  operations: {a: x}\n")
	projecttest.Find(t, p, "m:a")
	if w := p.Warnings(); len(w) > 0 {
		t.Errorf("warnings %q", w)
	}
}

// TestStepAssignments: flags of a step can be a list of words of the command line.
func TestStepAssignments(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
a:
  steps:
    - run: b
      flags: ['x=[1, 2]', y='1', 'z=${z}', '@more.csv']
`)
	s := projecttest.Find(t, p, "a").Steps[0]
	if d := cmp.Diff([]string{"x=[1, 2]", "y='1'", "z=${z}"}, s.Flags); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"@more.csv"}, s.Args); d != "" {
		t.Error(d)
	}
}

func TestRefuseDVC(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
ok: {main: x}
a: {main: x, requires: [{dvcfile: data.csv, always-pull: yes, remote: r}]}
`)
	projecttest.Find(t, p, "ok")
	_, err := p.Find("a")
	projecttest.WantError(t, err, "requires dvcfile:data.csv, but DVC is not supported")
}

func TestGuildfileAttributes(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
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
	op := projecttest.Find(t, p, "train")
	one := 1000.0
	zero := 0.0
	want := &opdef.Operation{
		Ref: op.Ref, Name: "train", Dir: p.Dir, At: op.At, Description: "One line", Main: "train --fast", Label: "x is ${x}", Tags: []string{"a", "b"},
		Env: map[string]any{"A": 1, "B": "${x}"}, DeleteOnSuccess: true, Stoppable: true, PipFreeze: true,
		FlagsImport: opdef.Import{Mode: opdef.ImportNone},
		Flags: []*opdef.Flag{
			{Name: "x", Description: "An x\n\nMore.", Type: "int", Default: 1, Required: true, Min: &zero, Max: &one,
				Choices:    []opdef.Choice{{Value: 1}, {Value: 2, Alias: "two", Description: "b", Flags: opdef.Values{"y": 5}}},
				AllowOther: true, ArgName: "xx", ArgSwitch: 1, ArgEncoding: map[string]string{"yes": "on", "1": "one"},
				EnvName: "X", NullLabel: "none", Extra: map[string]any{"distribution": "uniform"}, RequiredSet: true, ArgSkipSet: true},
			{Name: "y", Default: "n", ArgSkip: true},
		},
	}
	if d := cmp.Diff(want, op, cmpopts.IgnoreUnexported(opdef.Operation{}, opdef.Flag{})); d != "" {
		t.Error(d)
	}
	op = projecttest.Find(t, p, "no_main.py")
	if op.Main != "no_main" || len(op.Source.Rules) != 2 {
		t.Errorf("operation without main is %+v", op)
	}
}

func FuzzGuildfile(f *testing.F) {
	for _, dir := range []string{"parallel", "models"} {
		data, err := os.ReadFile(filepath.Join("..", "project", "testdata", dir, "guild.yml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("a: &a\n  <<: [*a, *a]\n")
	f.Add("a: {flags: {x: {choices: [{value: 1}], arg-split: yes, default: [1, '2']}}, sourcecode: [{exclude: {dir: x}}]}")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, "guild.yml", text)
		p, err := project.Load(dir)
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
				_, _ = s.RunArgs(op.FullName(), vals)
			}
		}
	})
}
