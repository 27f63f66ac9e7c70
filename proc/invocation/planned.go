package invocation

import (
	"cmp"
	"strings"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/runjson"
	"guild/runs/words"
)

// Planned returns the command line that a staged run will have. Programs that only the host that starts it can locate appear by
// their plain names.
func Planned(r *runs.Run) ([]string, error) {
	rec, flags, err := recipe.ReadWithFlags(r)
	if err != nil {
		return nil, err
	}
	argv, _, err := rec.Command.Build(flags, map[string]string{
		"project_dir": rec.ProjectDir, "guild_exe": "guild", "python_exe": cmp.Or(rec.Python, "python3"),
		"guild_main": "guild_main.py", "guild_op_main": "op_main.py", "guild_notebook": "guild_notebook.py",
	})
	return argv, err
}

// Shown returns the command line of a run, whose state the caller has just read, for a shell: what was run, or what is going to be run.
func Shown(r *runs.View, state runs.State) string {
	line := words.Join(runjson.Command(r))
	if state.Status.Waits() && (strings.Contains(line, "${") || strings.Contains(line, opdef.FlagArgs)) {
		if argv, err := Planned(r.Run()); err == nil {
			return words.Join(argv)
		}
	}
	return line
}
