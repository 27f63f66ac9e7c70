package python

import (
	"guild/opdef/python/pyenv"

	"fmt"
	"path/filepath"
)

// Script is a Python script or module whose flags are of interest.
type Script struct {
	Path   string // absolute path of the source
	Name   string // name in messages
	Module string // name of the module to run; empty: the script is run by its path
	Dir    string // absolute project directory: working directory, and first entry of the module path of a module
	// PythonPath are absolute directories for imports, besides the script's own and Dir.
	PythonPath []string
	Args       []string // fixed first arguments, which may select a sub-command
	// Patterns are regular expressions that find values, by flag. Not nil: the script is a notebook.
	Patterns map[string][]string
	Env      pyenv.Choice
	Dest     string // which flags to read: Args, Globals, or GlobalPrefix and a name; empty: those of the script's own interface
}

// Interfaces of scripts.
const (
	Args    = "args"    // the script reads its arguments
	Globals = "globals" // the script has constants

	GlobalPrefix = "global:" // followed by the name of a global dict or namespace
	ConfigPrefix = "config:" // followed by the path of a config file, relative to Dir
)

// Detection is what is known about a script.
type Detection struct {
	Dest  string
	Flags []Flag // in the order of the script
	// Incomplete says that the script may have further flags that only running it would show.
	Incomplete bool
	Tried      string // how flags were looked for if there are none; otherwise empty
}

// Flag is one option or global of a script.
type Flag struct {
	Name        string
	Description string
	Type        string // string, int, float, number, boolean or empty
	Default     any    // nil, bool, int, float64 or string
	Choices     []any
	Required    bool
	ArgName     string            // option, with its dashes, if it is not -- and Name
	ArgSwitch   any               // not nil: the option has no value and is passed if the flag equals this
	ArgOff      string            // option without a value, with its dashes, that is passed if the flag is false
	ArgOmit     any               // not nil: a default that the script would read as another value, so that it is not passed
	ArgSplit    bool              // several values, as words of one text
	ArgEncoding map[string]string // formatted value to argument
	Text        bool              // the script receives the text as typed: the option has no type, or one that only the script knows
	Early       bool              // it is read before all options are defined, which may depend on it
}

// ScriptError is the error for a script that cannot be read or fails before it reads its arguments.
type ScriptError struct {
	Script string // name in messages
	Line   int    // 0: unknown
	File   string // file of Line, if not the script itself
	Kind   string // name of Python's exception
	Text   string
}

func (e *ScriptError) Error() string {
	where := e.Script
	if e.Line > 0 {
		if e.File != "" {
			where = e.File
		}
		where = fmt.Sprintf("%s line %d", where, e.Line)
	}
	what := e.Kind
	if e.Text != "" {
		what += ": " + e.Text
	}
	if e.Kind == "ModuleNotFoundError" || e.Kind == "ImportError" {
		what += fmt.Sprintf("; install it, or set %s to the Python that has it", ExeVariable)
	}
	return fmt.Sprintf("the flags of %s cannot be read: %s (%s)", e.Script, what, where)
}

func (s Script) errorFrom(f *failure) *ScriptError {
	e := &ScriptError{Script: s.Name, Line: f.Line, Kind: f.Kind, Text: f.Text}
	if f.Path != "" && f.Path != s.Path {
		e.File = f.Path
		if rel, err := filepath.Rel(s.Dir, f.Path); err == nil && filepath.IsLocal(rel) {
			e.File = rel
		}
	}
	return e
}
