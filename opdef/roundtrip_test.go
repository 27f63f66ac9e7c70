package opdef_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project/projecttest"
	"guild/opdef/python"
	"guild/runs/words"
)

// optionsScript has an option of each kind. As a module it parses arguments given as lines of JSON.
const optionsScript = `
import argparse, enum, json, pathlib, sys
def str2bool(v):
    if v.lower() in ("yes", "true", "t", "y", "1"): return True
    if v.lower() in ("no", "false", "f", "n", "0"): return False
    raise argparse.ArgumentTypeError("a boolean is expected")
def positive(v):
    if float(v) <= 0: raise ValueError
    return float(v)
p = argparse.ArgumentParser(fromfile_prefix_chars="@")
p.add_argument("--untyped", default="1.10")
p.add_argument("--untyped-none")
p.add_argument("--untyped-number", default=3)
p.add_argument("--untyped-choice", choices=["1", "2.50", "yes"])
p.add_argument("--text", type=str, default="007")
p.add_argument("--path", type=pathlib.Path, default=pathlib.Path("a/b"))
p.add_argument("--upper", type=lambda v: v.upper())
p.add_argument("--int", type=int, default=1)
p.add_argument("--float", type=float, default=0.5)
p.add_argument("--positive", type=positive, default=0.25)
p.add_argument("--bool", type=bool, default=True)
p.add_argument("--amp", type=str2bool, default=False)
p.add_argument("--ema", type=str2bool, default=True)
p.add_argument("--optional-bool", type=str2bool, nargs="?", const=True, default=False)
p.add_argument("--quoted-bool", type=str2bool, default="no")
p.add_argument("--chosen-bool", type=str2bool, choices=[True, False], default=True)
p.add_argument("--no-default-bool", type=str2bool)
p.add_argument("--lower", type=lambda v: v.lower() == "true", default=True)
p.add_argument("--eval", type=eval, default=False)
p.add_argument("--on", action="store_true")
p.add_argument("--off", action="store_false")
p.add_argument("--foo", dest="foo", action="store_true")
p.add_argument("--no-foo", dest="foo", action="store_false")
p.set_defaults(foo=False)
p.add_argument("--bar", dest="bar", action="store_true", default=True)
p.add_argument("--no-bar", dest="bar", action="store_false")
p.add_argument("--baz", dest="baz", action="store_const", const=True)
p.add_argument("--no-baz", dest="baz", action="store_const", const=False)
if hasattr(argparse, "BooleanOptionalAction"):
    for name, default in ("both", True), ("both-off", False), ("both-none", None):
        p.add_argument("--" + name, action=argparse.BooleanOptionalAction, default=default)
p.add_argument("--hf", type=str2bool, nargs="?", const=True, default=True)
p.add_argument("--no_hf", dest="hf", action="store_false")
p.add_argument("--level", dest="level", default="info")
p.add_argument("--debug", dest="level", action="store_const", const="debug")
p.add_argument("--words", nargs="+", default=["a", "b c"])
p.add_argument("--none", nargs="+", default=[])
p.add_argument("--ints", nargs="*", type=int, default=[1, 2])
p.add_argument("--pair", nargs=2, type=float, default=(0.1, 0.2))
p.add_argument("--each", action="append", default=["x"])
class Level(enum.IntEnum):
    low = 1
    high = 2
class Upper(argparse.Action):
    def __call__(self, parser, namespace, values, option=None):
        setattr(namespace, self.dest, values.upper())
p.add_argument("--untyped-bool", default=False)
p.add_argument("--text-number", type=str, default=5)
p.add_argument("--whole-float", type=float, default=10)
p.add_argument("--steps", type=int, default=1e6)
p.add_argument("--half", type=int, default=0.5)
p.add_argument("--no-int", type=int, default=False)
p.add_argument("--quoted-float", type=float, default="1e-3")
p.add_argument("--huge", type=int, default=1 << 70)
p.add_argument("--named", type=lambda v: Level[v], default=Level.low)
p.add_argument("--action", action=Upper, default="a")
p.add_argument("--dashes", default="--")
g = p.add_mutually_exclusive_group()
g.add_argument("--rate", type=float, default=0.5)
g.add_argument("--name", default="a long name")
g.add_argument("--always", action="store_true", default=True)
g.add_argument("--never", action="store_true")
p.add_argument("-s", default="-x")
p.add_argument("--dashes-for-many", nargs="+", default=["-x", "y"])
p.add_argument("--small-for-many", nargs="+", type=float, default=[-1e-05, 1.0])
p.add_argument("--from-file", default="@home")
p.add_argument("--one-for-many", nargs="+", type=float, default=0.5)
p.add_argument("--text-for-many", nargs="+", default="a b")
p.add_argument("--quote-for-many", nargs="+", default="it's")
p.add_argument("--one-for-pair", nargs=2, type=int, default=224)
p.add_argument("--numbers", nargs="+", type=float, default=[1, 2])
p.add_argument("--mixed", nargs="+", default=[1, None, True, "x"])
if __name__ == "__main__":
    p.parse_args()
if __name__ == "s":
    for line in sys.stdin:
        values = vars(p.parse_args(json.loads(line)))
        print(json.dumps({"values": values, "exact": {k: repr(v) for k, v in values.items()}}, default=str), flush=True)
`

