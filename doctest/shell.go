package doctest

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// command is what run, quiet and run_capture are asked for.
type command struct {
	text    string
	quiet   bool
	ignore  []*regexp.Regexp
	timeout time.Duration
	cut     []int
	cwd     string // empty for that of the session
	env     []string
}

const (
	defaultTimeout = 3600 * time.Second
	asciiSpace     = " \t\n\r\v\f"
)

// parseCommand reads the arguments of run and its kin.
func (s *session) parseCommand(a arguments) (command, error) {
	c := command{timeout: defaultTimeout}
	var ignore, timeout, cut, cwd, env starlark.Value
	err := a.unpack("cmd", &c.text, "quiet?", &c.quiet, "ignore??", &ignore, "timeout??", &timeout, "cut??", &cut, "cwd??", &cwd, "env??", &env)
	if err != nil {
		return c, err
	}
	if timeout != nil {
		seconds, ok := starlark.AsFloat(timeout)
		if !ok {
			return c, pystar.Errorf("TypeError", "timeout must be a number, not %s", pystar.TypeName(timeout))
		}
		c.timeout = time.Duration(seconds * float64(time.Second))
	}
	if c.ignore, err = patterns(ignore); err != nil {
		return c, err
	}
	if c.cut, err = columns(cut); err != nil {
		return c, err
	}
	if cwd != nil {
		c.cwd = s.resolve(pystar.Str(cwd))
	}
	c.env, err = variables(env)
	return c, err
}

// patterns compiles a pattern or a list of them.
func patterns(v starlark.Value) ([]*regexp.Regexp, error) {
	list, err := stringList(v)
	if err != nil {
		return nil, err
	}
	var out []*regexp.Regexp
	for _, p := range list {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, pystar.Errorf("ValueError", "invalid pattern: %s", err)
		}
		out = append(out, re)
	}
	return out, nil
}

func columns(v starlark.Value) ([]int, error) {
	if v == nil {
		return nil, nil
	}
	list, ok := v.(*starlark.List)
	if !ok || list.Len() == 0 {
		return nil, pystar.Errorf("AssertionError", "cut must be a list of column numbers, not %s", pystar.Repr(v))
	}
	var out []int
	for i := range list.Len() {
		n, err := starlark.AsInt32(list.Index(i))
		if err != nil {
			return nil, pystar.Errorf("TypeError", "cut must be a list of column numbers, not %s", pystar.Repr(v))
		}
		out = append(out, n)
	}
	return out, nil
}

// variables reads a dictionary as environment variables.
func variables(v starlark.Value) ([]string, error) {
	if v == nil {
		return nil, nil
	}
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, pystar.Errorf("TypeError", "env must be a dict, not %s", pystar.TypeName(v))
	}
	var out []string
	for _, kv := range d.Items() {
		out = append(out, pystar.Str(kv[0])+"="+pystar.Str(kv[1]))
	}
	return out, nil
}

// helperRun implements run and quiet.
func (s *session) helperRun(a arguments) (starlark.Value, error) {
	c, err := s.parseCommand(a)
	if err != nil {
		return nil, err
	}
	return starlark.None, s.runPrinting(c)
}

// runPrinting runs a command and prints its output and exit code; a quiet one only if it fails.
func (s *session) runPrinting(c command) error {
	text, code, err := s.runCommand(c)
	if err != nil || c.quiet && code == 0 {
		return err
	}
	if text != "" {
		s.print(text, "\n")
	}
	s.print(fmt.Sprintf("<exit %d>\n", code))
	return nil
}

// runCapture implements run_capture.
func (s *session) runCapture(a arguments) (starlark.Value, error) {
	c, err := s.parseCommand(a)
	if err != nil {
		return nil, err
	}
	text, code, err := s.runCommand(c)
	switch {
	case err != nil:
		return nil, err
	case c.quiet && code == 0:
		return starlark.None, nil
	case code != 0:
		return nil, runError(starlark.String(shellText(c.text)), c.cwd, code, text)
	}
	return starlark.String(text), nil
}

// runError is the error of a command that failed: its command, directory, exit code and output.
func runError(cmd starlark.Value, cwd string, code int, output string) error {
	dir := starlark.Value(starlark.None)
	if cwd != "" {
		dir = starlark.String(cwd)
	}
	t := starlark.Tuple{cmd, dir, starlark.MakeInt(code), starlark.String(output)}
	return &pystar.Error{Class: "RunError", Msg: pystar.Repr(t)}
}

func shellText(cmd string) string { return "set -eu && " + cmd }

// runCommand runs a shell command and returns its output, ready to print, and its exit code: -N if signal N ended it.
func (s *session) runCommand(c command) (text string, code int, err error) {
	out, code, err := s.exec(c)
	if err != nil {
		return "", 0, err
	}
	text = strings.ToValidUTF8(strings.Trim(string(out), asciiSpace), string(utf8.RuneError))
	if c.ignore != nil {
		text = dropLines(text, c.ignore)
	}
	if c.cut != nil {
		text = cutColumns(text, c.cut)
	}
	return text, code, nil
}

func (s *session) exec(c command) (out []byte, code int, err error) {
	cmd := exec.Command("/bin/sh", "-c", shellText(c.text))
	cmd.Dir = s.cwd
	if c.cwd != "" {
		cmd.Dir = c.cwd
	}
	cmd.Env = append(append(s.environ(), c.env...), "SYNC_RUN_OUTPUT=1")
	return s.capture(cmd, c.timeout)
}

// dropLines removes the lines in which a pattern is found.
func dropLines(text string, patterns []*regexp.Regexp) string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if !matchesAny(line, patterns) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func matchesAny(line string, patterns []*regexp.Regexp) bool {
	for _, p := range patterns {
		if p.MatchString(line) {
			return true
		}
	}
	return false
}

// cutColumns keeps the given columns of each line, in that order.
func cutColumns(text string, cut []int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		columns := strings.Fields(line)
		var kept []string
		for _, n := range cut {
			if n >= 0 && n < len(columns) {
				kept = append(kept, columns[n])
			}
		}
		lines[i] = strings.Join(kept, " ")
	}
	return strings.Join(lines, "\n")
}
