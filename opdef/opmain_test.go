package opdef

import (
	"encoding/json"
	"maps"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guild/opdef/flagvalue"
	"guild/opdef/python"
)

func TestOpMainByPath(t *testing.T) {
	for args, want := range map[string]string{
		"${python_exe} -um guild.op_main train a -- __flag_args__": "${python_exe} -u ${guild_op_main} train a -- __flag_args__",
		"${python_exe} -u train.py guild.op_main":                  "${python_exe} -u train.py guild.op_main",
		"sh -c": "sh -c",
		"":      "",
	} {
		c := Command{Args: strings.Fields(args)}
		if got := strings.Join(c.WithOpMainByPath().WithOpMainByPath().Args, " "); got != want || strings.Join(c.Args, " ") != args {
			t.Errorf("%s: %s", args, got)
		}
	}
	for script, want := range map[string]string{"train.py": "train", "sub/train.py": "sub/train", "/p/train.py": "/p/train", "train": "./train", "/p/train": "/p/train"} {
		if got := scriptModule(script); got != want {
			t.Errorf("%s: %s", script, got)
		}
	}
}

// TestPath: what is recorded for Guild AI is taken away when it is read.
func TestPath(t *testing.T) {
	for _, tt := range []struct{ args, path, dir, want string }{
		{"PY -um guild.op_main x --", "", ".", "."}, {"PY -um guild.op_main x --", "", "", "."}, {"PY -um guild.op_main x --", "a:b", "src", "a:b:src"},
		{"PY -um guild.op_main x --", ".", ".", ".:."}, {"PY -u x.py", "a", ".", "a"}, {"PY -u x.py", "", ".", ""},
	} {
		c := Command{Args: strings.Fields(tt.args), Env: map[string]any{"A": "1"}}
		if tt.path != "" {
			c.Env["PYTHONPATH"] = tt.path
		}
		recorded := c.WithPath(tt.dir)
		if got, _ := recorded.Env["PYTHONPATH"].(string); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
		back := recorded.WithoutPath(tt.dir)
		if !maps.Equal(back.Env, c.Env) {
			t.Errorf("%+v: %v, want %v", tt, back.Env, c.Env)
		}
		if !c.UsesOpMain() && !maps.Equal(recorded.Env, c.Env) {
			t.Errorf("%+v: %v", tt, recorded.Env)
		}
	}
	c := Command{Args: strings.Fields("PY -um guild.op_main x --")}
	if c.WithoutPath(".").Env != nil || c.WithPath(".").WithoutPath(".").Env[pathVar] != nil {
		t.Error("a variable appears")
	}
}

// decodeArgs is a program that reads values as the module guild.op_main does: a line for each list of arguments, in JSON.
const decodeArgs = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("op_main", sys.argv[1])
op_main = importlib.util.module_from_spec(spec)
spec.loader.exec_module(op_main)
for line in sys.stdin:
    print(json.dumps([op_main._value(arg) for arg in json.loads(line)]), flush=True)
`

func TestOpMainValues(t *testing.T) {
	exe, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	library, err := python.LibraryPath(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-c", decodeArgs, filepath.Join(library, "guild", "op_main.py"))
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
	defer func() { _ = in.Close(); _ = cmd.Wait() }()
	to, from := json.NewEncoder(in), json.NewDecoder(out)
	check := func(t interface{ Fatalf(string, ...any) }, v any) {
		args := opMainValues(map[string]any{"x": v})
		var back []any
		if err := to.Encode(args[1:]); err != nil {
			t.Fatalf("%v", err)
		}
		if err := from.Decode(&back); err != nil {
			t.Fatalf("%v", err)
		}
		want, got := flagvalue.EncodeJSON(v), ""
		if data, err := json.Marshal(back[0]); err == nil {
			got = string(data)
		}
		var plain any
		if err := json.Unmarshal([]byte(want), &plain); err != nil {
			t.Fatalf("%v", err)
		}
		data, err := json.Marshal(plain)
		if err != nil || got != string(data) || args[0] != "--x" || strings.HasPrefix(args[1], "--") {
			t.Fatalf("%#v is passed as %q and read as %s, not as %s", v, args, got, data)
		}
	}
	for _, s := range []string{"", " ", "a b", "1", " 1", "-1", "--", "-", "true", "True", "null", "NaN", "Infinity", "\"", "[", "{}", "é", "a\x00b", "nullable", "1a"} {
		check(t, s)
	}
	for _, v := range []any{1, -1, 1.5, 1e300, true, false, []any{1, "a"}, map[string]any{"a": []any{}}} {
		check(t, v)
	}
	rapid.Check(t, func(r *rapid.T) { check(r, rapid.String().Draw(r, "s")) })
}
