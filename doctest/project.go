package doctest

import (
	"bytes"
	"os/exec"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) projectHelpers() map[string]helper {
	return map[string]helper{"Project": s.newProject, "print_runs": s.printRuns}
}

// project is a Project object: a directory and a Guild home that runs are made and looked at in, through the command
// line of the guild under test.
type project struct {
	s       *session
	cwd     string
	home    string
	env     []string
	methods map[string]helper
}

func (s *session) newProject(a arguments) (starlark.Value, error) {
	var cwd string
	var home, env starlark.Value
	if err := a.unpack("cwd", &cwd, "guild_home??", &home, "env??", &env); err != nil {
		return nil, err
	}
	p := &project{s: s, cwd: cwd}
	var err error
	if p.env, err = variables(env); err != nil {
		return nil, err
	}
	if home == nil {
		p.home, err = s.tempDir(tempPrefix)
	} else {
		p.home = s.resolve(pystar.Str(home))
	}
	p.methods = map[string]helper{
		"run": p.run, "run_capture": p.runCapture, "run_quiet": p.runQuiet, "print_trials": p.printTrials,
		"list_runs": p.listRuns, "print_runs": p.printRuns, "delete_runs": p.deleteRuns, "label": p.label, "tag": p.tag,
		"mark": p.mark, "stop_runs": p.stopRuns, "compare": p.compare, "select": p.selectRun, "scalars": p.scalars,
		"cat": p.cat, "ls": p.ls,
	}
	return p, err
}

func (p *project) Freeze()               {}
func (p *project) Hash() (uint32, error) { return starlark.String(p.home).Hash() }
func (p *project) String() string        { return "<Project object>" }
func (p *project) Truth() starlark.Bool  { return true }
func (p *project) Type() string          { return "Project" }

// AttrNames implements starlark.HasAttrs.
func (p *project) AttrNames() []string {
	names := []string{"cwd", "dir", "guild_home"}
	for name := range p.methods {
		names = append(names, name)
	}
	return names
}

// Attr implements starlark.HasAttrs.
func (p *project) Attr(name string) (starlark.Value, error) {
	switch name {
	case "cwd", "dir":
		return starlark.String(p.cwd), nil
	case "guild_home":
		return starlark.String(p.home), nil
	}
	if h, ok := p.methods[name]; ok {
		return h.value(name), nil
	}
	return nil, nil
}

// call is one use of the command line.
type call struct {
	args []string
	cwd  string // relative to the project
	env  []string
}

// command prepares a call in the environment of the project.
func (p *project) command(c call) (*exec.Cmd, error) {
	path := p.s.which("guild")
	if path == "" {
		return nil, pystar.Errorf("FileNotFoundError", "[Errno 2] No such file or directory: 'guild'")
	}
	cmd := exec.Command(p.s.resolve(path), c.args...)
	cmd.Dir = p.s.resolve(p.cwd)
	if c.cwd != "" {
		cmd.Dir = joinPaths(cmd.Dir, c.cwd)
	}
	env := []string{"NO_IMPORT_FLAGS_PROGRESS=1", "NO_WARN_RUNDIR=1", "GUILD_HOME=" + p.home}
	if p.s.env["LANG"] == "" {
		env = append(env, "LANG=en_US.UTF-8")
	}
	cmd.Env = append(append(p.s.environ(env...), p.env...), c.env...)
	return cmd, nil
}

// output runs guild and returns what it wrote, both streams in order. A failure is a *guildError.
func (p *project) output(c call) (string, error) {
	cmd, err := p.command(c)
	if err != nil {
		return "", err
	}
	out, code, err := p.s.capture(cmd, defaultTimeout)
	if err == nil && code != 0 {
		err = &guildError{cmd, code, string(out)}
	}
	return string(out), err
}

// data runs guild and returns its standard output alone.
func (p *project) data(args ...string) (string, error) {
	cmd, err := p.command(call{args: args})
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, code, err := p.s.capture(cmd, defaultTimeout)
	if err == nil && code != 0 {
		err = &guildError{cmd, code, stderr.String() + string(out)}
	}
	return string(out), err
}

// print runs guild and prints what it wrote.
func (p *project) print(args ...string) (starlark.Value, error) {
	out, err := p.output(call{args: args})
	if err != nil {
		return nil, asRunError(err)
	}
	p.s.print(out)
	return starlark.None, nil
}

// guildError is a call of guild that failed.
type guildError struct {
	cmd    *exec.Cmd
	code   int
	output string
}

func (e *guildError) Error() string { return strings.TrimSpace(e.output) }

// asRunError turns a *guildError into the RunError of documents. Other errors stay.
func asRunError(err error) error {
	e, ok := err.(*guildError) //nolint:errorlint // made by this file and not wrapped on the way
	if !ok {
		return err
	}
	return runError(listOf(e.cmd.Args), e.cmd.Dir, e.code, e.output)
}
