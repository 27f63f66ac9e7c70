package opdef_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project/projecttest"
	"guild/opdef/python"
	"guild/opdef/resource"
)

func TestFlagsDest(t *testing.T) {
	p := projecttest.New(t, "train.py", "params = dict(x=1)\n", "guild.yml", `
args: {main: train, flags-dest: 'args:click', flags-import: no, flags: {x: 1}}
global: {main: train, flags-dest: 'global:params', flags-import: no, flags: {x: 1, y: {arg-name: a.b, default: c}}}
dict: {main: train, flags-dest: 'dict:params', flags-import: no, flags: {x: 1}}
space: {main: train --fast, flags-dest: 'namespace:params', flags-import: no}
config: {main: train --fast, flags-dest: 'config:c.yml', flags: {x: 1}}
shell: {exec: 'train ${flag_args} end', flags-dest: 'config:c.yml', flags: {x: 1}}
off: {main: train, flags-dest: off, flags: {x: 1}}
badext: {main: train, flags-dest: 'config:c.txt'}
`)
	for name, want := range map[string][]string{
		"args":   {"py", "-u", "train.py", "--x", "1"},
		"global": {"py", "-um", "guild.op_main", "train", "--", "--a.b", "c", "--x", "1"},
		"dict":   {"py", "-um", "guild.op_main", "train", "--", "--x", "1"},
		"space":  {"py", "-um", "guild.op_main", "train", "--fast", "--"},
		"config": {"py", "-u", "train.py", "--fast"},
		"shell":  {"train", "end"},
		"off":    {"py", "-u", "train.py"},
	} {
		op := projecttest.Find(t, p, name)
		vals, err := op.Values(nil, false)
		if err != nil {
			t.Fatal(err)
		}
		c, err := opdef.ParseCommand(op.Command().Data())
		if err != nil {
			t.Fatal(err)
		}
		argv, env, err := c.Build(vals, map[string]string{"python_exe": "py"})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, argv); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		dest := ""
		if c.UsesOpMain() {
			dest = "global:params"
		}
		if env[opdef.DestVar] != dest {
			t.Errorf("%s: destination %q, want %q", name, env[opdef.DestVar], dest)
		}
	}
	_, err := p.Find("badext")
	projecttest.WantError(t, err, "guild.yml:9:35: operation 'badext': flags-dest 'config:c.txt' is of no known kind of config file; known are .yml")
}

