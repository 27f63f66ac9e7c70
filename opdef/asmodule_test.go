package opdef

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/opdef/python"
)

func TestAsModule(t *testing.T) {
	const main, py = "${python_exe} -u ${guild_main} ", "${python_exe} -um guild.op_main "
	for args, want := range map[string]string{
		main + "globals __flag_args__ train.py -v":        py + "train -v -- __flag_args__ | globals",
		main + "globals __flag_args__ -m pkg.train":       py + "pkg.train -- __flag_args__ | globals",
		main + "global:p __flag_args__ sub/train.py":      py + "sub/train -- __flag_args__ | global:p",
		main + "globals __flag_args__ /project/train.py":  py + "/project/train -- __flag_args__ | globals",
		main + "globals __flag_args__ train":              py + "./train -- __flag_args__ | globals",
		main + "globals __flag_args__ train.py -- a":      py + "train -- a -- __flag_args__ | globals",
		main + "debug {} globals __flag_args__ train.py":  "",
		main + "debug {} globals {} train.py":             "",
		"${python_exe} -u train.py __flag_args__":         "",
		"${python_exe} -u -m train":                       "",
		"python -u ${guild_main} globals __flag_args__ s": "",
		"sh -c x": "",
		"":        "",
	} {
		c := Command{Args: strings.Fields(args), Env: map[string]any{"A": "1"}}
		m := c.AsModule()
		got := strings.Join(m.Args, " ")
		if dest, ok := m.Env[DestVar].(string); ok {
			got += " | " + dest
		}
		if want == "" {
			want = args
		}
		if got != want || m.Env["A"] != "1" || len(c.Env) != 1 {
			t.Errorf("%s:\n got %s\nwant %s", args, got, want)
		}
	}
	pass := []string{"${python_exe}", "-u", "-c", program.PassScript, "a"}
	for _, args := range [][]string{pass, append(pass, FlagArgs)} {
		c := Command{Args: args, FlagsDest: program.DestArgs}.AsModule()
		if got := strings.Join(c.Args, " "); got != py+"guild.pass a -- __flag_args__" || c.Env[DestVar] != program.DestArgs {
			t.Errorf("%s %v", got, c.Env)
		}
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

func TestModuleArgs(t *testing.T) {
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
		args := moduleArgs(map[string]any{"x": v})
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
