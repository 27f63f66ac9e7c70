package invocation

import (
	"cmp"

	"guild/proc/recipe"
	"guild/runs"
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
		"guild_main": "guild_main.py", "guild_notebook": "guild_notebook.py",
	})
	return argv, err
}
