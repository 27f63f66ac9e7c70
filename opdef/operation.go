package opdef

import (
	"slices"
	"strings"

	"guild/opdef/hooks"
	"guild/opdef/output"
	"guild/opdef/source"
	"guild/opdef/steps"
	"guild/runs/opref"
)

// Operation is something that can be run.
type Operation struct {
	Ref         opref.Ref
	Model       string // empty for an operation of no model
	Name        string
	Description string
	Dir         string // absolute project directory; empty for an operation of guild itself

	// What is run: one of these, or a notebook.
	Main  string       // Python module with arguments
	Exec  string       // command line
	Steps []steps.Step // operations, in order

	Flags           []*Flag // in name order
	FlagsDest       string  // see program.DestArgs; empty: ImportFlags sets it
	FlagsImport     Import
	FlagsImportSkip []string

	Default         bool
	Label           string // template, empty for the default one
	Tags            []string
	Env             map[string]any // variables of the process; values may refer to flags
	RecordEnv       bool           // record the values of all environment variables, not only of those known to hold no secrets
	EnvSecrets      []string       // variables that the process gets but whose values are not recorded
	PythonPath      []string       // directories to import from, absolute or relative to Dir
	RunAttrs        map[string]any // attributes of its runs, see CustomAttrs
	Compare         []string       // columns of comparisons of its runs
	Publish         Publish        // how reports show its runs
	Hooks           hooks.Hooks    // commands that workers execute at the start and end of its runs
	GPUs            int            // number of GPUs that a scheduler gives to a run; 0: the default of the scheduler
	PipFreeze       bool
	DeleteOnSuccess bool
	NoSystemMetrics bool   // runs do not record their use of system resources
	Stoppable       bool   // a stop by the user counts as success
	Debug           *Debug // nil: run without a debugger
	Source          source.Selection
	AcceptsUnknown  bool   // unknown flags are accepted
	DebugSource     string // absolute directory whose source code is run in place of the copy; empty: the copy
	OutputScalars   output.Rules
	OutputAttrs     output.Rules
	PythonSetting   string   // environment or interpreter, see pyenv.Find
	Image           string   // of the container that it runs in; empty: none
	MetricFiles     []string // patterns of files whose numbers are scalars, the first of which can be no

	Optimizers []Optimizer
	Objective  string // column to minimise, or with a leading minus to maximise; empty: DefaultObjective
	MaxTrials  int    // of batches with this operation as the optimizer; 0: no limit

	At        Place // of its name in the guild.yml
	StepsAt   Place // of its steps
	StepsData []any // its steps as the guild.yml has them

	Builtin string // kind of an operation that is part of guild itself; empty for all others

	requires    []requirement
	resources   resourceSet
	script      string // file that is run, relative to Dir, if no guild.yml defines the operation
	notebook    *notebook
	rScript     string // R script that is run, relative to the source code
	document    string // Quarto document that is run, relative to the source code
	interpreted string // file that an interpreter runs, see MissingProgram
	warnings    []string
	errs        []error // why the operation cannot be run
	defined     []*Flag // Flags before the import
	tried       string  // how flags were looked for, if none were found
}

// Fail records a reason why the operation cannot be run.
func (op *Operation) Fail(err error) { op.errs = append(op.errs, err) }

// Errors returns the reasons why the operation cannot be run; empty if it can.
func (op *Operation) Errors() []error { return op.errs }

// Warnings returns the parts of the definition that are ignored, with the reason.
func (op *Operation) Warnings() []string { return op.warnings }

// Import says which flags of a Python script become flags of the operation.
type Import struct {
	Mode  ImportMode
	Names []string // with ImportNamed
}

// ImportMode is how flags are imported.
type ImportMode int

// The modes of import. ImportDefined completes the flags that the operation defines and adds none.
const (
	ImportDefined ImportMode = iota
	ImportNone
	ImportAll
	ImportNamed
)

// FullName returns the name of the operation on the command line: MODEL:NAME or NAME.
func (op *Operation) FullName() string {
	if op.Model == "" {
		return op.Name
	}
	return op.Model + ":" + op.Name
}

// Guildfile returns the absolute path of the guild.yml that defines the operation. It is empty for other operations.
func (op *Operation) Guildfile() string {
	if op.Ref.PkgType != opref.Guildfile {
		return ""
	}
	return op.Ref.PkgName
}

// Flag returns the flag with that name, or nil.
func (op *Operation) Flag(name string) *Flag {
	i := slices.IndexFunc(op.Flags, func(f *Flag) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return op.Flags[i]
}

// IsBuiltin reports whether the operation is part of guild itself.
func (op *Operation) IsBuiltin() bool { return op.Builtin != "" }

// IsPython reports whether the operation is a Python module, script or notebook.
func (op *Operation) IsPython() bool { return op.Main != "" || op.notebook != nil }

// IsPrivate reports whether listings leave the operation out: its name begins with _.
func (op *Operation) IsPrivate() bool { return strings.HasPrefix(op.Name, "_") }
