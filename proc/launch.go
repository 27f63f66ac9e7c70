package proc

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"guild/opdef"
	"guild/opdef/userconfig"
	"guild/proc/environ"
	"guild/proc/invocation"
	"guild/proc/recipe"
)

// launch is an operation that is ready to be started.
type launch struct {
	Argv            []string
	Env             []string
	Dir             string
	DeleteOnSuccess bool
	Stoppable       bool
	StopAfter       time.Duration // zero: never
	Capture         captureRules
	Sample          bool    // record the run's use of system resources
	GPUs            *string // value of CUDA_VISIBLE_DEVICES; nil: not set
}

// prepare resolves what the recipe leaves open (files, interpreter, environment) and records the result with the run.
func (w *Worker) prepare(ctx context.Context, rec *recipe.Recipe, flags opdef.Values, was earlier) (*launch, error) {
	r := w.Lock.Run()
	depth, err := environ.NextDepth()
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	config, home := w.configuration(rec)
	w.loadHooks(rec, config, home, depth)
	if w.Store == nil {
		home = "" // the user's home is used for the configuration only
	}
	w.debug("run %s of %s, project %s", r.ID, r.OpSpec(), rec.ProjectDir)
	if err := w.resolve(ctx, rec, flags, was); err != nil {
		return nil, err
	}
	secrets, err := invocation.Secrets(rec, r)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	argv, env, err := invocation.Build(ctx, rec, r, flags, home, secrets)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	maps.Copy(env.All, w.Env)
	if err := r.SetAttr("cmd", argv); err != nil {
		return nil, err
	}
	if err := invocation.RecordEnv(rec, r, env); err != nil {
		return nil, err
	}
	if err := w.recordGPUs(rec); err != nil {
		return nil, err
	}
	env.All[environ.Depth] = strconv.Itoa(depth) // neither is recorded, since they do not describe the run
	if w.NameLines {
		env.All[environ.NameLines] = "1"
	}
	return &launch{Argv: argv, Env: environ.List(env.All), Dir: r.Dir, DeleteOnSuccess: rec.DeleteOnSuccess, Stoppable: rec.Stoppable,
		StopAfter: time.Duration(rec.StopAfter * float64(time.Minute)), Capture: captureRules{rec.OutputScalars, rec.OutputAttrs, flags},
		Sample: samples(rec, config), GPUs: visible(env.All)}, nil
}

// samples reports whether the run's use of system resources is recorded, unless the run, its operation or its user turns that off. The
// recipe has the settings of the first two.
func samples(rec *recipe.Recipe, user userconfig.Config) bool {
	return !rec.NoSystemMetrics && !user.NoSystem
}

// visible returns the value of CUDA_VISIBLE_DEVICES in the environment of an operation; nil if it is not set.
func visible(env map[string]string) *string {
	if gpus, ok := env[environ.GPUs]; ok {
		return &gpus
	}
	return nil
}

// recordGPUs records the GPUs that the run was given, if any.
func (w *Worker) recordGPUs(rec *recipe.Recipe) error {
	gpus, given := w.Env[environ.GPUs]
	if v, ok := rec.Command.Env[environ.GPUs]; ok && !given {
		gpus, given = fmt.Sprint(v), true
	}
	if !given {
		return w.Lock.Run().DeleteAttr(recipe.GPUsAttr) // an earlier start may have recorded some
	}
	return w.Lock.Run().SetAttr(recipe.GPUsAttr, gpus)
}
