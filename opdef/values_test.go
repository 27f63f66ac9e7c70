package opdef_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project/projecttest"
)

const flagsFile = `
op:
  main: x
  flags-import: no
  flags:
    s: hi
    i: {type: int, default: 123}
    f: {type: float, min: 0, max: 1}
    n: {type: number}
    b: {type: boolean, default: no}
    text: {type: string, alias: tt}
    path: {type: path}
    file: {type: existing-path}
    split: {arg-split: yes, type: float, default: 1 2}
    commas: {arg-split: ','}
    choice:
      default: a
      choices:
        - a
        - {value: see, alias: c}
        - {value: d, flags: {s: hola, i: 456}}
    other: {choices: [1, 2], allow-other: yes}
`

func list(v ...any) []any { return append([]any{}, v...) }

func defaults() opdef.Values {
	return opdef.Values{"s": "hi", "i": 123, "f": nil, "n": nil, "b": false, "text": nil, "path": nil, "file": nil, "split": "1.0 2.0",
		"commas": nil, "choice": "a", "other": nil}
}

func TestValues(t *testing.T) {
	p := projecttest.New(t, "guild.yml", flagsFile)
	op := projecttest.Find(t, p, "op")
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		assign string // separated by spaces
		want   opdef.Values
	}{
		{"", opdef.Values{}},
		{"s=x=y", opdef.Values{"s": "x=y"}},
		{"s=", opdef.Values{"s": ""}},
		{"s=null", opdef.Values{"s": nil}},
		{"i=007", opdef.Values{"i": 7}},
		{"i=98765432109876543210", opdef.Values{"i": "98765432109876543210"}},
		{"f=1", opdef.Values{"f": 1.0}},
		{"f=1e-3", opdef.Values{"f": 0.001}},
		{"f=[0,0.5]", opdef.Values{"f": list(0.0, 0.5)}},
		{"n=1 b=1", opdef.Values{"n": 1, "b": true}},
		{"n=1.5 b=True", opdef.Values{"n": 1.5, "b": true}},
		{"n='1.5' i='2' f=\"1\"", opdef.Values{"n": 1.5, "i": 2, "f": 1.0}},
		{"n=yes i=yes f=no", opdef.Values{"n": true, "i": 1, "f": 0.0}},
		{"text=001", opdef.Values{"text": "001"}},
		{"text='1'", opdef.Values{"text": "1"}},
		{"text={x}", opdef.Values{"text": "{x}"}},
		{"text=[a,b]", opdef.Values{"text": list("a", "b")}},
		{"text=[1,yes]", opdef.Values{"text": list("1", "yes")}},
		{"tt=no", opdef.Values{"text": "no"}},
		{"path=a/../b", opdef.Values{"path": filepath.Join(cwd, "b")}},
		{"file=source", opdef.Values{"file": filepath.Join(cwd, "source")}},
		{"split=3", opdef.Values{"split": "3.0"}},
		{"split=[1,2]*2", opdef.Values{"split": list("1.0", "2.0", "1.0", "2.0")}},
		{"commas=1,a", opdef.Values{"commas": "1,a"}},
		{"choice=c", opdef.Values{"choice": "see"}},
		{"choice=see", opdef.Values{"choice": "see"}},
		{"choice=d", opdef.Values{"choice": "d", "s": "hola", "i": 456}},
		{"choice=d s=mine", opdef.Values{"choice": "d", "s": "mine", "i": 456}},
		{"choice=[a,c]", opdef.Values{"choice": list("a", "see")}},
		{"other=3", opdef.Values{"other": 3}},
		{"s=[1:10] f=loguniform[1e-3:1] i=uniform[1:3:2]", opdef.Values{"s": flagvalue.SearchSpace("[1:10]"),
			"f": flagvalue.SearchSpace("loguniform[0.001:1.0]"), "i": flagvalue.SearchSpace("uniform[1:3:2]")}},
		{"s='[1:10]'", opdef.Values{"s": "[1:10]"}},
		{"s=a[0]", opdef.Values{"s": "a[0]"}},
	}
	for _, tt := range tests {
		want := defaults()
		for k, v := range tt.want {
			want[k] = v
		}
		got, err := op.Values(strings.Fields(tt.assign), false)
		if err != nil {
			t.Errorf("%s: %v", tt.assign, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", tt.assign, d)
		}
	}
	for assign, want := range map[string]string{
		"s":                 "'s' is not a flag assignment",
		"=1":                "'=1' is not a flag assignment",
		"splt=1":            "unsupported flag 'splt'; did you mean 'split'?",
		"zzz=1":             "unsupported flag 'zzz'",
		"s=1 s=2":           "flag 's' is set twice",
		"text=1 tt=2":       "cannot specify both alias 'text' and name for flag 'tt'",
		"i=1.5":             "flag 'i' must be an integer, not 1.5",
		"i=x":               "flag 'i' must be an integer, not x",
		"f=x":               "flag 'f' must be a number, not x",
		"f=-1":              "flag 'f' must be at least 0, not -1",
		"f=[0,2]":           "flag 'f' must be at most 1, not 2",
		"n=abc":             "flag 'n' must be a number",
		"b=maybe":           "flag 'b' must be yes or no, not maybe",
		"file=nowhere":      "flag 'file' must be a path that exists, not nowhere",
		"choice=z":          "flag 'choice' must be one of a, c, d, not z",
		"choice=[a,d]":      "flag 'choice' sets other flags for some of its choices",
		"x=1":               "unsupported flag 'x'",
		"split=1,x":         "flag 'split' must be a number, not 1,x",
		"i=range[x]":        "flag 'i': 'x' in 'range[x]' is not a number",
		"f=[0:2]":           "flag 'f' must be at most 1, not 2",
		"i=[0.5:2]":         "flag 'i' must be an integer, not 0.5",
		"s=[2:1]":           "invalid function args in 's=uniform[2:1]': the lower bound 2 has to be less",
		"s=[1:2:3:4]":       "uniform requires 2 or 3 args, got (1, 2, 3, 4) for flag s",
		"s=uniform[]":       "uniform requires 2 or 3 args, got () for flag s",
		"s=floop[1:2]":      "unknown function 'floop' used for flag s",
		"s=loguniform[0:1]": "the bounds have to be more than 0",
	} {
		_, err := op.Values(strings.Fields(assign), false)
		projecttest.WantError(t, err, want)
	}
}

