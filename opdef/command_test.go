package opdef_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/project/projecttest"
	"guild/runs/pyyaml"
)

func TestBuild(t *testing.T) {
	type flags = map[string]opdef.CommandFlag
	tests := []struct {
		name string
		cmd  opdef.Command
		vals opdef.Values
		argv []string
		env  map[string]string
	}{
		{"arguments", opdef.Command{Args: []string{"a", opdef.FlagArgs, "b"}, Flags: flags{"c": {ArgName: "C"}}},
			opdef.Values{"d": "abc", "c": 123, "e": 1e-5, "f": "", "n": nil},
			[]string{"a", "--C", "123", "--d", "abc", "--e", "1e-05", "--f", "", "b"},
			map[string]string{"FLAG_C": "123", "FLAG_D": "abc", "FLAG_E": "1e-05", "FLAG_F": "", "FLAG_N": ""}},
		{"no arguments", opdef.Command{Args: []string{"a"}}, opdef.Values{"c-d.e": 1}, []string{"a"}, map[string]string{"FLAG_C_D_E": "1"}},
		{"booleans", opdef.Command{Args: []string{opdef.FlagArgs}}, opdef.Values{"t": true, "f": false},
			[]string{"--f", "", "--t", "1"}, map[string]string{"FLAG_F": "", "FLAG_T": "1"}},
		{"switches", opdef.Command{Args: []string{opdef.FlagArgs}, Flags: flags{"a": {ArgSwitch: 1}, "b": {ArgSwitch: 1},
			"c": {ArgSwitch: false, ArgName: "--no-c"}, "d": {ArgSwitch: true, ArgName: "-d"}}},
			opdef.Values{"a": 1.0, "b": 2, "c": false, "d": true}, []string{"--a", "--no-c", "-d"},
			map[string]string{"FLAG_A": "1.0", "FLAG_B": "2", "FLAG_C": "", "FLAG_D": "1"}},
		{"skipped, own options", opdef.Command{Args: []string{"x", "--a", "2", "--b=3", opdef.FlagArgs}, Flags: flags{"c": {ArgSkip: true}}},
			opdef.Values{"a": 1, "b": 1, "c": 1}, []string{"x", "--a", "2", "--b=3"},
			map[string]string{"FLAG_A": "1", "FLAG_B": "1", "FLAG_C": "1"}},
		{"several values", opdef.Command{Args: []string{opdef.FlagArgs}, Flags: flags{"x": {ArgSplit: "shlex"}, "y": {ArgSplit: ","}}},
			opdef.Values{"x": "1 'a b'", "y": "2,3"}, []string{"--x", "1", "a b", "--y", "2", "3"},
			map[string]string{"FLAG_X": "1 'a b'", "FLAG_Y": "2,3"}},
		{"what looks like an option", opdef.Command{Args: []string{opdef.FlagArgs}, Flags: flags{"s": {ArgName: "-s"}}},
			opdef.Values{"a": "-x", "b": -1, "c": -1e-05, "d": -1.5, "e": "-4.", "s": "-x"},
			[]string{"--a=-x", "--b", "-1", "--c=-1e-05", "--d", "-1.5", "--e=-4.", "-s", "-x"},
			map[string]string{"FLAG_A": "-x", "FLAG_B": "-1", "FLAG_C": "-1e-05", "FLAG_D": "-1.5", "FLAG_E": "-4.", "FLAG_S": "-x"}},
		{"encodings and names", opdef.Command{Args: []string{opdef.FlagArgs, "${b}"}, Flags: flags{
			"b": {ArgEncoding: map[string]string{"yes": "on"}, EnvName: "B"}, "c": {EnvEncoding: map[string]string{"no": "OFF"}}}},
			opdef.Values{"b": true, "c": false}, []string{"--b", "on", "--c", "", "on"}, map[string]string{"B": "on", "FLAG_C": "OFF"}},
		{"references", opdef.Command{Args: []string{"${exe}", "why ${s} there", `\${s}`}, Env: map[string]any{"A": 123, "B": "<${f}>", "C": true, "D": nil}},
			opdef.Values{"s": "x y", "f": 2.5}, []string{"/bin/x", "why x y there", "${s}"},
			map[string]string{"A": "123", "B": "<2.5>", "C": "1", "D": "", "FLAG_S": "x y", "FLAG_F": "2.5"}},
		{"short options of Python", opdef.Command{Args: []string{"${python_exe}", opdef.FlagArgs}, Flags: flags{"s": {ArgName: "-s"}, "t": {ArgName: "-tt"}}},
			opdef.Values{"s": "-x", "t": -1e-05}, []string{"python", "-s-x", "-tt=-1e-05"}, nil},
		{"defaults that are left out", opdef.Command{Args: []string{"x", opdef.FlagArgs}, Flags: flags{"a": {ArgOmit: 10}, "b": {ArgOmit: 10}, "c": {ArgOmit: false}}},
			opdef.Values{"a": 10, "b": 11, "c": false}, []string{"x", "--b", "11"}, map[string]string{"FLAG_A": "10", "FLAG_B": "11", "FLAG_C": ""}},
		{"flags within a line", opdef.Command{Args: []string{"sh", "-c", "x ${flag_args}"}}, opdef.Values{"a": "b c"},
			[]string{"sh", "-c", "x --a 'b c'"}, nil},
		{"flags win over env", opdef.Command{Args: []string{"x"}, Env: map[string]any{"A": 1}, Flags: flags{"a": {EnvName: "A"}}},
			opdef.Values{"a": 2}, []string{"x"}, map[string]string{"A": "2"}},
		{"globals", opdef.Command{Args: []string{"m", opdef.FlagArgs, "s.py"}, FlagsDest: "globals", Flags: flags{"b": {ArgName: "bb"},
			"skip": {ArgSkip: true}, "on": {ArgSwitch: "x"}, "off": {ArgSwitch: "x"}, "l": {ArgSplit: "shlex"}}},
			opdef.Values{"a": 1, "b": 1.0, "c": "é\"\n", "d": true, "n": nil, "skip": 1, "on": "x", "off": "y", "l": "1 yes 'a b'",
				"m": map[string]any{"k": list(nil)}, "inf": math.Inf(-1)},
			[]string{"m", `{"a": 1, "bb": 1.0, "c": "é\"\n", "d": true, "inf": -Infinity, "l": [1, true, "a b"], "m": {"k": [null]}, "on": true}`, "s.py"}, nil},
	}
	vars := map[string]string{"exe": "/bin/x", "python_exe": "python"}
	for _, tt := range tests {
		argv, env, err := tt.cmd.Build(tt.vals, vars)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if d := cmp.Diff(tt.argv, argv); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if d := cmp.Diff(tt.env, env); d != "" && tt.env != nil {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	_, _, err := opdef.Command{Args: []string{"${slep}"}}.Build(opdef.Values{"sleep": 1}, vars)
	projecttest.WantError(t, err, "the command refers to ${slep}, which is no flag; did you mean 'sleep'?")
	_, _, err = opdef.Command{Args: []string{"x"}, Env: map[string]any{"A": "${b}"}}.Build(nil, vars)
	projecttest.WantError(t, err, "variable A: the command refers to ${b}")
	if _, _, err = (opdef.Command{}).Build(nil, nil); !errors.Is(err, opdef.ErrNoCommand) {
		t.Errorf("no command: %v", err)
	}
}

func TestCommand(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
sh: {exec: 'sh -c "echo ${x} $y" ${flag_args} end', flags: {x: 1}}
args: {main: 'train --fast ${x}', flags: {x: 1}, flags-dest: args, flags-import: no}
globals: {main: train -v, flags: {x: 1}, flags-dest: globals}
none: {main: sub/train.py, flags: {x: 1}, flags-dest: none}
module: {main: pkg.train, flags: {x: 1}, flags-dest: args}
modglobals: {main: pkg.train, flags: {x: 1}, flags-dest: globals}
package: {main: pkg, flags-dest: args}
installed: {main: 'http.server 8000', flags-dest: args}
bare: {main: train, flags-dest: globals}
nocopy: {main: train, sourcecode: no, flags-dest: args}
steps: {steps: [sh]}
`, "train.py", "", "sub/train.py", "", "pkg/__init__.py", "", "pkg/train.py", "", "pkg/__main__.py", "", "s.py", "", "run.sh", "")
	py := "${python_exe}"
	for spec, want := range map[string][]string{
		"sh":         {"sh", "-c", "echo ${x} $y", opdef.FlagArgs, "end"},
		"args":       {py, "-u", "train.py", "--fast", "${x}", opdef.FlagArgs},
		"globals":    {py, "-um", "guild.op_main", "train", "-v", "--", opdef.FlagArgs},
		"none":       {py, "-u", "sub/train.py"},
		"module":     {py, "-u", "-m", "pkg.train", opdef.FlagArgs},
		"modglobals": {py, "-um", "guild.op_main", "pkg.train", "--", opdef.FlagArgs},
		"package":    {py, "-u", "-m", "pkg", opdef.FlagArgs},
		"installed":  {py, "-u", "-m", "http.server", "8000", opdef.FlagArgs},
		"bare":       {py, "-u", "train.py", opdef.FlagArgs},
		"nocopy":     {py, "-u", p.Dir + "/train.py", opdef.FlagArgs},
		"steps":      nil,
		"s.py":       {py, "-u", "s.py", opdef.FlagArgs},
	} {
		if d := cmp.Diff(want, projecttest.Find(t, p, spec).Command().Args); d != "" {
			t.Errorf("%s: %s", spec, d)
		}
	}
}

func TestCommandData(t *testing.T) {
	c := opdef.Command{
		Args: []string{"${python_exe}", "-u", "yes", opdef.FlagArgs},
		Env:  map[string]any{"A": 1},
		Flags: map[string]opdef.CommandFlag{
			"a": {},
			"b": {ArgName: "B", ArgSkip: true, ArgSwitch: false, ArgSplit: ",", EnvName: "E", ArgEncoding: map[string]string{"yes": "1"},
				EnvEncoding: map[string]string{"no": "0"}},
		},
		FlagsDest: "args",
	}
	data, err := pyyaml.Encode(c.Data())
	if err != nil {
		t.Fatal(err)
	}
	v, err := pyyaml.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	back, err := opdef.ParseCommand(v)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, back); d != "" {
		t.Errorf("%s\n%s", d, data)
	}
	old, err := pyyaml.Decode([]byte("cmd-args: [python, -um, guild.op_main, x, __flag_args__]\ncmd-flags:\n  y: {arg-split: true, arg-encoding: {true: 'on'}}\n  z: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if back, err = opdef.ParseCommand(old); err != nil {
		t.Fatal(err)
	}
	want := opdef.Command{Args: []string{"python", "-um", "guild.op_main", "x", opdef.FlagArgs}, Flags: map[string]opdef.CommandFlag{
		"y": {ArgSplit: "shlex", ArgEncoding: map[string]string{"yes": "on"}}, "z": {}}}
	if d := cmp.Diff(want, back); d != "" {
		t.Error(d)
	}
	for _, bad := range []any{nil, "x", map[string]any{}, map[string]any{"cmd-args": []any{}, "cmd-flags": map[string]any{"x": 1}}} {
		if c, err := opdef.ParseCommand(bad); err == nil {
			t.Errorf("ParseCommand(%v) = %v", bad, c)
		}
	}
}
