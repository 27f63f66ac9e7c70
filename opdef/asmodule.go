package opdef

import (
	"maps"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
)

// opMain is the module that runs a Python script or module with its flags, here and in Guild AI.
const opMain = "guild.op_main"

// DestVar is the variable by which the module guild.op_main is told the destination of flags.
const DestVar = "FLAGS_DEST"

// AsModule returns the command with `python -um guild.op_main MODULE ARG... -- --FLAG VALUE...` in place of the path of guild's own program
// and one JSON argument. That is the form in which Guild AI records commands, and it says nothing of this host. The package guild has to be
// on Python's path. Commands that do not need guild's program stay as they are.
func (c Command) AsModule() Command {
	if len(c.Args) < 4 || c.Args[0] != "${python_exe}" || c.Args[1] != "-u" {
		return c
	}
	var module string
	var rest []string
	switch head, args := c.Args[2], c.Args[3:]; {
	case head == "-c" && args[0] == program.PassScript:
		module, rest = program.PassModule, args[1:]
		c.Env = withVar(c.Env, DestVar, c.FlagsDest)
	case head == "${guild_main}" && len(args) > 2 && args[1] == FlagArgs:
		module, rest = args[2], args[3:]
		if module == "-m" && len(rest) > 0 {
			module, rest = rest[0], rest[1:]
		} else if name, isPython := strings.CutSuffix(module, ".py"); isPython {
			module = name
		} else if !strings.HasPrefix(module, "/") {
			module = "./" + module
		}
		c.Env = withVar(c.Env, DestVar, args[0])
	default:
		return c
	}
	rest = slices.DeleteFunc(slices.Clone(rest), func(word string) bool { return word == FlagArgs })
	c.Args = slices.Concat([]string{"${python_exe}", "-um", opMain, module}, rest, []string{"--", FlagArgs})
	return c
}

// withVar returns a copy of variables with one more.
func withVar(env map[string]any, name, value string) map[string]any {
	if env = maps.Clone(env); env == nil {
		env = map[string]any{}
	}
	env[name] = value
	return env
}

// PythonPath returns the directories that the command adds to PYTHONPATH, in which references are not replaced.
func (c Command) PythonPath() string {
	path, _ := c.Env["PYTHONPATH"].(string)
	return path
}

// moduleArgs returns values of flags for opMain, which reads them as JSON, and what is not JSON as a string.
func moduleArgs(values map[string]any) (args []string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := values[name]
		text := flagvalue.EncodeJSON(v)
		if s, ok := v.(string); ok && !needsQuotes(s) {
			text = s
		}
		args = append(args, "--"+name, text)
	}
	return args
}

// needsQuotes reports whether Python's json module might read a string as something else, or the string cannot be an argument as it is. A
// dash at the start is quoted, so that no value is taken for the end of arguments.
func needsQuotes(s string) bool {
	if strings.ContainsRune(s, 0) {
		return true
	}
	s = strings.TrimLeft(s, " \t\r\n")
	return s != "" && strings.ContainsRune(`"[{-0123456789`, rune(s[0])) ||
		slices.ContainsFunc([]string{"true", "false", "null", "NaN", "Infinity"}, func(word string) bool { return strings.HasPrefix(s, word) })
}
