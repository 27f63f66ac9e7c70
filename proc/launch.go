package proc

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/opdef"
	"guild/opdef/python"
	"guild/runs"
)

// Launch is an operation ready to be started.
type Launch struct {
	Argv            []string
	Env             []string
	Dir             string
	DeleteOnSuccess bool
	Stoppable       bool
	StopAfter       time.Duration // zero is never
	Capture         captureRules
}

// order is what is to be run: the recipe of a run and its flags.
type order struct {
	recipe *recipe
	flags  opdef.Values
}

func readOrder(r *runs.Run) (order, error) {
	rec, err := readRecipe(r)
	if err != nil {
		return order{}, err
	}
	flags, err := r.ReadFlags()
	return order{rec, flags}, err
}

// prepare resolves what the order leaves open (interpreter, paths, environment) and records it.
func (w *Worker) prepare(ctx context.Context, o order) (*Launch, error) {
	r, rec, flags := w.Lock.Run(), o.recipe, o.flags
	depth, err := nextDepth()
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	w.loadHooks(rec, depth)
	home := ""
	if w.Store != nil {
		home = w.Store.Home()
	}
	w.debug("run %s of %s, project %s", r.ID, r.OpSpec(), rec.ProjectDir)
	if err := w.resolve(ctx, rec, flags); err != nil {
		return nil, err
	}
	secrets, err := rec.secrets(r)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	argv, env, err := rec.build(ctx, r, flags, home, secrets)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	maps.Copy(env.all, w.Env)
	if err := r.SetAttr("cmd", argv); err != nil {
		return nil, err
	}
	if err := rec.recordEnv(r, env); err != nil {
		return nil, err
	}
	if err := w.recordGPUs(rec); err != nil {
		return nil, err
	}
	env.all[DepthVariable] = strconv.Itoa(depth) // which says nothing of the run, and is not recorded
	return &Launch{Argv: argv, Env: envList(env.all), Dir: r.Dir, DeleteOnSuccess: rec.DeleteOnSuccess, Stoppable: rec.Stoppable,
		StopAfter: time.Duration(rec.StopAfter * float64(time.Minute)), Capture: captureRules{rec.OutputScalars, rec.OutputAttrs, flags}}, nil
}

// gpusAttr is the attribute that says which GPUs a run was given. It is missing where it was given none in particular.
const gpusAttr = "gpus"

func (w *Worker) recordGPUs(rec *recipe) error {
	gpus, given := w.Env[GPUsVariable]
	if v, ok := rec.Command.Env[GPUsVariable]; ok && !given {
		gpus, given = fmt.Sprint(v), true
	}
	if !given {
		return w.Lock.Run().DeleteAttr(gpusAttr) // of an earlier start
	}
	return w.Lock.Run().SetAttr(gpusAttr, gpus)
}

// build makes the words and the environment of the run's process on this host, and records the installed packages of its
// interpreter where the operation wants that. secrets are variables besides those of the recipe.
func (rec *recipe) build(ctx context.Context, r *runs.Run, flags opdef.Values, home string, secrets map[string]any) (argv []string, env processEnv, err error) {
	vars := map[string]string{"project_dir": rec.ProjectDir}
	exe, err := Executable()
	if err != nil {
		return nil, env, err
	}
	vars["guild_exe"] = exe
	cache := runs.Open(home).CacheDir
	if rec.uses("${python_exe}") {
		if vars["python_exe"], err = rec.interpreter(); err != nil {
			return nil, env, err
		}
		if rec.PipFreeze && os.Getenv("NO_PIP_FREEZE") != "1" {
			if err := freeze(ctx, r, vars["python_exe"], cache()); err != nil {
				return nil, env, err
			}
		}
	}
	if rec.uses("${guild_notebook}") {
		if vars["guild_notebook"], err = python.Notebook(cache()); err != nil {
			return nil, env, err
		}
	}
	if rec.uses("${guild_main}") {
		if vars["guild_main"], err = python.Main(cache()); err != nil {
			return nil, env, err
		}
	}
	argv, defined, err := rec.commandWith(secrets).Build(flags, vars)
	if err != nil {
		return nil, env, err
	}
	env = processEnv{all: operationEnv(r, rec, defined, home), defined: defined}
	if r.IsBatch() {
		err = rec.addOptimizerEnv(env.all, exe, cache())
	}
	return argv, env, err
}

func (rec *recipe) uses(ref string) bool {
	return slices.ContainsFunc(rec.Command.Args, func(a string) bool { return strings.Contains(a, ref) })
}

// interpreter is the one that the run was made with, so that a scheduler outside of its virtual environment starts it in
// the same; on a host that lacks it, the one found there.
func (rec *recipe) interpreter() (string, error) {
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

// Process returns, for a Guild home, the command and the environment, in name order, that a run made of the request would have here. What only
// a run directory can tell is left out of the environment, and of the variables that are
// secrets there is the name only.
func (q *Request) Process(ctx context.Context, home string, secrets []string) (argv, env []string, err error) {
	rec := q.recipe()
	rec.PipFreeze = false
	r := runs.At(q.RunDir)
	argv, vars, err := rec.build(ctx, r, q.Values, home, q.hiddenSecrets(secrets))
	if err != nil {
		return nil, nil, err
	}
	vars.all["GUILD_OP"] = q.Op.FullName()
	if q.RunDir == "" {
		delete(vars.all, "RUN_DIR")
		delete(vars.all, "RUN_ID")
	}
	return argv, envList(vars.all), nil
}
