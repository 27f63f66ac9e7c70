package proc

import (
	"cmp"

	"guild/runs"
)

// Planned is the command line that a run which waits to be started will have, with plain names for what is decided where it starts.
func Planned(r *runs.Run) ([]string, error) {
	o, err := readOrder(r)
	if err != nil {
		return nil, err
	}
	argv, _, err := o.recipe.Command.Build(o.flags, map[string]string{
		"project_dir": o.recipe.ProjectDir, "guild_exe": "guild", "python_exe": cmp.Or(o.recipe.Python, "python3"),
		"guild_main": "guild_main.py", "guild_notebook": "guild_notebook.py",
	})
	return argv, err
}
