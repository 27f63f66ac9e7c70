package opdef

import (
	"cmp"
	"strings"
	"testing"
)

// TestConvertGuildAI converts commands as Guild AI 0.9.1 records them.
func TestConvertGuildAI(t *testing.T) {
	vals := Values{"x": 2.0, "operation:prep": "abc"}
	vars := map[string]string{"python_exe": "PY", "guild_exe": "GUILD"}
	for _, tt := range []struct{ args, dest, source, want string }{
		{"${python_exe} -um guild.op_main train -- __flag_args__", "globals", ".", "PY -um guild.op_main train -- --x 2.0"},
		{"${python_exe} -um guild.op_main train a b -- __flag_args__", "args", ".", "PY -u train.py a b --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "", ".", "PY -u train.py --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "global:params", "src", "PY -um guild.op_main src/train -- --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "dict:params", ".", "PY -um guild.op_main train -- --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "none", ".", "PY -u train.py"},
		{"${python_exe} -um guild.op_main sub/train", "none", ".guild/sourcecode", "PY -u .guild/sourcecode/sub/train.py"},
		{"${python_exe} -um guild.op_main package.module -- __flag_args__", "globals", ".", "PY -um guild.op_main package.module -- --x 2.0"},
		{"${python_exe} -um guild.op_main package/module a -- __flag_args__", "globals", ".", "PY -um guild.op_main package.module a -- --x 2.0"},
		{"${python_exe} -um guild.op_main guild.pass -- __flag_args__", "args", ".", "PY -um guild.op_main guild.pass -- --x 2.0"},
		{"${guild_python_exe} -um guild.batch_main", "args", ".", "GUILD sys batch"},
		{"${guild_python_exe} -um guild.plugins.skopt_gp_main", "args", ".", "GUILD sys batch"},
		{"${guild_python_exe} -um guild.steps_main", "args", ".", "GUILD sys steps"},
		{"${guild_python_exe} -um guild.plugins.queue_main __flag_args__", "args", ".", "GUILD sys scheduler queue"},
		{"${python_exe} -um mine __flag_args__", "args", ".", "PY -um mine --x 2.0"},
		{"${guild_python_exe} script.py", "args", ".", "PY script.py"},
		{"touch file", "args", ".", "touch file"},
		{"", "args", ".", ""},
	} {
		c := Command{Args: strings.Fields(tt.args), Env: map[string]any{"GUILD_PLUGINS": "cpu", "PROJECT_DIR": "/p", "NO_OP_INTERRUPTED_MSG": "1", "MINE": "yes"},
			Flags: map[string]CommandFlag{"x": {}, "operation:prep": {ArgSkip: true}}, FlagsDest: "args"}
		if tt.dest != "" {
			c.Env["FLAGS_DEST"] = tt.dest
		}
		c.ConvertGuildAI(tt.source, func(file string) bool { return file == "train.py" || file == "sub/train.py" })
		dest := map[string]string{"dict:params": "global:params"}[tt.dest]
		if dest = cmp.Or(dest, tt.dest); !c.UsesOpMain() {
			dest = ""
		}
		if got, _ := c.Env[DestVar].(string); got != dest || c.Env["MINE"] != "yes" || len(c.Env) > 2 {
			t.Errorf("%s: variables %q, want destination %s", tt.args, c.Env, dest)
		}
		argv, _, err := c.Build(vals, vars)
		if got := strings.Join(argv, " "); got != tt.want || (err != nil) != (tt.args == "") {
			t.Errorf("%s with flags-dest %q:\n got %s, %v\nwant %s", tt.args, tt.dest, got, err, tt.want)
		}
	}
}
