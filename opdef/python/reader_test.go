package python_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/python"
)

func script(t *testing.T, text string) python.Script {
	t.Helper()
	dir := t.TempDir()
	return python.Script{Path: write(t, filepath.Join(dir, "s.py"), text), Name: "s.py", Dir: dir}
}

func TestReadGlobals(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	s := script(t, `
import no_such_module  # the script is not run
i = 1
f: float = -0.5
s, other = "a", 2  # no flags: more than a name
b = b2 = False
n = None
l = [1, True, "a b", "1", None, 1e-05]
e = ()
_private = 1
d = {}
expr = i + 1
i = 5
big = 1e999
huge = 98765432109876543210  # no flag: more than 64 bits
if i:
    inner = 1
declared: int
`)
	got, err := r.Flags(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := python.Detection{Dest: "globals", Flags: []python.Flag{
		{Name: "i", Type: "number", Default: 1},
		{Name: "f", Type: "number", Default: -0.5},
		{Name: "b", Type: "boolean", Default: false},
		{Name: "b2", Type: "boolean", Default: false},
		{Name: "n"},
		{Name: "l", Default: `1 true 'a b' "'1'" null 1e-05`, ArgSplit: true},
		{Name: "e", Default: "", ArgSplit: true},
		{Name: "big", Type: "number", Default: math.Inf(1)},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	s.Dest = "args"
	if got, err = r.Flags(t.Context(), s); err != nil || len(got.Flags) != 0 || got.Dest != "args" {
		t.Errorf("flags of a script without options are %+v, %v", got, err)
	}
}

func TestReadOptions(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	s := script(t, `
import argparse, enum, pathlib, sys
print("noise")
print("noise", file=sys.stderr)
x = 1
class Color(enum.Enum):
    red = "r"
class Maybe(argparse.Action):
    pass
p = argparse.ArgumentParser(prog="prog")
p.add_argument("--learning-rate", "-l", type=float, default=0.1, help="of %(prog)s, %(default)s by default")
p.add_argument("-s", type=int, required=True)
p.add_argument("--text", default="a", type=str, choices=["a", "b"])
p.add_argument("--any", help=argparse.SUPPRESS)
p.add_argument("--truth", type=bool, default=True)
p.add_argument("--on", action="store_true")
p.add_argument("--no-cache", action="store_false", dest="cache")
p.add_argument("--const", action="store_const", const=5)
p.add_argument("--many", nargs="+", type=int, default=[1, 2])
p.add_argument("--pair", nargs=2, default=["a b", "c"])
p.add_argument("--opt", nargs="?", default=3)
p.add_argument("--path", type=pathlib.Path, default=pathlib.Path("a") / "b")
p.add_argument("--color", type=Color, choices=list(Color), default=Color.red)
p.add_argument("--lambda", type=lambda s: s, default=float("nan"))
p.add_argument("--gone", default=argparse.SUPPRESS)
p.add_argument("--custom", action=Maybe)
p.add_argument("-v", action="count")
p.add_argument("--version", action="version", version="1")
p.add_argument("file", nargs="*")
p.add_argument("--rest", nargs=argparse.REMAINDER)
if __name__ == "__main__":
    a = p.parse_args()
    raise SystemError("not reached")
`)
	got, err := r.Flags(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	both := []any{true, false}
	want := python.Detection{Dest: "args", Flags: []python.Flag{
		{Name: "learning-rate", Type: "float", Default: 0.1, Description: "of prog, 0.1 by default"},
		{Name: "s", Type: "int", Required: true, ArgName: "-s"},
		{Name: "text", Type: "string", Default: "a", Choices: []any{"a", "b"}},
		{Name: "any", Text: true},
		{Name: "truth", Type: "boolean", Default: true},
		{Name: "on", Default: false, Choices: both, ArgSwitch: true},
		{Name: "no-cache", Default: true, Choices: both, ArgSwitch: false},
		{Name: "const", Default: false, Choices: both, ArgSwitch: true},
		{Name: "many", Type: "int", Default: "1 2", ArgSplit: true},
		{Name: "pair", Default: "'a b' c", ArgSplit: true, Text: true},
		{Name: "opt", Default: 3, ArgOmit: 3, Text: true},
		{Name: "path", Default: "a/b", Text: true},
		{Name: "color", Default: "r", Choices: []any{"r"}, Text: true},
		{Name: "lambda", Default: math.NaN(), ArgOmit: math.NaN()},
		{Name: "gone", Text: true},
		{Name: "custom", Text: true},
	}}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })); d != "" {
		t.Error(d)
	}
	s.Dest = "globals"
	if got, err = r.Flags(t.Context(), s); err != nil || len(got.Flags) != 1 || got.Flags[0].Name != "x" {
		t.Errorf("globals are %+v, %v", got, err)
	}
}

func TestReadBooleanOptions(t *testing.T) {
	r := python.Reader{Exe: interpreter(t)}
	s := script(t, `
import argparse
p = argparse.ArgumentParser()
try:
    action = argparse.BooleanOptionalAction
except AttributeError:
    raise SystemExit
p.add_argument("--foo", action=action, default=True)
p.add_argument("--bar", action=action, default=False)
p.add_argument("--baz", action=action)
p.parse_args()
`)
	got, err := r.Flags(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Flags) == 0 {
		t.Skip("this Python has no BooleanOptionalAction")
	}
	both := []any{true, false}
	want := []python.Flag{
		{Name: "foo", Default: true, Choices: []any{true, false}, ArgName: "--no-foo", ArgSwitch: false},
		{Name: "bar", Default: false, Choices: []any{true, false}, ArgSwitch: true},
		{Name: "baz", Choices: both, ArgSwitch: true, ArgOff: "--no-baz"},
	}
	if d := cmp.Diff(want, got.Flags); d != "" {
		t.Error(d)
	}
}

func flagNames(d python.Detection) []string {
	var out []string
	for _, f := range d.Flags {
		out = append(out, f.Name)
	}
	return out
}

func TestReadParsers(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	tests := []struct {
		name, text string
		args, want []string
	}{
		{"sub-command", `
import argparse
p = argparse.ArgumentParser()
p.add_argument("--base")
sub = p.add_subparsers()
sub.add_parser("a").add_argument("--a")
sub.add_parser("b").add_argument("--b")
p.parse_args()
`, []string{"--base", "1", "b"}, []string{"b"}},
		{"known arguments", "import argparse\np = argparse.ArgumentParser()\np.add_argument('--k')\np.parse_known_args()\n", nil, []string{"k"}},
		{"the second parser", `
import argparse
argparse.ArgumentParser().add_argument("--unused")
q = argparse.ArgumentParser()
q.add_argument("--used")
q.parse_args(["--used", "x"])  # for purposes of its own
p = argparse.ArgumentParser(parents=[q], add_help=False)
p.add_argument("--more")
p.parse_args()
`, nil, []string{"used", "more"}},
		{"a parser of a module", "import argparse, opts\nopts.read(argparse.ArgumentParser)\n", nil, []string{"opt"}},
		{"no parsing", "import argparse\nif 0: argparse.ArgumentParser()\n", nil, nil},
		{"argparse for its own sake", "import argparse\nwhile True: pass\n", nil, nil},
		{"early exit", "import argparse, sys\nsys.exit()\nargparse.ArgumentParser().parse_args()\n", nil, nil},
		{"click", "import click\nx = 1\n", nil, nil},
	}
	for _, tt := range tests {
		s := script(t, tt.text)
		s.Args = tt.args
		write(t, filepath.Join(s.Dir, "opts.py"), "def read(new):\n    p = new()\n    p.add_argument('--opt')\n    return p.parse_args()\n")
		got, err := r.Flags(t.Context(), s)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, flagNames(got)); d != "" || got.Dest != "args" {
			t.Errorf("%s: %s %s", tt.name, got.Dest, d)
		}
	}
}

