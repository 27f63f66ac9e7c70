package invocation

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	"guild/proc/environ"
	"guild/proc/recipe"
	"guild/runs"
)

// Env is the environment of an operation's process.
type Env struct {
	All     map[string]string
	defined map[string]string // the part that guild.yml and flags define
}

// operationEnv returns the environment of an operation. Later sources override earlier ones: the environment of this process, the
// variables that the operation defines, and those that guild sets for every run.
func operationEnv(r *runs.Run, rec *recipe.Recipe, defined map[string]string, home string) map[string]string {
	env := environ.Outer()
	delete(env, opdef.DestVar) // of the run that this process may itself belong to
	maps.Copy(env, defined)
	env["PYTHONPATH"] = modulePath(rec, r, defined["PYTHONPATH"])
	env["PYTHONDONTWRITEBYTECODE"] = "1" // source code in a run directory stays as it was
	env["RUN_DIR"] = r.Dir
	env["RUN_ID"] = r.ID
	env["CMD_DIR"] = rec.CmdDir
	env["PROJECT_DIR"] = rec.ProjectDir
	env["GUILD_OP"] = r.Opref().OpSpec()
	env["GUILD_SOURCECODE"] = cmp.Or(rec.Source.Dest, ".")
	if home != "" {
		env["GUILD_HOME"] = home
	}
	if env["LOG_LEVEL"] == "" {
		env["LOG_LEVEL"] = "20" // Python's logging.INFO
	}
	return env
}

// modulePath returns the directories from which the operation imports modules, the package for Python excepted. defined are those that
// the operation defines.
func modulePath(rec *recipe.Recipe, r *runs.Run, defined string) string {
	return joinPaths(defined, sourceDir(rec, r), pythonPath(rec, r), environ.Outer()["PYTHONPATH"])
}

// importsLibrary reports whether Python, in the directory dir, finds the module guild of the library after path, and not another one before.
func importsLibrary(dir, path, library string) bool {
	if strings.ContainsRune(library, filepath.ListSeparator) {
		return false // it cannot be on Python's path
	}
	for _, d := range append(filepath.SplitList(path), dir) {
		if d == library { // inherited from a run that starts others
			continue
		}
		for _, name := range []string{"guild", "guild.py"} {
			if _, err := os.Stat(filepath.Join(d, name)); err == nil {
				return false
			}
		}
	}
	return true
}

// pythonPath returns the directories that the recipe adds to PYTHONPATH. Each is taken from the source code in the run or, where
// that lacks it, from the project.
func pythonPath(rec *recipe.Recipe, r *runs.Run) string {
	dirs := make([]string, len(rec.PythonPath))
	for i, dir := range rec.PythonPath {
		if dirs[i] = dir; filepath.IsAbs(dir) {
			continue
		}
		dirs[i] = filepath.Join(sourceDir(rec, r), filepath.FromSlash(dir))
		if info, err := os.Stat(dirs[i]); err != nil || !info.IsDir() {
			dirs[i] = filepath.Join(rec.Source.InProject(rec.ProjectDir), filepath.FromSlash(dir))
		}
	}
	return joinPaths(dirs...)
}

// sourceDir returns the directory of the source code in the run.
func sourceDir(rec *recipe.Recipe, r *runs.Run) string {
	return filepath.Join(r.Dir, filepath.FromSlash(rec.Source.Dest))
}

// joinPaths joins lists of directories, such as the values of PYTHONPATH.
func joinPaths(lists ...string) string {
	lists = slices.DeleteFunc(lists, func(s string) bool { return s == "" })
	return strings.Join(lists, string(filepath.ListSeparator))
}
