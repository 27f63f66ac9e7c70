package doctest

import (
	"maps"
	"runtime"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"guild/doctest/pystar"
)

// arguments are those of a call from a document.
type arguments struct {
	name   string
	args   starlark.Tuple
	kwargs []starlark.Tuple
}

// unpack assigns the arguments to variables, given as pairs of a name and a pointer. See starlark.UnpackArgs.
func (a arguments) unpack(pairs ...any) error {
	return starlark.UnpackArgs(a.name, a.args, a.kwargs, pairs...)
}

// strings returns the positional arguments, at least min, all of which must be text; there may be no others.
func (a arguments) strings(least int) ([]string, error) {
	if len(a.kwargs) > 0 {
		return nil, pystar.Errorf("TypeError", "%s() takes no keyword arguments", a.name)
	}
	if len(a.args) < least {
		return nil, pystar.Errorf("TypeError", "%s() takes at least %d argument(s) (%d given)", a.name, least, len(a.args))
	}
	return stringList(a.args)
}

// stringList reads a text, or a list or tuple of texts. None and nil are an empty list.
func stringList(v starlark.Value) ([]string, error) {
	if v == nil || v == starlark.None {
		return nil, nil
	}
	if s, ok := v.(starlark.String); ok {
		return []string{string(s)}, nil
	}
	iterable, ok := v.(starlark.Iterable)
	if !ok {
		return nil, pystar.Errorf("TypeError", "'%s' object is not iterable", pystar.TypeName(v))
	}
	var out []string
	iter := iterable.Iterate()
	defer iter.Done()
	for x := starlark.Value(nil); iter.Next(&x); {
		s, ok := x.(starlark.String)
		if !ok {
			return nil, pystar.Errorf("TypeError", "expected str, not %s", pystar.TypeName(x))
		}
		out = append(out, string(s))
	}
	return out, nil
}

func listOf(texts []string) *starlark.List {
	list := make([]starlark.Value, len(texts))
	for i, t := range texts {
		list[i] = starlark.String(t)
	}
	return starlark.NewList(list)
}

// helper is a function that documents can call.
type helper func(arguments) (starlark.Value, error)

func (h helper) value(name string) *starlark.Builtin {
	return starlark.NewBuiltin(name,
		func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return h(arguments{b.Name(), args, kwargs})
		})
}

// onPath makes a helper of a function of one path that returns nothing. The path is passed as written.
func onPath(fn func(path string) error) helper {
	return func(a arguments) (starlark.Value, error) {
		var path string
		if err := a.unpack("path", &path); err != nil {
			return nil, err
		}
		return starlark.None, fn(path)
	}
}

// onPaths makes a helper of a function of two paths that returns nothing. The second one is named.
func onPaths(second string, fn func(a, b string) error) helper {
	return func(a arguments) (starlark.Value, error) {
		var x, y string
		if err := a.unpack("src", &x, second, &y); err != nil {
			return nil, err
		}
		return starlark.None, fn(x, y)
	}
}

// ofText makes a helper of a function from text to a value.
func ofText(fn func(string) starlark.Value) helper {
	return func(a arguments) (starlark.Value, error) {
		var text string
		if err := a.unpack("value", &text); err != nil {
			return nil, err
		}
		return fn(text), nil
	}
}

// text makes a helper of a function without arguments that returns text.
func text(fn func() (string, error)) helper {
	return func(a arguments) (starlark.Value, error) {
		if err := a.unpack(); err != nil {
			return nil, err
		}
		s, err := fn()
		return starlark.String(s), err
	}
}

// helpers returns the names that a document finds.
func (s *session) helpers() starlark.StringDict {
	out := starlark.StringDict{"PLATFORM": starlark.String(platformName())}
	groups := []map[string]helper{s.shellHelpers(), s.pathHelpers(), s.fileHelpers(), s.treeHelpers(), s.printHelpers(),
		s.contextHelpers(), s.projectHelpers()}
	for _, group := range groups {
		for name, h := range group {
			out[name] = h.value(name)
		}
	}
	maps.Copy(out, s.modules())
	out["guildfile"] = s.guildfileModule()
	for _, name := range uatConstants {
		if value := s.env[name]; value != "" {
			out[name] = starlark.String(value)
		}
	}
	return out
}

func platformName() string {
	return map[string]string{"linux": "Linux", "darwin": "Darwin", "windows": "Windows"}[runtime.GOOS]
}

func (s *session) shellHelpers() map[string]helper {
	return map[string]helper{
		"run":         s.helperRun,
		"quiet":       quietly(s.helperRun),
		"run_capture": s.runCapture,
		"sleep":       s.sleep,
	}
}

// quietly adds quiet=True to the arguments.
func quietly(h helper) helper {
	return func(a arguments) (starlark.Value, error) {
		a.kwargs = append(a.kwargs, starlark.Tuple{starlark.String("quiet"), starlark.True})
		return h(a)
	}
}

// module makes the stand-in of a Python module.
func module(members starlark.StringDict) starlark.Value {
	return starlarkstruct.FromStringDict(starlark.String("module"), members)
}