func TestReadModule(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pkg", "__init__.py"), "")
	write(t, filepath.Join(dir, "pkg", "v.py"), "v = 'from-package'\n")
	path := write(t, filepath.Join(dir, "pkg", "m.py"), "import argparse\nfrom . import v\np = argparse.ArgumentParser()\np.add_argument('--' + v.v)\np.parse_args()\n")
	got, err := r.Flags(t.Context(), python.Script{Path: path, Name: "pkg/m.py", Module: "pkg.m", Dir: dir})
	if d := cmp.Diff([]string{"from-package"}, flagNames(got)); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

func TestReadErrors(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	const parse = "\nargparse.ArgumentParser().parse_args()\n"
	for _, tt := range []struct {
		text, dest string
		want       []string
	}{
		{"x = (\n", "", []string{"the flags of s.py cannot be read: SyntaxError: ", "(s.py line 1)"}},
		{"import argparse\nimport no_such_module" + parse, "args",
			[]string{"ModuleNotFoundError: No module named 'no_such_module'; install it, or set GUILD_PYTHON_EXE", "(s.py line 2)"}},
		{"import argparse, mod" + parse, "args", []string{"ZeroDivisionError: division by zero (mod.py line 2)"}},
		{"import argparse, os, sys\nprint('first\\nlast words', file=sys.stderr, flush=True)\nos._exit(7)" + parse, "args",
			[]string{"Python gave no answer: exit status 7 last words"}},
	} {
		s := script(t, tt.text)
		write(t, filepath.Join(s.Dir, "mod.py"), "def f():\n    1 / 0\nf()\n")
		got, err := r.Flags(t.Context(), s)
		wantError(t, err, tt.want...)
		var scriptErr *python.ScriptError
		if !errors.As(err, &scriptErr) || got.Dest != tt.dest {
			t.Errorf("error %T, destination %q", err, got.Dest)
		}
	}
	s := script(t, "")
	s.Path += "x"
	_, err := r.Flags(t.Context(), s)
	wantError(t, err, "read the flags of s.py")
	_, err = python.Reader{Exe: filepath.Join(s.Dir, "none")}.Flags(t.Context(), script(t, ""))
	wantError(t, err, "start Python")
}

func TestReadCancel(t *testing.T) {
	r := python.Reader{Exe: interpreter(t)}
	s := script(t, "import argparse, time\nopen('started', 'w').close()\ntime.sleep(600)\nargparse.ArgumentParser().parse_args()\n")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for t.Context().Err() == nil {
			if _, err := os.Stat(filepath.Join(s.Dir, "started")); err == nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if _, err := r.Flags(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestReadCache(t *testing.T) {
	exe, count := counting(t)
	r := python.Reader{Exe: exe, CacheDir: t.TempDir()}
	flags := func(s python.Script) []string {
		t.Helper()
		got, err := r.Flags(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return flagNames(got)
	}
	starts := func(want int) {
		t.Helper()
		if n := count(); n != want {
			t.Errorf("Python was started %d times, want %d", n, want)
		}
	}
	s := script(t, "x = 1\n")
	flags(s)
	flags(s)
	starts(1)
	if dest, err := r.Interface(t.Context(), s); err != nil || dest != "globals" {
		t.Errorf("interface is %s, %v", dest, err)
	}
	write(t, s.Path, "y = 1\n")
	if d := cmp.Diff([]string{"y"}, flags(s)); d != "" {
		t.Error(d)
	}
	starts(2)

	s = script(t, "import argparse, mod\np = argparse.ArgumentParser()\np.add_argument('--' + mod.name)\np.parse_args()\n")
	mod := write(t, filepath.Join(s.Dir, "mod.py"), "name = 'a'\n")
	flags(s)
	flags(s)
	starts(4) // once to inspect the source, once to run it
	if err := os.Chtimes(s.Path, time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	flags(s)
	starts(4)
	write(t, mod, "name = 'longer'\n")
	if d := cmp.Diff([]string{"longer"}, flags(s)); d != "" {
		t.Error(d)
	}
	starts(6) // for both, since an imported module may have a parser
	s.Args = []string{"x"}
	flags(s)
	starts(7)

	s = script(t, "x = (\n")
	for range 2 {
		if _, err := r.Interface(t.Context(), s); err == nil {
			t.Error("a script with a mistake has an interface")
		}
	}
	starts(8)
}

func TestReadParam(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	s := script(t, `
from types import SimpleNamespace
other = {"no": 1}
params = {"i": 1, "f": {"a": 1.5, "deep": dict(b="x", _c=1)}, "l": [1, "x y"], "call": len("x"), 5: 1, "e": {}, **other}
space: SimpleNamespace = SimpleNamespace(s="hi", n=None, inner=SimpleNamespace(x=True), args=(1, 2))
params = {}
none = 1
`)
	for dest, want := range map[string][]python.Flag{
		"global:params": {
			{Name: "i", Type: "number", Default: 1},
			{Name: "f.a", Type: "number", Default: 1.5},
			{Name: "f.deep.b", Type: "string", Default: "x"},
			{Name: "l", Default: "1 'x y'", ArgSplit: true},
		},
		"global:space": {
			{Name: "s", Type: "string", Default: "hi"},
			{Name: "n"},
			{Name: "inner.x", Type: "boolean", Default: true},
			{Name: "args", Default: "1 2", ArgSplit: true},
		},
	} {
		s.Dest = dest
		got, err := r.Flags(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(python.Detection{Dest: dest, Flags: want}, got); d != "" {
			t.Error(d)
		}
	}
	for _, name := range []string{"none", "gone"} {
		s.Dest = "global:" + name
		_, err := r.Flags(t.Context(), s)
		wantError(t, err, "no dict or namespace is assigned to '"+name+"'")
	}
}

func TestReadClick(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	if exec.Command(r.Exe, "-c", "import click").Run() != nil {
		t.Skip("click is not installed")
	}
	s := script(t, `
import click

@click.group()
@click.option("--base", default=1)
def main(base): pass

@main.command()
@click.option("--num", "-n", default=2.5, help="A number")
@click.option("--text", type=str)
@click.option("-c", type=int, required=True)
@click.option("--kind", type=click.Choice(["a", "b"]), default="b")
@click.option("--fast", is_flag=True)
@click.option("--wide/--narrow", default=True)
@click.option("--pair", nargs=2, type=int, default=(1, 2))
@click.option("-v", count=True)
@click.option("--each", multiple=True)
@click.argument("file")
def sub(**kw): open("ran", "w")

if __name__ == "__main__":
    main()
`)
	got, err := r.Flags(t.Context(), s)
	if d := cmp.Diff(python.Detection{Dest: "args", Flags: []python.Flag{{Name: "base", Type: "int", Default: 1}}}, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	s.Args = []string{"--base", "3", "sub"}
	got, err = r.Flags(t.Context(), s)
	want := python.Detection{Dest: "args", Flags: []python.Flag{
		{Name: "num", Description: "A number", Type: "float", Default: 2.5},
		{Name: "text", Type: "string"},
		{Name: "c", Type: "int", Required: true, ArgName: "-c"},
		{Name: "kind", Default: "b", Choices: []any{"a", "b"}, Text: true},
		{Name: "fast", Type: "boolean", Default: false, ArgSwitch: true},
		{Name: "wide", Type: "boolean", Default: true, ArgName: "--narrow", ArgSwitch: false},
		{Name: "pair", Default: "1 2", ArgSplit: true},
	}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

func TestReadOptionsOfUnusualScripts(t *testing.T) {
	t.Parallel()
	r := python.Reader{Exe: interpreter(t)}
	const two = `
import argparse, sys
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
args, rest = p.parse_known_args()
%s
p = argparse.ArgumentParser()
p.add_argument("--n", type=int, default=3)
p.parse_args()
`
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"arguments replaced by the rest":    {fmt.Sprintf(two, "sys.argv = sys.argv[:1] + rest"), []string{"lr", "n"}},
		"arguments overwritten by the rest": {fmt.Sprintf(two, "sys.argv[1:] = rest"), []string{"lr", "n"}},
		"arguments kept":                    {fmt.Sprintf(two, "pass"), []string{"n"}},
		"help without arguments": {`
import argparse, sys
p = argparse.ArgumentParser()
for name in "a", "b":
    p.add_argument("--" + name)
if len(sys.argv) == 1:
    p.print_help()
    sys.exit(1)
p.parse_args()
`, []string{"a", "b"}},
		"own usage without arguments": {`
import argparse, sys
p = argparse.ArgumentParser()
p.add_argument("--a")
sys.exit("usage") if len(sys.argv) < 2 else p.parse_args()
`, []string{"a"}},
		"module in a folder that the script adds": {`
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
import opts_of_lib
opts_of_lib.parse()
`, []string{"of-module"}},
		"module in a folder that the script adds with pathlib": {`
import sys, pathlib
sys.path.append(str(pathlib.Path(__file__).resolve().parent / "lib"))
from opts_of_lib import parse
parse()
`, []string{"of-module"}},
		"import of argparse that the script does not use": {`
import argparse, sys
import opts
opts.parse()
`, []string{"of-module"}},
		"module imported by its name": {`
import importlib
importlib.import_module("opts").parse()
`, []string{"of-module"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := script(t, tt.text)
			for _, path := range []string{"opts.py", "lib/opts_of_lib.py"} {
				write(t, filepath.Join(s.Dir, path), `
import argparse
def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--of-module")
    return p.parse_args()
`)
			}
			det, err := r.Flags(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range det.Flags {
				got = append(got, f.Name)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