func TestChoiceArgValue(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
args: &op
  exec: x ${flag_args}
  flags:
    size: {default: small, choices: [{value: small, arg-value: 10}, {value: big, arg-value: 2.5, alias: b}, other], arg-encoding: {other: none}}
globals: {<<: *op, exec: , main: x, flags-dest: globals}
`)
	for _, tt := range []struct{ op, size, want string }{
		{"args", "small", "10"}, {"args", "b", "2.5"}, {"args", "other", "none"},
		{"globals", "small", "10"}, {"globals", "big", "2.5"}, {"globals", "other", "none"},
	} {
		op := projecttest.Find(t, p, tt.op)
		vals, err := op.Values([]string{"size=" + tt.size}, false)
		if err != nil {
			t.Fatal(err)
		}
		argv, _, err := op.Command().Build(vals, map[string]string{"python_exe": "py"})
		if err != nil || !contains(argv, tt.want) {
			t.Errorf("%s size=%s: %q, %v; want %s", tt.op, tt.size, argv, err, tt.want)
		}
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func TestImportConfig(t *testing.T) {
	const conf = `{"i": 1, "f": 2.5, "b": true, "s": "a b", "n": null, "l": [1, "x y", "1", true], "d": {"e": "deep"}}`
	p := projecttest.New(t, "sub/c.json.in", conf, "guild.yml", `
all: {main: x, flags-dest: 'config:sub/c.json.in', flags-import: all, flags-import-skip: [b]}
some: {exec: x, flags-dest: 'config:sub/c.json.in', flags-import: [d.e, i], flags: {deep: {arg-name: d.e}, f: 3, own: 1}}
none: {main: x, flags-dest: 'config:sub/c.json.in'}
unknown: {main: x, flags-dest: 'config:sub/c.json.in', flags-import: [q]}
gone: {main: x, flags-dest: 'config:gone.yml', flags-import: all}
broken: {main: x, flags-dest: 'config:guild.ini', flags-import: all}
`, "guild.ini", "what\n")
	for name, want := range map[string]string{
		"all":  "d.e=deep, f=2.5, i=1, l=list, n=null, s='a b'",
		"some": "deep=deep, f=3, i=1, own=1",
		"none": "",
	} {
		op := projecttest.Find(t, p, name)
		if err := op.ImportFlags(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if name == "all" {
			f := op.Flag("l")
			if f.ArgSplit == "" || f.Default != `1 'x y' "'1'" true` || op.Flag("d.e").Type != flagvalue.TypeString || op.Flag("i").Type != flagvalue.TypeNumber {
				t.Errorf("flag is %+v", f)
			}
			f.Default = "list"
		}
		if d := cmp.Diff(want, projecttest.Defaults(op)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, want := range map[string]string{
		"unknown": "flags-import of operation 'unknown' names 'q', which is no flag of sub/c.json.in; it has",
		"gone":    "read the flags of operation 'gone': open ",
		"broken":  "read the flags of operation 'broken': guild.ini: line 1",
	} {
		projecttest.WantError(t, projecttest.Find(t, p, name).ImportFlags(t.Context(), nil), want)
	}
}

func TestRequireConfig(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- model: ''
  resources: {conf: [{config: c.yml, always-resolve: no}]}
  operations:
    plain: {main: x, flags-dest: 'config:sub/c.yml'}
    inline: {main: x, flags-dest: 'config:c.yml', requires: [{file: a}, {config: c.yml, target-path: t}]}
    named: {main: x, flags-dest: 'config:c.yml', requires: conf}
    other: {main: x, flags-dest: args, requires: conf}
`)
	for name, want := range map[string]resource.Source{
		"plain":  {Ref: "sub/c.yml", TargetPath: "sub", ReplaceExisting: true, AlwaysResolve: true},
		"inline": {Ref: "c.yml", TargetPath: "t", ReplaceExisting: true, AlwaysResolve: true},
		"named":  {Ref: "c.yml", ReplaceExisting: true},
		"other":  {Ref: "c.yml"},
	} {
		want.Kind, want.Unpack, want.WarnIfEmpty = resource.FromConfig, true, true
		res, err := projecttest.Find(t, p, name).Requires(nil)
		if err != nil {
			t.Fatal(err)
		}
		last := res[len(res)-1]
		if d := cmp.Diff([]resource.Source{want}, last.Sources); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		again, err := resource.Parse(last.Data(), "")
		if d := cmp.Diff(last.Sources, again.Sources); d != "" || err != nil || again.Name != last.Name {
			t.Errorf("%s as it is recorded: %v %s", name, err, d)
		}
	}
}

// TestParamDest runs scripts whose flags go to a global dict or namespace.
func TestParamDest(t *testing.T) {
	exe, err := python.Find()
	if err != nil {
		t.Skip("Python is not installed")
	}
	p := projecttest.New(t, "train.py", "params = {'i': 1, 'd': {'a': 2}}\n", "guild.yml",
		"a: {main: train, flags-dest: 'global:params', flags-import: all}\nb: {main: train, flags-dest: 'global:none', flags-import: all}\n")
	r := python.Reader{Exe: exe, CacheDir: filepath.Join(t.TempDir(), "cache")}
	op := projecttest.Find(t, p, "a")
	if err := op.ImportFlags(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("d.a=2, i=1", projecttest.Defaults(op)); d != "" || op.FlagsDest != "global:params" {
		t.Errorf("destination %s %s", op.FlagsDest, d)
	}
	projecttest.WantError(t, projecttest.Find(t, p, "b").ImportFlags(t.Context(), r), "no dict or namespace is assigned to 'none'")
	if _, err := os.Stat(filepath.Join(p.Dir, "__pycache__")); err == nil {
		t.Error("reading flags leaves files in the project")
	}
}