func TestForcedValues(t *testing.T) {
	op := projecttest.Find(t, projecttest.New(t, "guild.yml", flagsFile), "op")
	got, err := op.Values([]string{"zzz=1", "i=x", "choice=z", "f=2", "s=[1:2]"}, true)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want["zzz"], want["i"], want["choice"], want["f"], want["s"] = 1, "x", "z", 2.0, flagvalue.SearchSpace("[1:2]")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRequiredFlags(t *testing.T) {
	op := projecttest.Find(t, projecttest.New(t, "guild.yml", "op: {main: x, flags: {a: {required: yes}, b: {required: yes, default: 1}, c: {required: yes}}}"), "op")
	_, err := op.Values(nil, false)
	projecttest.WantError(t, err, "operation 'op' needs a value of 'a' and 'c'")
	if _, err := op.Values([]string{"a=1", "c=2"}, false); err != nil {
		t.Error(err)
	}
	if vals, err := op.Values(nil, true); err != nil || vals["a"] != nil {
		t.Errorf("forced values are %v, %v", vals, err)
	}
	_, err = projecttest.Find(t, projecttest.New(t, "guild.yml", "op: {exec: x}"), "op").Values([]string{"a=1"}, false)
	projecttest.WantError(t, err, "unsupported flag 'a'")
	_, err = projecttest.Find(t, projecttest.New(t, "guild.yml", "op: {exec: x, flags: {a: {type: float, default: abc}}}"), "op").Values(nil, false)
	projecttest.WantError(t, err, "flag 'a' must be a number, not abc")
}

func TestLabel(t *testing.T) {
	vals := opdef.Values{"i": 1234, "f": 9.87654321, "b": true, "s": "hello", "n": nil, "l": list(1, 1.123, "hola"), "t": "a b",
		"file": "foo/bar.txt", "ver": "12345"}
	for template, want := range map[string]string{
		"":                            "",
		"foo":                         "foo",
		"${i} ${f} ${b} ${s} ${l}":    "1234 9.87654 yes hello [1, 1.123, hola]",
		"a-${none}-c":                 "a--c",
		"a-${n}-c":                    "a--c",
		"${none|default:b c}":         "b c",
		"${n|default:456}":            "456",
		"${s|default:456}":            "hello",
		"${t} ${t|unquote}":           "'a b' a b",
		"${ver} ${ver|unquote}":       "'12345' 12345",
		"${file|basename}":            "bar.txt",
		"${f|%.2f} ${i|%06d} ${f|%i}": "9.88 001234 9",
		"${s|%.2f} ${s|%z} ${i|%s}":   "hello hello 1234",
		"${n|%d}":                     "",
		"${i|%} ${i|%5} ${i||%é}":     "1234 1234 1234",
		"${f|%7.3f} ${i|%9999d}":      "9.877 1234",
		`\${i} ${i`:                   "${i} ${i",
		"x ${default_label} y":        "x b=yes f=9.87654 file=foo/bar.txt i=1234 l=[1, 1.123, hola] s=hello t='a b' ver='12345' y",
	} {
		if got := opdef.Label(template, vals); got != want {
			t.Errorf("Label(%q) = %q, want %q", template, got, want)
		}
	}
	op := &opdef.Operation{Label: "x=${x}"}
	empty, mine := "", "mine"
	for _, tt := range []struct {
		user *string
		tags []string
		want string
	}{{nil, nil, "x=${x}"}, {nil, []string{"a", "b"}, "a b x=${x}"}, {&empty, nil, ""}, {&mine, []string{"a"}, "mine"}} {
		if got := op.LabelTemplate(tt.user, tt.tags); got != tt.want {
			t.Errorf("template is %q, want %q", got, tt.want)
		}
	}
	if got := new(opdef.Operation).LabelTemplate(nil, nil); got != opdef.DefaultLabel {
		t.Errorf("template is %q", got)
	}
}

func TestStepArgs(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
op:
  flags: {x: 1, s: it's, one: '1', n: null, l: [1, a b]}
  steps:
    - run x=${x} one=${one} s=${s} n=${n} l=${l} -l 'step ${x}' --needed
    - hello msg='${s} (again)' v=-${x}- -t a=b @trials.csv
    - run: hello
      tag: [a, b]
      needed: yes
      no-gpus: no
      max-trials: 3
      opt-flags: {k: 1}
      flags: {a: '1', b: a b, c: '${x}', d: yes, e: [1, '2'], f: 'v ${one}'}
    - m:hello a=1 b=2 --stage --run-dir d -l x
    - hello x=${y}
`)
	op := projecttest.Find(t, p, "op")
	vals, err := op.Values([]string{"m:hello:b=3", "m:hello:c=no", "hello:a=b"}, true)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"run", "--label", "step 1", "--needed", "x=1", "one='1'", "s=it's", "n=null", "l=[1, a b]"},
		{"hello", "--tag", "a=b", "@trials.csv", "msg=it's (again)", "v=-1-", "a=b"},
		{"hello", "--max-trials", "3", "--needed", "--opt-flag", "k=1", "--tag", "a", "--tag", "b",
			"b=a b", "c=1", "d=yes", "e=[1, '2']", "f=v 1", "a=b"},
		{"m:hello", "--label", "x", "a=1", "b=3", "c=no"},
	}
	for i, w := range want {
		got, err := op.Steps[i].RunArgs(op.FullName(), vals)
		if err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if d := cmp.Diff(w, got); d != "" {
			t.Errorf("step %d: %s", i, d)
		}
	}
	ignored := []string{"run parameter stage used in 'm:hello a=1 b=2 --stage --run-dir d -l x' ignored",
		"run parameter run_dir used in 'm:hello a=1 b=2 --stage --run-dir d -l x' ignored"}
	if d := cmp.Diff(ignored, op.Steps[3].Warnings); d != "" {
		t.Error(d)
	}
	_, err = op.Steps[4].RunArgs(op.FullName(), vals)
	projecttest.WantError(t, err, "step 'hello' of operation 'op' refers to ${y}, which is no flag of it")
}
