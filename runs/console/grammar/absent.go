package grammar

// absent returns what to type in place of a word that is not a command or option of guild, but that users of other programs try. It
// returns an empty string for all other words. Mistake.Error shows it.
func absent(word string) string {
	switch word {
	case "install", "uninstall", "package", "packages", "search", "--installed":
		return "there are no packages of operations: run them from their project ('guild -C DIR run OP')"
	case "remote", "remotes", "push", "pull", "sync", "-r", "--remote":
		return "there are no remotes: let machines share the runs root over a network file system, or copy runs with 'guild export' and 'guild import'"
	case "shell":
		return "there is no shell: for programs, 'guild api' and --json tell everything of runs"
	case "tensorflow":
		return "nothing here looks into files of TensorFlow: 'guild tensorboard' shows the runs in TensorBoard"
	case "init", "guild-env":
		return "there is no environment to be made: 'mkdir .guild' keeps the runs of a directory in it, and Python packages are those of the environment that is active"
	case "--tensorflow", "--pytorch", "--r-script":
		return "'guild check -v' shows the interpreter that runs operations, which knows its packages"
	case "--tool":
		return "'guild compare' and 'guild view' show the runs side by side, and 'guild compare --csv FILE' gives them to another program"
	case "--no-summary", "--summary-name":
		return "'guild merge' copies files of the run and writes no summary: 'guild runs info --json' is one"
	case "--plugins":
		return "there are no plugins"
	}
	return ""
}
