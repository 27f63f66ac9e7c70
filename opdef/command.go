package opdef

import (
	"cmp"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"guild/opdef/program"
	"guild/runs/words"
)

// FlagArgs is the word of a command that is replaced by the arguments of the flags.
const FlagArgs = "__flag_args__"

// Command is the template of a process. It is stored in the run, so that the run can be started later and elsewhere. Args may refer to
// flags, and to the variables python_exe, guild_exe, guild_main, guild_op_main, guild_notebook and project_dir, which the caller of Build
// provides.
type Command struct {
	Args      []string               `yaml:"cmd-args"`
	Env       map[string]any         `yaml:"cmd-env,omitempty"`
	Flags     map[string]CommandFlag `yaml:"cmd-flags,omitempty"` // by flag name
	FlagsDest string                 `yaml:"flags-dest,omitempty"`
}

// CommandFlag says how a flag becomes an argument and an environment variable. See Flag for its fields.
type CommandFlag struct {
	ArgName     string    `yaml:"arg-name,omitempty"`
	ArgSkip     bool      `yaml:"arg-skip,omitempty"`
	ArgSwitch   any       `yaml:"arg-switch,omitempty"`
	ArgOff      string    `yaml:"arg-off,omitempty"`
	ArgOmit     any       `yaml:"arg-omit,omitempty"`
	ArgSplit    Separator `yaml:"arg-split,omitempty"`
	ArgEncoding Encoding  `yaml:"arg-encoding,omitempty"`
	EnvName     string    `yaml:"env-name,omitempty"`
	EnvEncoding Encoding  `yaml:"env-encoding,omitempty"`
	Type        string    `yaml:"type,omitempty"`
	Text        bool      `yaml:"text,omitempty"` // the program gets the text that was typed
}

// Split decodes each part of a text of several values.
func (f CommandFlag) Split(text string) []any { return splitValues(text, string(f.ArgSplit)) }

// ErrNoCommand is the error of recorded data without a command.
var ErrNoCommand = errors.New("no command is recorded")

// Command returns the template of the process. An operation of steps has an empty one.
func (op *Operation) Command() Command {
	c := Command{Env: op.publicEnv(), FlagsDest: op.FlagsDest, Flags: make(map[string]CommandFlag, len(op.Flags))}
	for _, f := range op.Flags {
		c.Flags[f.Name] = f.Command()
	}
	switch {
	case op.notebook != nil:
		c.Args = op.notebookArgs()
	case op.rScript != "" && op.FlagsDest == program.DestGlobals:
		c.Args = op.rArgs()
	case op.Exec != "":
		c.Args = execArgs(op.Exec)
	case op.Main != "":
		c.Args = op.pythonArgs()
	}
	if c.UsesOpMain() {
		c = c.WithVar(DestVar, program.ReaderDest(op.FlagsDest))
	}
	return c
}

// WithVar returns the command with a variable of its environment set.
func (c Command) WithVar(name string, value any) Command {
	if c.Env = maps.Clone(c.Env); c.Env == nil {
		c.Env = map[string]any{}
	}
	c.Env[name] = value
	return c
}

// PassAll makes flags that the user set be passed whatever their value, see Flag.ArgOmit. It reports whether that changes the command.
func (c Command) PassAll(user Values) bool {
	changed := false
	for name := range user {
		if f, ok := c.Flags[name]; ok && f.ArgOmit != nil {
			f.ArgOmit, changed = nil, true
			c.Flags[name] = f
		}
	}
	return changed
}

// publicEnv returns Env without the variables that are secret.
func (op *Operation) publicEnv() map[string]any {
	env := maps.Clone(op.Env)
	maps.DeleteFunc(env, func(name string, _ any) bool { return slices.Contains(op.EnvSecrets, name) })
	if op.DebugSource != "" {
		if env == nil {
			env = map[string]any{}
		}
		env["PYTHONPATH"] = op.DebugSource
	}
	return env
}

// execArgs splits a command line into words as a shell does. Nothing else is special in it, except references.
func execArgs(line string) []string {
	words, err := words.Split(line)
	if err != nil {
		return nil // package guildfile refuses such a line
	}
	for i, w := range words {
		if w == "${flag_args}" {
			words[i] = FlagArgs
		}
	}
	return words
}

// pythonArgs returns the arguments of Python for a module or script.
func (op *Operation) pythonArgs() []string {
	m := op.Python()
	if m.IsPass() {
		return opMainArgs(m.Module, m.Args)
	}
	script := m.Script // unused if there is a module
	switch {
	case op.DebugSource != "":
		script = filepath.Join(op.DebugSource, script)
	case op.Source.None:
		script = filepath.Join(op.SourceDir(), script)
	default:
		script = filepath.Join(op.Source.Dest, script)
	}
	args := []string{"${python_exe}", "-u"}
	globals := op.FlagsDest == program.DestGlobals && (len(op.Flags) > 0 || op.AcceptsUnknown) || program.DestGlobal(op.FlagsDest) != ""
	switch {
	case op.Debug != nil && globals:
		args = append(args, "${guild_main}", "debug", op.Debug.encode(), program.ReaderDest(op.FlagsDest), FlagArgs)
	case op.Debug != nil:
		args = append(args, "${guild_main}", "debug", op.Debug.encode(), program.DestGlobals, "{}")
	case globals:
		return opMainArgs(cmp.Or(m.Module, scriptModule(script)), m.Args)
	}
	if m.Module != "" {
		args = append(args, "-m", m.Module)
	} else {
		args = append(args, script)
	}
	args = append(args, m.Args...)
	if !globals && program.TakesOptions(op.FlagsDest) {
		args = append(args, FlagArgs)
	}
	return args
}
