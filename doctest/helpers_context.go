package doctest

import (
	"maps"
	"path/filepath"
	"regexp"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) contextHelpers() map[string]helper {
	return map[string]helper{
		"Env":            s.envContext,
		"Chdir":          s.pathContext("Chdir", s.enterDir),
		"SetCwd":         s.pathContext("SetCwd", s.enterDir),
		"SetGuildHome":   s.pathContext("SetGuildHome", s.enterGuildHome),
		"Ignore":         s.ignoreContext,
		"LogCapture":     s.logContext,
		"set_guild_home": s.setGuildHome,
		"guild_home":     text(func() (string, error) { return s.guildHome(), nil }),
		"use_project":    s.useProject,
	}
}

// contextValue is a value for a with statement: enter does its work and returns what undoes it.
type contextValue struct {
	name  string
	enter func() (undo func(), err error)
	undo  []func() // of the blocks that are open, as one value can be entered again
}

// Enter implements pystar.ContextManager.
func (c *contextValue) Enter() (starlark.Value, error) {
	undo, err := c.enter()
	if err != nil {
		return nil, err
	}
	c.undo = append(c.undo, undo)
	return starlark.None, nil
}

// Exit implements pystar.ContextManager.
func (c *contextValue) Exit() {
	last := len(c.undo) - 1
	c.undo[last]()
	c.undo = c.undo[:last]
}

func (c *contextValue) Freeze()               {}
func (c *contextValue) Hash() (uint32, error) { return starlark.String(c.name).Hash() }
func (c *contextValue) String() string        { return "<" + c.name + " object>" }
func (c *contextValue) Truth() starlark.Bool  { return true }
func (c *contextValue) Type() string          { return c.name }

// keepEnv returns a function that restores the present environment.
func (s *session) keepEnv() func() {
	saved := maps.Clone(s.env)
	return func() { s.env = saved }
}

func (s *session) envContext(a arguments) (starlark.Value, error) {
	var vals *starlark.Dict
	var replace bool
	if err := a.unpack("vals", &vals, "replace?", &replace); err != nil {
		return nil, err
	}
	return &contextValue{name: "Env", enter: func() (func(), error) {
		undo := s.keepEnv()
		if replace {
			s.env = map[string]string{}
		}
		for _, kv := range vals.Items() {
			s.setenv(pystar.Str(kv[0]), kv[1])
		}
		return undo, nil
	}}, nil
}

func (s *session) pathContext(name string, enter func(path string) (func(), error)) helper {
	return func(a arguments) (starlark.Value, error) {
		var path string
		if err := a.unpack("path", &path); err != nil {
			return nil, err
		}
		return &contextValue{name: name, enter: func() (func(), error) { return enter(path) }}, nil
	}
}

func (s *session) enterDir(path string) (func(), error) {
	saved := s.cwd
	return func() { s.cwd = saved }, s.chdir(path)
}

func (s *session) enterGuildHome(path string) (func(), error) {
	saved := starlark.Value(starlark.None)
	if home, ok := s.env["GUILD_HOME"]; ok {
		saved = starlark.String(home)
	}
	s.env["GUILD_HOME"] = path
	return func() { s.setenv("GUILD_HOME", saved) }, nil
}

func (s *session) ignoreContext(a arguments) (starlark.Value, error) {
	var v starlark.Value
	if err := a.unpack("patterns", &v); err != nil {
		return nil, err
	}
	res, err := patterns(v)
	if err != nil {
		return nil, err
	}
	return &contextValue{name: "Ignore", enter: func() (func(), error) { return s.filterOutput(res), nil }}, nil
}

// logContext is for documents that keep what the program logs from their output. The program under test is another process,
// whose log is part of its output, so there is nothing to keep.
func (s *session) logContext(a arguments) (starlark.Value, error) {
	return &contextValue{name: "LogCapture", enter: func() (func(), error) { return func() {}, nil }}, a.unpack()
}

// filterOutput collects output; the returned function passes it on without the lines in which a pattern is found.
func (s *session) filterOutput(patterns []*regexp.Regexp) func() {
	outer := s.out
	s.out = &strings.Builder{}
	return func() {
		text := s.out.String()
		s.out = outer
		s.print(dropLines(text, patterns))
	}
}

func (s *session) setGuildHome(a arguments) (starlark.Value, error) {
	var path starlark.Value
	if err := a.unpack("path", &path); err != nil {
		return nil, err
	}
	s.setenv("GUILD_HOME", path)
	return starlark.None, nil
}

func (s *session) guildHome() string {
	if home := s.env["GUILD_HOME"]; home != "" {
		return home
	}
	return filepath.Join(s.env["HOME"], ".guild")
}

// useProject changes to a sample project, or any directory, with a Guild home of its own.
func (s *session) useProject(a arguments) (starlark.Value, error) {
	var name string
	var home starlark.Value
	if err := a.unpack("project_name", &name, "guild_home??", &home); err != nil {
		return nil, err
	}
	if home == nil {
		dir, err := s.tempDir(tempPrefix)
		if err != nil {
			return nil, err
		}
		home = starlark.String(dir)
	}
	if err := s.chdir(joinPaths(s.samplesDir(), "projects", name)); err != nil {
		return nil, err
	}
	s.setenv("GUILD_HOME", home)
	return starlark.None, nil
}
