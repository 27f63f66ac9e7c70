// Package invocation makes the argument vector and the environment of a run's process on this host, and records them with the run.
package invocation

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/python"
	"guild/proc/environ"
	"guild/proc/recipe"
	"guild/runs"
)

// Build returns the argument vector and the environment of the process of run r on this host. It also records the installed packages
// of the interpreter if the recipe asks for that. home is the Guild home; secrets are variables that the recipe does not hold.
func Build(ctx context.Context, rec *recipe.Recipe, r *runs.Run, flags opdef.Values, home string, secrets map[string]any) (argv []string, env Env, err error) {
	exe, err := environ.Executable()
	if err != nil {
		return nil, env, err
	}
	cache := runs.Open(home).CacheDir()
	library, libraryErr := python.LibraryPath(cache)
	command := withEnv(rec.Command, secrets)
	if command.UsesOpMain() {
		if libraryErr != nil {
			return nil, env, libraryErr
		}
		if path, _ := command.Env["PYTHONPATH"].(string); !importsLibrary(r.Dir, modulePath(rec, r, path), library) {
			command = command.WithOpMainByPath()
		}
	}
	vars, err := programs(ctx, rec, r, command, cache)
	if err != nil {
		return nil, env, err
	}
	vars["project_dir"], vars["guild_exe"], vars["guild_op_main"] = rec.ProjectDir, exe, python.OpMain(library)
	argv, defined, err := command.Build(flags, vars)
	if err != nil {
		return nil, env, err
	}
	env = Env{All: operationEnv(r, rec, defined, home), defined: defined}
	env.All[environ.GuildExe] = exe
	env.All["PYTHONPATH"] = joinPaths(env.All["PYTHONPATH"], library) // the last one, so that modules of the project come before it
	if libraryErr != nil && r.IsBatch() {
		return argv, env, libraryErr // an optimizer needs the package for certain: other runs do without a cache
	}
	if rec.Image != "" {
		argv, err = inContainer(rec, r, argv, env, home, exe)
	} else {
		argv = useEnvironment(rec, argv, env.All)
	}
	return argv, env, err
}

// programs returns the paths of the interpreter, and of guild's programs for it, that the command refers to. It writes the latter to the cache.
func programs(ctx context.Context, rec *recipe.Recipe, r *runs.Run, c opdef.Command, cache string) (map[string]string, error) {
	vars := map[string]string{}
	var err error
	if rec.Image != "" {
		vars["python_exe"] = "python3" // that of the image
	} else if uses(c, "${python_exe}") {
		if vars["python_exe"], err = interpreter(rec); err != nil {
			return nil, err
		}
		if rec.PipFreeze && os.Getenv("NO_PIP_FREEZE") != "1" {
			if err := freeze(ctx, r, vars["python_exe"], cache); err != nil {
				return nil, err
			}
		}
	}
	if uses(c, "${guild_notebook}") {
		if vars["guild_notebook"], err = python.Notebook(cache); err != nil {
			return nil, err
		}
	}
	if uses(c, "${guild_main}") {
		if vars["guild_main"], err = python.Main(cache); err != nil {
			return nil, err
		}
	}
	return vars, nil
}

// uses reports whether the command refers to a variable such as "${python_exe}".
func uses(c opdef.Command, ref string) bool {
	return slices.ContainsFunc(c.Args, func(a string) bool { return strings.Contains(a, ref) })
}

// interpreter returns the interpreter with which the run was made, so that a scheduler outside of its virtual environment starts it
// in the same one. On a host that lacks it, it returns the interpreter found there.
func interpreter(rec *recipe.Recipe) (string, error) {
	if rec.Python != "" {
		if _, err := os.Stat(rec.Python); err == nil {
			return rec.Python, nil
		}
	}
	return python.Find()
}

// freeze records the packages of the interpreter, as `pip freeze` would list them.
func freeze(ctx context.Context, r *runs.Run, exe, cacheDir string) error {
	info, err := python.Probe(ctx, exe, cacheDir)
	if err != nil {
		return err
	}
	return r.SetAttr("pip_freeze", python.Packages(info))
}

// ImportModule returns nil if the interpreter of the run can import a module, and otherwise Python's reason.
func ImportModule(ctx context.Context, rec *recipe.Recipe, r *runs.Run, module string) error {
	exe, err := interpreter(rec)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe, "-c", "import importlib, sys; importlib.import_module(sys.argv[1])", module)
	cmd.Dir = r.Dir
	cmd.Env = environ.List(operationEnv(r, rec, nil, ""))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	text = text[strings.LastIndexByte(text, '\n')+1:]
	if _, why, ok := strings.Cut(text, "Error: "); ok {
		text = why
	}
	return errors.New(text)
}