// parser passes arguments to the script and returns what it receives.
type parser struct {
	in  *json.Encoder
	out *bufio.Scanner
}

// received is what the script receives: values, and exactly what Python's repr makes of them.
type received struct {
	Values map[string]any
	Exact  map[string]string
}

func (p *parser) parse(argv []string) (received, error) {
	if err := p.in.Encode(argv); err != nil {
		return received{}, err
	}
	if !p.out.Scan() {
		return received{}, fmt.Errorf("the script refuses %q", argv)
	}
	var seen received
	return seen, json.Unmarshal(p.out.Bytes(), &seen)
}

func startParser(t *testing.T, exe, dir string) *parser {
	t.Helper()
	cmd := exec.Command(exe, "-c", "import s")
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	return &parser{json.NewEncoder(in), bufio.NewScanner(out)}
}

// optionKinds are texts to type for each option of the script.
func optionKinds() map[string]*rapid.Generator[string] {
	plain := rapid.SampledFrom([]string{"2.50", "007", "1e3", "yes", "off", "0x10", "1_000", "12:30", "2024-01-31", ".5", "1.", "+3", "-1",
		"-x", "--lr", "NaN", "1e-05", "a,b", "a=b", "{a: 1}", " x", "é", "5", "0.1", "true"})
	text := rapid.OneOf(plain, rapid.StringMatching(`[a-zA-Z0-9._:+-]{1,5}`).Filter(func(s string) bool { return s != "null" && s != "--" })) // argparse removes --
	whole := rapid.Map(rapid.IntRange(-99, 99), func(n int) string { return fmt.Sprint(n) })
	number := rapid.SampledFrom([]string{"1", "2.50", "1e3", "1e-05", "0.001", "007"})
	truth := rapid.SampledFrom([]string{"yes", "no", "true", "off", "1", "0"})
	kinds := map[string]*rapid.Generator[string]{
		"untyped": text, "untyped-none": text, "untyped-number": text, "text": text, "upper": text,
		"untyped-choice": rapid.SampledFrom([]string{"1", "2.50", "yes"}),
		"path":           rapid.SampledFrom([]string{"2.50", "007", "a/b", "x"}), "int": whole, "float": number, "positive": number,
		"text-number": text, "s": rapid.SampledFrom([]string{"-1e-05", "-x", "--y", "z"}), "whole-float": number, "steps": whole, "one-for-many": rapid.SampledFrom([]string{"0.5", "1 2"}), "level": rapid.SampledFrom([]string{"warn", "007"}), "ints": rapid.SampledFrom([]string{"1 2", "007", "''"}),
		"words": rapid.SampledFrom([]string{"a 007", "2.50", "'a b' yes"}), "pair": rapid.SampledFrom([]string{"1 2.50"}),
	}
	for _, name := range []string{"bool", "amp", "ema", "optional-bool", "quoted-bool", "chosen-bool", "no-default-bool", "lower", "eval", "on", "off", "foo",
		"bar", "baz", "both", "both-off", "both-none", "hf"} {
		kinds[name] = truth
	}
	return kinds
}

