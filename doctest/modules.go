package doctest

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// importable are the modules that a document may import: stand-ins with the few members that documents use.
var importable = []string{"os", "json", "re", "yaml", "time", "glob"}

func (s *session) modules() starlark.StringDict {
	member := func(h helper, name string) starlark.Value { return h.value(name) }
	return starlark.StringDict{
		"os": module(starlark.StringDict{
			"getenv":  member(s.osGetenv, "getenv"),
			"remove":  member(onPath(s.unlink), "remove"),
			"symlink": member(onPaths("dst", s.symlink), "symlink"),
			"getpid":  member(getpid, "getpid"),
			"path":    module(starlark.StringDict{"sep": starlark.String(os.PathSeparator)}),
		}),
		"json": module(starlark.StringDict{
			pystar.LoadName: member(loadFile(decodeJSON), "load"),
			"loads":         member(loadText(decodeJSON), "loads"),
		}),
		"yaml": module(starlark.StringDict{"safe_load": member(loadAny(decodeYAML), "safe_load")}),
		"re": module(starlark.StringDict{
			"search":    member(search, "search"),
			"MULTILINE": starlark.MakeInt(reMultiline),
		}),
		"glob": module(starlark.StringDict{"glob": member(s.glob, "glob")}),
		"time": module(starlark.StringDict{"time": member(now, "time")}),
	}
}

func (s *session) osGetenv(a arguments) (starlark.Value, error) {
	var name string
	fallback := starlark.Value(starlark.None)
	if err := a.unpack("key", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	if value, ok := s.env[name]; ok {
		return starlark.String(value), nil
	}
	return fallback, nil
}

// glob returns the paths that match a shell pattern.
func (s *session) glob(a arguments) (starlark.Value, error) {
	var pattern string
	if err := a.unpack("pathname", &pattern); err != nil {
		return nil, err
	}
	found, err := filepath.Glob(s.resolve(pattern))
	if err != nil {
		return nil, pystar.Errorf("ValueError", "invalid pattern '%s'", pattern)
	}
	if !filepath.IsAbs(pattern) {
		for i := range found {
			found[i] = strings.TrimPrefix(found[i], s.cwd+"/")
		}
	}
	return listOf(found), nil
}

func getpid(a arguments) (starlark.Value, error) {
	return starlark.MakeInt(os.Getpid()), a.unpack()
}

func now(a arguments) (starlark.Value, error) {
	return starlark.Float(float64(time.Now().UnixNano()) / 1e9), a.unpack()
}

// sleep waits, or until the document is stopped.
func (s *session) sleep(a arguments) (starlark.Value, error) {
	var seconds starlark.Value
	if err := a.unpack("seconds", &seconds); err != nil {
		return nil, err
	}
	n, ok := starlark.AsFloat(seconds)
	if !ok {
		return nil, pystar.Errorf("TypeError", "'%s' object cannot be interpreted as an integer", pystar.TypeName(seconds))
	}
	timer := time.NewTimer(time.Duration(n * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return starlark.None, nil
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

func loadText(decode func(string) (starlark.Value, error)) helper {
	return func(a arguments) (starlark.Value, error) {
		var text string
		if err := a.unpack("s", &text); err != nil {
			return nil, err
		}
		return decode(text)
	}
}

func loadFile(decode func(string) (starlark.Value, error)) helper {
	return func(a arguments) (starlark.Value, error) {
		var v starlark.Value
		if err := a.unpack("fp", &v); err != nil {
			return nil, err
		}
		f, ok := v.(*file)
		if !ok {
			return nil, pystar.Errorf("AttributeError", "'%s' object has no attribute 'read'", pystar.TypeName(v))
		}
		return decode(f.rest())
	}
}

// loadAny decodes text or a file.
func loadAny(decode func(string) (starlark.Value, error)) helper {
	return func(a arguments) (starlark.Value, error) {
		if len(a.args) == 1 {
			if _, ok := a.args[0].(*file); ok {
				return loadFile(decode)(a)
			}
		}
		return loadText(decode)(a)
	}
}
