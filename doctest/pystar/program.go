package pystar

import (
	"errors"
	"fmt"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

var dialect = &syntax.FileOptions{
	Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true,
}

// SyntaxError reports source that is not valid, or is Python that the parser does not know.
type SyntaxError struct {
	Line int // 1-based line in the file
	Msg  string
}

func (e *SyntaxError) Error() string { return e.Msg }

// Program is one compiled piece of source: a statement, or several.
type Program struct{ prog *starlark.Program }

// Compile prepares source that starts at the given 1-based line of a file. modules are the names it may import: the
// host offers them under the same names. Errors are *UnsupportedError or *SyntaxError, with lines of the file.
func Compile(filename string, line int, source string, modules []string) (*Program, error) {
	text, err := rewriteTokens(source, modules)
	var un *UnsupportedError
	if errors.As(err, &un) {
		return nil, &UnsupportedError{Line: line - 1 + un.Line, What: un.What}
	}
	if err != nil {
		return nil, &SyntaxError{Line: line, Msg: err.Error()}
	}
	portion := syntax.FilePortion{Content: []byte(text), FirstLine: int32(line), FirstCol: 1}
	file, err := dialect.Parse(filename, portion, 0)
	if err != nil {
		return nil, syntaxError(line, err)
	}
	known := func(string) bool { return true }
	if err := resolve.File(file, known, starlark.Universe.Has); err != nil {
		return nil, syntaxError(line, err)
	}
	if err := transform(file); err != nil {
		return nil, err
	}
	prog, err := starlark.FileProgram(file, known)
	if err != nil {
		return nil, syntaxError(line, err)
	}
	return &Program{prog}, nil
}

func syntaxError(line int, err error) error {
	var se syntax.Error
	if errors.As(err, &se) {
		return &SyntaxError{Line: int(se.Pos.Line), Msg: se.Msg}
	}
	var list resolve.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return &SyntaxError{Line: int(list[0].Pos.Line), Msg: list[0].Msg}
	}
	return &SyntaxError{Line: line, Msg: err.Error()}
}

// Run executes the program on the thread. Names it reads and binds are those of the namespace. An error of the program
// is an *starlark.EvalError, which AsError turns into Python's terms.
func (p *Program) Run(thread *starlark.Thread, ns *Namespace) error {
	_, err := p.prog.Init(thread, ns.predeclared)
	return err
}

// Namespace holds the module-level names of the programs of one document. It is not safe for concurrent use.
type Namespace struct {
	user, host  starlark.StringDict
	predeclared starlark.StringDict
}

// NewNamespace returns a namespace of Python's built-in names, those of the host in front of them. The programs print
// the values of their expression statements by calling echo.
func NewNamespace(host starlark.StringDict, echo func(starlark.Value)) *Namespace {
	ns := &Namespace{user: starlark.StringDict{}, host: host}
	ns.predeclared = starlark.StringDict{
		treeGlobals: ns,
		treeEcho: builtin(treeEcho, func(args starlark.Tuple) (starlark.Value, error) {
			if args[0] != starlark.None {
				echo(args[0])
			}
			return starlark.None, nil
		}),
		treePercent: builtin(treePercent, percentOperator),
		treeFormat:  starlark.NewBuiltin(treeFormat, formatMethod),
		hostFString: builtin(hostFString, formatFields),
		hostWith:    builtin(hostWith, with),
		hostAssert:  starlark.NewBuiltin(hostAssert, assert),
		hostRaise:   builtin(hostRaise, raise),
	}
	return ns
}

func builtin(name string, fn func(starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name,
		func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return fn(args)
		})
}

// Get implements starlark.Mapping: it looks a name up in the document, then in the host, then among what is built in.
func (ns *Namespace) Get(k starlark.Value) (starlark.Value, bool, error) {
	name := string(k.(starlark.String))
	for _, d := range []starlark.StringDict{ns.user, ns.host, builtins(), starlark.Universe} {
		if v, ok := d[name]; ok {
			return v, true, nil
		}
	}
	return nil, false, Errorf("NameError", "name '%s' is not defined", name)
}

// SetKey implements starlark.HasSetKey: it binds a name of the document.
func (ns *Namespace) SetKey(k, v starlark.Value) error {
	ns.user[string(k.(starlark.String))] = v
	return nil
}

// Freeze implements starlark.Value; a namespace stays mutable.
func (ns *Namespace) Freeze() {}

// Hash implements starlark.Value.
func (ns *Namespace) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: %s", ns.Type()) }

func (ns *Namespace) String() string { return "<namespace>" }

// Truth implements starlark.Value.
func (ns *Namespace) Truth() starlark.Bool { return true }

// Type implements starlark.Value.
func (ns *Namespace) Type() string { return "namespace" }
