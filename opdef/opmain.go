package opdef

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
)

// opMain is the module that runs a Python script or module with its flags, here and in Guild AI:
//
//	python -um guild.op_main MODULE ARG... -- --FLAG VALUE...
//
// A run is recorded with such a command, which says nothing of this host, and with which Guild AI can start it again too.
const opMain = "guild.op_main"

// opMainPath refers to the file of opMain. It stands in a command where Python would import another package guild.
const opMainPath = "${guild_op_main}"

// DestVar is the variable by which the module guild.op_main is told the destination of flags.
const DestVar = "FLAGS_DEST"

// opMainArgs returns the words of a command that runs a module, or a script by its path without .py.
func opMainArgs(module string, args []string) []string {
	return slices.Concat([]string{"${python_exe}", "-um", opMain, module}, args, []string{"--", FlagArgs})
}

// scriptModule returns the name of a script for opMain.
func scriptModule(script string) string {
	if name, isPython := strings.CutSuffix(script, ".py"); isPython {
		return name
	}
	if !strings.HasPrefix(script, "/") {
		return "./" + script
	}
	return script
}

// UsesOpMain reports whether the command needs the module guild.op_main.
func (c Command) UsesOpMain() bool {
	return len(c.Args) > 2 && (c.Args[2] == opMain || c.Args[2] == opMainPath)
}

// WithOpMainByPath returns a command that starts guild.op_main by the path of its file.
func (c Command) WithOpMainByPath() Command {
	if c.UsesOpMain() {
		c.Args = slices.Concat(c.Args[:1], []string{"-u", opMainPath}, c.Args[3:])
	}
	return c
}

const pathVar = "PYTHONPATH"

// WithPath returns a command for guild.op_main with the directory of the source code, relative to the run, at the end of PYTHONPATH. Guild AI
// needs it in a recorded command. This program adds the directory at each start, so that WithoutPath removes it from what is read.
func (c Command) WithPath(dir string) Command {
	if !c.UsesOpMain() {
		return c
	}
	path, _ := c.Env[pathVar].(string)
	return c.WithVar(pathVar, strings.TrimPrefix(path+":"+cmp.Or(dir, "."), ":"))
}

// WithoutPath returns the command that WithPath was called for.
func (c Command) WithoutPath(dir string) Command {
	path, _ := c.Env[pathVar].(string)
	if rest, added := strings.CutSuffix(":"+path, ":"+cmp.Or(dir, ".")); c.UsesOpMain() && added {
		if c.Env = maps.Clone(c.Env); rest == "" {
			delete(c.Env, pathVar)
		} else {
			c.Env[pathVar] = rest[1:]
		}
	}
	return c
}

// opMainValues returns values of flags for opMain, which reads them as JSON, and what is not JSON as a string.
func opMainValues(values map[string]any) (args []string) {
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
