package cmd

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"sync"

	"guild/opdef/project"
	"guild/opdef/python"
	"guild/opdef/python/pyenv"
	"guild/opdef/userconfig"
	"guild/runs/pyyaml"
)

// User is the configuration and the Python interpreter of the user. It loads projects and reads flags with them.
type User struct {
	Home  string                      // Guild home, for its configuration file
	Dir   string                      // the current directory, or that of the option -C
	Cache func(elem ...string) string // directory below the cache

	Warn func(text string) // receives warnings about projects; may be nil

	warned  map[string]bool
	mu      sync.Mutex // guards pythons
	pythons map[pyenv.Choice]*chosen
}

// chosen is an interpreter, determined once.
type chosen struct {
	once sync.Once
	info python.Info
	err  error
}

// LoadProject reads the project of a directory; empty is the current one. Defaults of built-in operations come from the environment and the
// user configuration.
func (u *User) LoadProject(dir string) (*project.Project, error) {
	p, err := project.Load(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	for _, text := range p.Warnings() {
		u.warn(text)
	}
	if _, err := os.Stat(filepath.Join(p.Dir, "guild_patch.py")); err == nil {
		u.warn("guild_patch.py is ignored: it changes code of Guild AI, which does not run here")
	}
	config, err := u.config()
	if err != nil {
		return nil, err
	}
	address := config.DashboardAddress
	if env := os.Getenv("GUILD_DASHBOARD_ADDRESS"); env != "" {
		address = pyyaml.DecodeScalar(env)
	}
	if address != nil {
		p.BuiltinDefaults = map[string]map[string]any{"dask:scheduler": {"dashboard-address": address}}
	}
	return p, nil
}

// LoadWhole is LoadProject for a command that shows all operations: it also warns about what keeps some from being run.
func (u *User) LoadWhole(dir string) (*project.Project, error) {
	p, err := u.LoadProject(dir)
	if err != nil {
		return nil, err
	}
	for _, err := range p.Errors() {
		u.warn(err.Error())
	}
	return p, nil
}

// warn reports what is ignored in a project, once for each text.
func (u *User) warn(text string) {
	if u.Warn == nil || u.warned[text] {
		return
	}
	if u.warned == nil {
		u.warned = map[string]bool{}
	}
	u.warned[text] = true
	u.Warn(text)
}

func (u *User) config() (userconfig.Config, error) {
	return userconfig.Load(userconfig.Find(".", u.Home, os.Getenv))
}

// Python returns the interpreter for operations without a project: from the environment, the user configuration, or else the first on PATH.
func (u *User) Python(ctx context.Context) (python.Info, error) {
	return u.PythonOf(ctx, pyenv.Choice{Setting: pyenv.None})
}

// PythonOf returns the interpreter that a project chooses. It is determined once.
func (u *User) PythonOf(ctx context.Context, c pyenv.Choice) (python.Info, error) {
	one := u.chosen(c)
	one.once.Do(func() { one.info, one.err = u.findPython(ctx, c) })
	return one.info, one.err
}

func (u *User) chosen(c pyenv.Choice) *chosen {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pythons == nil {
		u.pythons = map[pyenv.Choice]*chosen{}
	}
	if u.pythons[c] == nil {
		u.pythons[c] = &chosen{}
	}
	return u.pythons[c]
}

// Environment returns the environment that a project chooses for an operation, which need not be activated. It is empty if the user chooses
// another one: by GUILD_PYTHON_EXE, an active environment, or the user configuration. A setting of the operation has precedence over the
// latter two.
func (u *User) Environment(ctx context.Context, c pyenv.Choice) (pyenv.Environment, error) {
	if os.Getenv(python.ExeVariable) != "" || c.Setting == pyenv.None {
		return pyenv.Environment{}, nil
	}
	if c.Setting == "" {
		config, err := u.config()
		if err != nil || config.Python != "" || pyenv.Active(os.Getenv) {
			return pyenv.Environment{}, err
		}
	}
	return pyenv.Find(ctx, c)
}

func (u *User) findPython(ctx context.Context, c pyenv.Choice) (python.Info, error) {
	env, err := u.Environment(ctx, c)
	if err != nil {
		return python.Info{}, err
	}
	exe := env.Exe
	if exe == "" {
		config, err := u.config()
		if err != nil {
			return python.Info{}, err
		}
		if exe = cmp.Or(os.Getenv(python.ExeVariable), config.Python); exe == "" {
			if exe, err = python.Find(); err != nil {
				return python.Info{}, err
			}
		}
	}
	return python.Probe(ctx, exe, u.Cache())
}

// Interface returns how a script receives flags, see opdef.FlagReader.
func (u *User) Interface(ctx context.Context, s python.Script) (string, error) {
	r, err := u.reader(ctx, s)
	if err != nil {
		return "", err
	}
	return r.Interface(ctx, s)
}

// Flags reads the flags of a script, see opdef.FlagReader.
func (u *User) Flags(ctx context.Context, s python.Script) (python.Detection, error) {
	r, err := u.reader(ctx, s)
	if err != nil {
		return python.Detection{}, err
	}
	return r.Flags(ctx, s)
}

// Written reads the flags from the source of a script, see opdef.FlagReader.
func (u *User) Written(ctx context.Context, s python.Script) (python.Detection, error) {
	r, err := u.reader(ctx, s)
	if err != nil {
		return python.Detection{}, err
	}
	return r.Written(ctx, s)
}

func (u *User) reader(ctx context.Context, s python.Script) (python.Reader, error) {
	info, err := u.PythonOf(ctx, s.Env)
	if err != nil {
		return python.Reader{}, err
	}
	return python.Reader{Exe: info.Exe, CacheDir: u.Cache("import-flags")}, nil
}
