package opdef

import (
	"path"
	"slices"
	"strings"

	"guild/opdef/program"
)

// builtinModules maps modules of Guild AI that run built-in operations to the words of the same operations here. All of them read their
// flags from the run, so that they need no arguments. Batches and runs with steps are recorded with these modules, so that Guild AI can
// start them again too.
var builtinModules = map[string][]string{
	"guild.batch_main":                  {"sys", "batch"},
	"guild.plugins.random_main":         {"sys", "batch"},
	"guild.plugins.skopt_gp_main":       {"sys", "batch"},
	"guild.plugins.skopt_forest_main":   {"sys", "batch"},
	"guild.plugins.skopt_gbrt_main":     {"sys", "batch"},
	stepsModule:                         {"sys", "steps"},
	"guild.plugins.queue_main":          {"sys", "scheduler", "queue"},
	"guild.plugins.dask_scheduler_main": {"sys", "scheduler", "dask"},
}

const stepsModule = "guild.steps_main"

const (
	guildExe    = "${guild_exe}"        // this program
	guildPython = "${guild_python_exe}" // the interpreter that runs Guild AI
)

// StepsCommand returns the arguments of an operation with steps.
func StepsCommand() []string { return []string{guildPython, "-um", stepsModule} }

// RunsSteps reports whether the command is that of an operation with steps.
func (c Command) RunsSteps() bool { return slices.Equal(c.builtin(), builtinModules[stepsModule]) }

// builtin returns the arguments of this program for a built-in operation, or nil for another command.
func (c Command) builtin() []string {
	switch {
	case len(c.Args) > 0 && c.Args[0] == guildExe:
		return c.Args[1:]
	case len(c.Args) > 2 && c.Args[0] == guildPython && c.Args[1] == "-um":
		return builtinModules[c.Args[2]]
	}
	return nil
}

// guildAIEnv are variables that Guild AI records with a command for its own modules.
var guildAIEnv = [...]string{DestVar, "GUILD_PLUGINS", "NO_OP_INTERRUPTED_MSG", "PROJECT_DIR"}

// ConvertGuildAI changes a command that Guild AI recorded to one that does the same without Guild AI. Commands of other programs stay as
// they are. sourceDest is the directory with the source code, relative to the run; isFile reports whether a path relative to it is a file.
func (c *Command) ConvertGuildAI(sourceDest string, isFile func(path string) bool) {
	if dest, ok := c.Env[DestVar].(string); ok && dest != "" {
		c.FlagsDest = dest
	}
	for _, name := range guildAIEnv {
		delete(c.Env, name)
	}
	if c.builtin() != nil {
		return
	}
	for i, word := range c.Args {
		c.Args[i] = strings.ReplaceAll(word, guildPython, "${python_exe}")
	}
	if len(c.Args) > 3 && c.Args[0] == "${python_exe}" && c.Args[1] == "-um" && c.Args[2] == opMain {
		c.Args = c.convertMain(c.Args[3], c.Args[4:], sourceDest, isFile)
	}
}

// convertMain returns the words that run a module: MODULE, DIR/MODULE or PACKAGE.MODULE. args are its arguments, followed by "--" and
// FlagArgs.
func (c *Command) convertMain(module string, args []string, sourceDest string, isFile func(path string) bool) []string {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == FlagArgs })
	if n := len(args); n > 0 && args[n-1] == "--" {
		args = args[:n-1]
	}
	script := path.Join(sourceDest, module+".py")
	isScript := isFile(module + ".py")
	module = strings.ReplaceAll(module, "/", ".")
	if module == program.PassModule || !program.TakesText(c.FlagsDest) && program.TakesOptions(c.FlagsDest) {
		if isScript {
			module = scriptModule(script)
		}
		*c = c.WithVar(DestVar, program.ReaderDest(c.FlagsDest))
		return opMainArgs(module, args)
	}
	words := []string{"${python_exe}", "-u"}
	if isScript {
		words = append(words, script)
	} else {
		words = append(words, "-m", module)
	}
	words = append(words, args...)
	if program.TakesText(c.FlagsDest) {
		words = append(words, FlagArgs)
	}
	return words
}
