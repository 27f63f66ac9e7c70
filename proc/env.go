package proc

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
)

// runVariables say of a run what only its own processes may be told: by RUN_ID a stop finds them.
var runVariables = [...]string{"RUN_ID", "RUN_DIR", "CMD_DIR", "PROJECT_DIR", "GUILD_OP", "GUILD_SOURCECODE",
	RunsOfVariable, workerGPUs, GuildExeVariable, JobOutputVariable}

// OuterEnv is this process's environment without what it knows of a run that it is itself a process of, such as a
// scheduler's: other runs' workers do not belong to it.
func OuterEnv() []string {
	return envList(outerEnviron())
}

func outerEnviron() map[string]string {
	env := environ() // with the depth of runs, for it counts those that start each other
	for _, k := range runVariables {
		delete(env, k)
	}
	for k := range env {
		if strings.HasPrefix(k, "FLAG_") {
			delete(env, k)
		}
	}
	return env
}

// operationEnv is the environment of an operation: that of this process, what the operation defines, and what guild says of
// the run, which nothing overrides.
func operationEnv(r *runs.Run, rec *recipe, defined map[string]string, home string) map[string]string {
	env := outerEnviron()
	outer := env["PYTHONPATH"]
	maps.Copy(env, defined)
	env["PYTHONPATH"] = joinPaths(defined["PYTHONPATH"], rec.sourceDir(r), rec.pythonPath(r), outer)
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

func environ() map[string]string {
	env := make(map[string]string)
	for _, kv := range os.Environ() {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	return env
}

// pythonPath are the directories that the operation imports from besides the run's own: those of its source code as it was
// copied, else those of the project.
func (rec *recipe) pythonPath(r *runs.Run) string {
	dirs := make([]string, len(rec.PythonPath))
	for i, dir := range rec.PythonPath {
		if dirs[i] = dir; filepath.IsAbs(dir) {
			continue
		}
		dirs[i] = filepath.Join(rec.sourceDir(r), filepath.FromSlash(dir))
		if info, err := os.Stat(dirs[i]); err != nil || !info.IsDir() {
			dirs[i] = filepath.Join(rec.Source.project(rec.ProjectDir), filepath.FromSlash(dir))
		}
	}
	return joinPaths(dirs...)
}

// sourceDir is where the run has its source code.
func (rec *recipe) sourceDir(r *runs.Run) string {
	return filepath.Join(r.Dir, filepath.FromSlash(rec.Source.Dest))
}

// joinPaths joins lists of directories.
func joinPaths(lists ...string) string {
	lists = slices.DeleteFunc(lists, func(s string) bool { return s == "" })
	return strings.Join(lists, string(filepath.ListSeparator))
}

// envList is env in the form of exec, in name order.
func envList(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for _, k := range slices.Sorted(maps.Keys(env)) {
		list = append(list, k+"="+env[k])
	}
	return list
}
