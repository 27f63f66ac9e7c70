// Package pyenv finds the Python environment of a project: one made by venv, uv or conda beside its guild.yml. The environment need not be
// activated.
package pyenv

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/runs/plainfile"
	"guild/runs/pyyaml"
)

// Choice is the setting of a project for its environment.
type Choice struct {
	Setting string // attribute python of the operation: see Find
	Dir     string // absolute directory of the guild.yml
}

// None is the setting that turns the search off.
const None = "no"

// Environment is a place where Python packages are installed.
type Environment struct {
	Kind string // venv, uv or conda; empty if there is none
	Dir  string // absolute; empty for an interpreter outside of environments
	Exe  string // absolute path of the interpreter; empty: the one on PATH
}

// Variables returns the variables that an activated environment sets. path is PATH without it.
func Variables(kind, dir, path string) map[string]string {
	name := "VIRTUAL_ENV"
	if kind == "conda" {
		name = "CONDA_PREFIX"
	}
	bin := filepath.Join(dir, "bin")
	if path != "" {
		bin += string(filepath.ListSeparator) + path
	}
	return map[string]string{name: dir, "PATH": bin}
}

// Active reports whether the user has activated an environment, which then counts. The base environment of conda, which many shells activate
// at their start, does not.
func Active(getenv func(string) string) bool {
	return getenv("VIRTUAL_ENV") != "" || getenv("CONDA_PREFIX") != "" && getenv("CONDA_DEFAULT_ENV") != "base"
}

// Find returns the environment of a project. The setting is empty, for an environment beside the guild.yml; None; the path of an
// environment or of an interpreter, relative to the guild.yml; the name of an interpreter on PATH; or conda:NAME. It is an error if the
// setting names something that does not exist.
func Find(ctx context.Context, c Choice) (Environment, error) {
	switch {
	case c.Setting == None:
		return Environment{}, nil
	case c.Setting == "":
		return beside(ctx, c.Dir)
	case strings.HasPrefix(c.Setting, "conda:"):
		name := strings.TrimPrefix(c.Setting, "conda:")
		if env, ok := condaNamed(name); ok {
			return env, nil
		}
		return Environment{}, fmt.Errorf("python: there is no conda environment '%s': 'conda env list' shows those that there are", name)
	}
	path := c.Setting
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Dir, path)
	}
	if env, ok := At(path); ok {
		return env, nil
	}
	if st, err := os.Stat(path); err == nil && !st.IsDir() {
		env, _ := At(filepath.Dir(filepath.Dir(path)))
		env.Exe = path
		return env, nil
	}
	if !strings.ContainsRune(c.Setting, filepath.Separator) {
		if exe, err := exec.LookPath(c.Setting); err == nil {
			exe, err = filepath.Abs(exe)
			return Environment{Exe: exe}, err
		}
	}
	return Environment{}, fmt.Errorf("python: '%s' is neither an environment nor an interpreter: give the path of one, or 'no'", c.Setting)
}

// At returns the environment in a directory.
func At(dir string) (env Environment, ok bool) {
	exe := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(exe); err != nil {
		return Environment{}, false
	}
	if cfg, err := plainfile.ReadUpTo(filepath.Join(dir, "pyvenv.cfg"), 1<<16); err == nil {
		kind := "venv"
		if strings.HasPrefix(string(cfg), "uv =") || strings.Contains(string(cfg), "\nuv =") {
			kind = "uv"
		}
		return Environment{kind, dir, exe}, true
	}
	if st, err := os.Stat(filepath.Join(dir, "conda-meta")); err == nil && st.IsDir() {
		return Environment{"conda", dir, exe}, true
	}
	return Environment{}, false
}

// localNames are common names of environments inside projects.
var localNames = [...]string{".venv", "venv", "env", ".conda"}

func beside(ctx context.Context, dir string) (Environment, error) {
	for _, name := range localNames {
		if env, ok := At(filepath.Join(dir, name)); ok {
			return env, nil
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "uv.lock")); err == nil {
		if uv, err := exec.LookPath("uv"); err == nil {
			return uvProject(ctx, uv, dir)
		}
	}
	if data, err := plainfile.ReadUpTo(filepath.Join(dir, "environment.yml"), 1<<20); err == nil {
		file, _ := pyyaml.Decode(data)
		fields, _ := file.(map[string]any)
		if name, _ := fields["name"].(string); name != "" {
			if env, ok := condaNamed(name); ok {
				return env, nil
			}
		}
	}
	return Environment{}, nil
}

// uvProject makes uv create the environment of a project, as `uv run` does.
func uvProject(ctx context.Context, uv, dir string) (Environment, error) {
	cmd := exec.CommandContext(ctx, uv, "run", "--project", dir, "python", "-c", "import sys; print(sys.executable)")
	var stderr strings.Builder
	cmd.Stderr, cmd.Dir = &stderr, dir
	out, err := cmd.Output()
	if err != nil {
		return Environment{}, fmt.Errorf("uv cannot make the environment of %s: %w\n%s(run 'uv sync' there, or set 'python: no' in the guild.yml)", dir, err, stderr.String())
	}
	exe := strings.TrimSpace(string(out))
	return Environment{"uv", filepath.Dir(filepath.Dir(exe)), exe}, nil
}

// condaNamed finds an environment by its name in conda's list of all environments.
func condaNamed(name string) (Environment, bool) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Environment{}, false
	}
	f, err := plainfile.Open(filepath.Join(home, ".conda", "environments.txt"))
	if err != nil {
		return Environment{}, false
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		dir := strings.TrimSpace(lines.Text())
		if filepath.Base(dir) != name {
			continue
		}
		if env, ok := At(dir); ok {
			return env, true
		}
	}
	return Environment{}, false
}
