package opdef

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"guild/opdef/program"
)

// TestConvertGuildAI converts commands as Guild AI 0.9.1 records them.
func TestConvertGuildAI(t *testing.T) {
	vals := Values{"x": 2.0, "operation:prep": "abc"}
	vars := map[string]string{"python_exe": "PY", "guild_exe": "GUILD", "guild_main": "MAIN"}
	for _, tt := range []struct{ args, dest, source, want string }{
		{"${python_exe} -um guild.op_main train -- __flag_args__", "globals", ".", `PY -u MAIN globals {"x": 2.0} train.py`},
		{"${python_exe} -um guild.op_main train a b -- __flag_args__", "args", ".", "PY -u train.py a b --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "", ".", "PY -u train.py --x 2.0"},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "global:params", ".", `PY -u MAIN global:params {"x": 2.0} train.py`},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "dict:params", ".", `PY -u MAIN global:params {"x": 2.0} train.py`},
		{"${python_exe} -um guild.op_main train -- __flag_args__", "none", ".", "PY -u train.py"},
		{"${python_exe} -um guild.op_main sub/train", "none", ".guild/sourcecode", "PY -u .guild/sourcecode/sub/train.py"},
		{"${python_exe} -um guild.op_main package.module -- __flag_args__", "globals", ".", `PY -u MAIN globals {"x": 2.0} -m package.module`},
		{"${python_exe} -um guild.op_main guild.pass -- __flag_args__", "args", ".", "PY -u -c " + program.PassScript + " --x 2.0"},
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
		if names := slices.Collect(maps.Keys(c.Env)); !slices.Equal(names, []string{"MINE"}) {
			t.Errorf("%s: variables %q", tt.args, names)
		}
		argv, _, err := c.Build(vals, vars)
		if got := strings.Join(argv, " "); got != tt.want || (err != nil) != (tt.args == "") {
			t.Errorf("%s with flags-dest %q:\n got %s, %v\nwant %s", tt.args, tt.dest, got, err, tt.want)
		}
	}
}