// TestOptionsRoundTrip: a script receives what its run records, and for options that are texts, what was typed.
func TestOptionsRoundTrip(t *testing.T) {
	exe, err := python.Find()
	if err != nil {
		t.Skip("Python is not installed")
	}
	p := projecttest.New(t, "s.py", optionsScript)
	r := python.Reader{Exe: exe, CacheDir: t.TempDir()}
	op := projecttest.Find(t, p, "s.py")
	if err := op.ImportFlags(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	script := startParser(t, exe, p.Dir)
	defaults, err := script.parse([]string{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(t rapid.TB, assign []string) (opdef.Values, received) {
		vals, user, err := op.ReadInput(opdef.Input{Assign: assign})
		if err != nil {
			t.Fatalf("%q: %v", assign, err)
		}
		c := op.Command()
		c.PassAll(user)
		argv, _, err := c.Build(vals, map[string]string{"python_exe": "python"})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := script.parse(argv[3:])
		if err != nil {
			t.Fatal(err)
		}
		return vals, seen
	}
	vals, seen := check(t, nil)
	for name, want := range defaults.Exact {
		if got := seen.Exact[name]; got != want {
			t.Errorf("a plain run gives %s %v, Python %v; the run records %v", name, got, want, vals[strings.ReplaceAll(name, "_", "-")])
		}
	}
	kinds := optionKinds()
	rapid.Check(t, func(t *rapid.T) {
		typed := map[string]string{}
		var assign []string
		for _, f := range op.Flags {
			if gen := kinds[f.Name]; gen != nil && rapid.Bool().Draw(t, "set "+f.Name) {
				typed[f.Name] = gen.Draw(t, f.Name)
				assign = append(assign, f.Name+"="+typed[f.Name])
			}
		}
		vals, seen := check(t, assign)
		var again []string
		for name, text := range typed {
			got, recorded := seen.Values[strings.ReplaceAll(name, "-", "_")], vals[name]
			switch {
			case name == "upper":
				got = strings.ToLower(fmt.Sprint(got))
				recorded = strings.ToLower(flagvalue.PlainText(recorded))
				if got != strings.ToLower(text) {
					t.Errorf("%s=%s gives the script %v", name, text, got)
				}
			case op.Flag(name).ArgSplit != "":
				parts, _ := words.Split(fmt.Sprint(recorded)) // the recorded value was parsed already
				if recorded = anyList(parts); op.Flag(name).Type != "" {
					recorded = op.Command().Flags[name].Split(fmt.Sprint(vals[name]))
				}
			case op.Flag(name).Type == "" && !isTruth(got) && name != "positive" && name != "eval" && got != text:
				t.Errorf("%s=%s gives the script %v", name, text, got)
			}
			if !sameSeen(got, recorded) {
				t.Errorf("%s=%s gives the script %#v, and the run records %#v", name, text, got, recorded)
			}
			again = append(again, name+"="+flagvalue.Format(vals[name]))
		}
		if retyped, err := op.Values(again, false); err != nil || !reflect.DeepEqual(retyped, vals) {
			t.Errorf("%q is recorded as %v, and %q as %v (%v)", assign, vals, again, retyped, err)
		}
	})
	for name, list := range map[string]string{"untyped": "[2.50, 007, 1e3, yes]", "text": "[2.50, 007, 1e3, yes]", "path": "[2.50, 007]",
		"untyped-choice": "[1, 2.50, yes]"} {
		vals, err := op.Values([]string{name + "=" + list}, false)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := (&opdef.Batch{Values: vals}).Grid(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range strings.Split(strings.Trim(list, "[]"), ", ") {
			argv, _, _ := op.Command().Build(trials[i], map[string]string{"python_exe": "python"})
			if seen, err := script.parse(argv[3:]); err != nil || seen.Values[strings.ReplaceAll(name, "-", "_")] != want {
				t.Errorf("%s=%s gives trial %d %v, %v", name, list, i, seen, err)
			}
		}
	}
	for list, want := range map[string]string{"[[1,2],[3,4]]": "[[1 2] [3 4]]", "[[007, 2.50], [yes]]": "[[007 2.50] [yes]]", "['a b', c]": "[[a b] [c]]",
		"[['a b'], [c]]": "[[a b] [c]]"} {
		vals, err := op.Values([]string{"words=" + list}, false)
		if err != nil {
			t.Fatal(err)
		}
		trials, _ := (&opdef.Batch{Values: vals}).Grid(0, 0)
		var got []any
		for _, trial := range trials {
			argv, _, _ := op.Command().Build(trial, map[string]string{"python_exe": "python"})
			seen, err := script.parse(argv[3:])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, seen.Values["words"])
		}
		if fmt.Sprint(got) != want {
			t.Errorf("words=%s gives %v, want %s", list, got, want)
		}
	}
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

func isTruth(v any) bool { _, ok := v.(bool); return ok }

// sameSeen compares what a script received, as JSON, with a value.
func sameSeen(a, b any) bool {
	if x, y, ok := lists(a, b); ok {
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameSeen(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if _, ok := a.(string); ok { // the text of the argument
		_, isFloat := b.(float64) // a 3 of JSON, or the number 3.0
		return a == fmt.Sprint(b) || isFloat && a == flagvalue.PlainText(b)
	}
	x, xIsBool := a.(bool)
	if y, yIsBool := b.(bool); xIsBool || yIsBool {
		return x == y
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func lists(a, b any) (x, y []any, ok bool) {
	x, xIs := a.([]any)
	y, yIs := b.([]any)
	return x, y, xIs && yIs
}

// TestGlobalsRoundTrip does the same for globals.
func TestGlobalsRoundTrip(t *testing.T) {
	exe, err := python.Find()
	if err != nil {
		t.Skip("Python is not installed")
	}
	const source = `
import json
n = 1
f = 0.5
s = "007"
b = False
none = None
flat = [1, "a b", "1", None, 1e-05, "yes", "it's", "[1]", "0x10", "a: b"]
nested = [[1, 2], ["a b", "1"], [], {"k": [True, None]}]
pairs = ((1, 2), (3, 4))
empty = []
twice = 1
twice = "two"
def early(): return used
used = 1
first = early()
used = 2
computed = n + 1
computed = 5
typed: int = 1
typed: int = 2
many = other = 3
loop = 1
for loop in range(3): pass
loop = 7
names = ["n", "f", "s", "b", "none", "flat", "nested", "pairs", "empty", "twice", "first", "computed", "typed", "many", "other", "loop"]
print(json.dumps({k: globals()[k] for k in names}))
`
	p := projecttest.New(t, "s.py", source)
	op := projecttest.Find(t, p, "s.py")
	if err := op.ImportFlags(t.Context(), python.Reader{Exe: exe, CacheDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	main, err := python.Main(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	library, err := python.LibraryPath(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run := func(vals opdef.Values) (string, string) {
		t.Helper()
		command := op.Command()
		earlier := command // as runs have it that were staged before there was guild.op_main
		earlier.Args = []string{"${python_exe}", "-u", "${guild_main}", "globals", opdef.FlagArgs, "s.py"}
		var outs, json [2]string
		for i, c := range []opdef.Command{earlier, command} {
			argv, env, err := c.Build(vals, map[string]string{"python_exe": exe, "guild_main": main})
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Dir, cmd.Env = p.Dir, append(os.Environ(), "PYTHONPATH="+library, "FLAGS_DEST="+env[opdef.DestVar])
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%q: %v: %s", argv, err, out)
			}
			outs[i], json[i] = strings.TrimSpace(string(out)), argv[4]
		}
		if outs[0] != outs[1] {
			t.Errorf("guild_main.py gives\n%s\nand guild.op_main\n%s", outs[0], outs[1])
		}
		return outs[0], json[0]
	}
	plain, err := exec.Command(exe, filepath.Join(p.Dir, "s.py")).Output()
	if err != nil {
		t.Fatal(err)
	}
	vals, err := op.Values(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := run(vals); got != strings.TrimSpace(string(plain)) {
		t.Errorf("a plain run gives\n%s\nand Python\n%s", got, plain)
	}
	for assign, want := range map[string]string{
		"flat=[[1,2],[3,4]]":               `"flat": [1, 2]`,
		"flat=1 2":                         `"flat": [1, 2]`,
		"flat=[['1', yes, 2.50, 007],[x]]": `"flat": ["1", true, 2.5, 7]`,
		"flat=[yes, no]":                   `"flat": [true]`,
		"flat=[[], [1]]":                   `"flat": []`,
		"nested=[[[1,2],[3]],[[a b]]]":     `"nested": [[1, 2], [3]]`,
		"pairs=[[[1,2],[3,4],[5,6]]]":      `"pairs": [[1, 2], [3, 4], [5, 6]]`,
		"none=[[1,2],[3,4]]":               `"none": [1, 2]`,
		"none=2.50":                        `"none": 2.5`,
		"s=2.50":                           `"s": "2.50"`,
		"s=[1e3, 2]":                       `"s": "1e3"`,
		"twice=3":                          `"twice": "3"`,
		"used=9":                           `"first": 9`,
		"computed=8":                       `"computed": 8`,
		"typed=8":                          `"typed": 8`,
		"other=8":                          `"many": 3, "other": 8`,
	} {
		vals, err := op.Values([]string{assign}, false)
		if err != nil {
			t.Errorf("%s: %v", assign, err)
			continue
		}
		trials, err := (&opdef.Batch{Values: vals}).Grid(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, passed := run(trials[0]); !strings.Contains(got, want) {
			t.Errorf("%s is passed as %s and gives\n%s\nwithout %s", assign, passed, got, want)
		}
	}
}
