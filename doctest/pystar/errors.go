package pystar

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.starlark.net/starlark"
)

// Error is an exception in Python's terms.
type Error struct {
	Class, Msg string
}

// Errorf returns an exception of a class.
func Errorf(class, format string, args ...any) *Error {
	return &Error{Class: class, Msg: fmt.Sprintf(format, args...)}
}

// Error returns "Class: message", or the class alone.
func (e *Error) Error() string {
	if e.Msg == "" {
		return e.Class
	}
	return e.Class + ": " + e.Msg
}

// rules turn messages of the Starlark interpreter into Python's. In a message, $1 stands for a group of the pattern; a
// type name in it becomes Python's.
var rules = sync.OnceValue(func() []rule {
	return []rule{
		{regexp.MustCompile(`^key (?s:(.*)) not in \w+$`), "KeyError", "$1"},
		{regexp.MustCompile(`^(?:pop|.*): missing key$`), "KeyError", "missing key"},
		{regexp.MustCompile(`^(\w+) index -?\d+ out of range`), "IndexError", "$1 index out of range"},
		{regexp.MustCompile(`^index -?\d+ out of range: empty (\w+)`), "IndexError", "$1 index out of range"},
		{regexp.MustCompile(`^(\w+) has no \.(\w+) (?:field|method|attribute)`), "AttributeError", "'$1' object has no attribute '$2'"},
		{regexp.MustCompile(`^(?:floored|real|floating-point) division by zero|modulo by zero`), "ZeroDivisionError", "division by zero"},
		{regexp.MustCompile(`^unhandled index operation (\w+)\[`), "TypeError", "'$1' object is not subscriptable"},
		{regexp.MustCompile(`^unhashable(?: type)?: (\w+)`), "TypeError", "unhashable type: '$1'"},
		{regexp.MustCompile(`^int: invalid literal with base (\d+): (?s:(.*))$`), "ValueError", "invalid literal for int() with base $1: '$2'"},
		{regexp.MustCompile(`^(?:float|invalid float literal): (?s:(.*))$`), "ValueError", "could not convert string to float: $1"},
		{regexp.MustCompile(`^local variable (\w+) referenced before assignment`), "UnboundLocalError", "local variable '$1' referenced before assignment"},
		{regexp.MustCompile(`^(too (?:many|few) values to unpack.*)`), "ValueError", "$1"},
		{regexp.MustCompile(`^(?:function )?(\w+)(?::| got an)? unexpected keyword argument "?(\w+)"?`), "TypeError", "$1() got an unexpected keyword argument '$2'"},
		{regexp.MustCompile(`^(\w+): missing argument for (\w+)`), "TypeError", "$1() missing 1 required positional argument: '$2'"},
		{regexp.MustCompile(`^function (\w+) missing 1 argument \((\w+)\)`), "TypeError", "$1() missing 1 required positional argument: '$2'"},
		{regexp.MustCompile(`^function (\w+) accepts no arguments \((\d+) given\)`), "TypeError", "$1() takes 0 arguments ($2 given)"},
		{regexp.MustCompile(`^unknown binary op: (\w+) (\S+) (\w+)`), "TypeError", "unsupported operand type(s) for $2: '$1' and '$3'"},
	}
})

type rule struct {
	pattern    *regexp.Regexp
	class, msg string
}

// AsError returns an error of a program as an exception. An error that the interpreter raised gets the class and the
// words that Python has for it; where none are known the class is TypeError.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var se *SyntaxError
	var un *UnsupportedError
	if errors.As(err, &se) || errors.As(err, &un) {
		return &Error{Class: "SyntaxError", Msg: err.Error()}
	}
	msg := err.Error()
	for _, r := range rules() {
		m := r.pattern.FindStringSubmatch(msg)
		if m == nil {
			continue
		}
		text := r.msg
		for i, group := range m[1:] {
			text = strings.ReplaceAll(text, fmt.Sprintf("$%d", i+1), pythonText(group))
		}
		return &Error{Class: r.class, Msg: text}
	}
	return &Error{Class: "TypeError", Msg: msg}
}

// pythonText writes a part of a message as Python does: quoted text in single quotes, types by their Python names.
func pythonText(s string) string {
	if t, err := strconv.Unquote(s); err == nil {
		return Repr(starlark.String(t))
	}
	if name, ok := typeNames[s]; ok {
		return name
	}
	return s
}

// exceptionClass is a built-in exception that a document can call and raise.
type exceptionClass struct{ name string }

// exception is an instance of an exceptionClass.
type exception struct{ err *Error }

// classes are the exceptions that documents know by name.
var classes = []string{
	"Exception", "AssertionError", "AttributeError", "FileExistsError", "FileNotFoundError", "IndexError",
	"IsADirectoryError", "KeyError", "NameError", "NotADirectoryError", "NotImplementedError", "OSError",
	"PermissionError", "RunError", "RuntimeError", "SystemExit", "TypeError", "ValueError", "ZeroDivisionError",
}

func (c exceptionClass) Freeze()               {}
func (c exceptionClass) Hash() (uint32, error) { return starlark.String(c.name).Hash() }
func (c exceptionClass) String() string        { return "<class '" + c.name + "'>" }
func (c exceptionClass) Truth() starlark.Bool  { return true }
func (c exceptionClass) Type() string          { return "type" }
func (c exceptionClass) Name() string          { return c.name }

func (c exceptionClass) CallInternal(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	switch {
	case len(args) == 0:
		return exception{&Error{Class: c.name}}, nil
	case len(args) > 1:
		return exception{&Error{Class: c.name, Msg: Repr(args)}}, nil
	case c.name == "KeyError":
		return exception{&Error{Class: c.name, Msg: Repr(args[0])}}, nil
	}
	return exception{&Error{Class: c.name, Msg: Str(args[0])}}, nil
}

func (e exception) Freeze()               {}
func (e exception) Hash() (uint32, error) { return starlark.String(e.err.Error()).Hash() }
func (e exception) String() string        { return e.err.Msg }
func (e exception) Truth() starlark.Bool  { return true }
func (e exception) Type() string          { return e.err.Class }

func (e exception) repr() string {
	if e.err.Msg == "" {
		return e.err.Class + "()"
	}
	return e.err.Class + "(" + Repr(starlark.String(e.err.Msg)) + ")"
}

// raise implements the raise statement; a cause is ignored.
func raise(args starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, Errorf("RuntimeError", "No active exception to reraise")
	}
	switch v := args[0].(type) {
	case exception:
		return nil, v.err
	case exceptionClass:
		return nil, &Error{Class: v.name}
	}
	return nil, Errorf("TypeError", "exceptions must derive from BaseException")
}

// assert implements the assert statement. The message is a function, called when the condition is false.
func assert(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if args[0].Truth() {
		return starlark.None, nil
	}
	if len(args) == 1 {
		return nil, &Error{Class: "AssertionError"}
	}
	msg, err := starlark.Call(thread, args[1], nil, nil)
	if err != nil {
		return nil, err
	}
	return nil, &Error{Class: "AssertionError", Msg: Str(msg)}
}
