package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guild/opdef/python"
	"guild/opdef/python/pyenv"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
)

// restoreEnv makes the environment of a run again, once for all runs that have recorded the same, and has it used. done says that nothing
// else was asked for.
func (c *Run) restoreEnv(ctx context.Context, store *catalog.Catalog, con *console.Console) (done bool, err error) {
	r, err := filter.Latest(store, &filter.Filter{}, c.RestoreEnv)
	if err != nil {
		return false, fmt.Errorf("--restore-env: %w", err)
	}
	recorded, err := recordedEnv(r)
	if err != nil {
		return false, fmt.Errorf("--restore-env %s: %w", c.RestoreEnv, err)
	}
	dir := store.CacheDir("environments", envKey(recorded))
	exe := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(exe); err != nil {
		if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
			return false, fmt.Errorf("--restore-env: %w", err)
		}
		con.Notef("Making the environment of run %s\n", r.ShortID())
		if exe, err = pyenv.Restore(ctx, recorded, dir, con.Err); err != nil {
			return false, err
		}
	}
	if c.Operation == "" && c.Proto == "" && c.Restart == "" && c.Start == "" {
		con.Data(exe)
		return true, nil
	}
	err = os.Setenv(python.ExeVariable, exe)
	for name, value := range pyenv.Variables("venv", dir, os.Getenv("PATH")) { // for programs that are no Python
		err = errors.Join(err, os.Setenv(name, value))
	}
	return false, err
}

// recordedEnv returns the environment that a run has recorded.
func recordedEnv(r *runs.Run) (pyenv.Recorded, error) {
	about, _ := r.Attr(recipe.EnvironmentAttr)
	env, _ := about.(map[string]any)
	if image, _ := env["image"].(string); image != "" {
		return pyenv.Recorded{}, fmt.Errorf("the run ran in the image '%s', which is its environment", image)
	}
	recorded := pyenv.Recorded{Files: r.GuildPath(recipe.EnvironmentDir)}
	recorded.Python, _ = env["python"].(string)
	packages, _ := r.Attr("pip_freeze")
	if list, ok := packages.([]any); ok {
		recorded.Freeze = []string{}
		for _, item := range list {
			recorded.Freeze = append(recorded.Freeze, fmt.Sprint(item))
		}
	}
	if recorded.Freeze == nil && env == nil {
		return pyenv.Recorded{}, errors.New("the run has recorded no Python environment: name one of a Python operation")
	}
	return recorded, nil
}

// envKey returns a key that is equal for equal environments.
func envKey(r pyenv.Recorded) string {
	hash := sha256.New()
	files := pyenv.LockFiles(r.Files)
	for _, name := range []string{"uv.lock", "pyproject.toml", "requirements.txt"} {
		fmt.Fprintf(hash, "%s %d\n%s", name, len(files[name]), files[name])
	}
	fmt.Fprintf(hash, "%s\n%s", r.Python, strings.Join(r.Freeze, "\n"))
	return hex.EncodeToString(hash.Sum(nil)[:8])
}
