package python

import (
	"guild/opdef/python/pyenv"

	"fmt"
	"path/filepath"
)

// Script is a Python script or module whose flags are of interest.
type Script struct {
	Path   string // absolute path of the source
	Name   string // how messages name it
	Module string // name to run it by, empty: run by its path
	Dir    string // absolute project directory: working directory and first entry of the module path of a module
	// PythonPath are absolute directories that it imports from besides its own and Dir.
	PythonPath []string
	Args       []string // arguments that it is always given, which may choose a sub-command
	// Patterns are regular expressions for where values are, by flag. Not nil: the script is a notebook.
	Patterns map[string][]string
	Env      pyenv.Choice
	Dest     string // the flags to read: Args, Globals or GlobalPrefix and a name; empty: those of the script's own interface
}

// Interfaces of scripts.
const (
	Args    = "args"    // it reads its arguments
	Globals = "globals" // it has constants

	GlobalPrefix = "global:" // before the name of a global dict or namespace that has them
	ConfigPrefix = "config:" // before the path of a config file that it reads, relative to Dir
)

// Detection is what is known of a script.
type Detection struct {
	Dest  string
	Flags []Flag // in the order of the script
	// Incomplete says that the script may have further flags that only running it would show.
	Incomplete bool
	Tried      string // how flags were looked for where there are none; else empty
}

// Flag is one option or global of a script.
type Flag struct {
	Name        string
	Description string
	Type        string // string, int, float, number, boolean or empty
	Default     any    // nil, bool, int, float64 or string
	Choices     []any
	Required    bool
	ArgName     string            // option, with its dashes, where it is not -- and Name
	ArgSwitch   any               // not nil: the option has no value and is given when the flag equals this
	ArgOff      string            // option without a value, with its dashes, that is given when the flag is false
	ArgSplit    bool              // several values, as the words of one text
	ArgEncoding map[string]string // formatted value to argument
	Text        bool              // what is typed is what the script gets: the option has no type, or one that only the script knows
	Early       bool              // it is read before the script has all of its options, which may depend on it
}

// ScriptError is a script that cannot be read or fails before it reads its arguments.
type ScriptError struct {
	Script string // as messages name it
	Line   int    // 0: unknown
	File   string // where Line is, if not in the script itself
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
