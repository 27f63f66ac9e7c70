// Package newrun makes runs and batches that a user has requested.
package newrun

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"guild/opdef"
	"guild/opdef/hooks"
	"guild/opdef/python"
	"guild/opdef/python/pyenv"
	"guild/opdef/source"
	"guild/proc/batchplan"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/process"
	"guild/runs/scalars"
)

// Request describes a run that is to be made.
type Request struct {
	Op        *opdef.Operation
	Values    opdef.Values // of all flags
	UserFlags opdef.Values // the flags that the user set
	Label     *string      // template; nil is the operation's own
	Tags      []string     // tags of the run besides those of the operation; the default label begins with them
	Comment   string
	Params    map[string]any // the given options of `guild run`, by name
	GPUs      *string        // value of CUDA_VISIBLE_DEVICES; nil leaves it unchanged
	CmdDir    string         // working directory of `guild run`
	Python    *python.Info   // interpreter of a Python operation

	Environment pyenv.Environment // environment for the operation; empty: no particular one

	Proto     *runs.Run   // run whose source code is used; nil uses that of the project
	Hooks     hooks.Hooks // hooks besides those of the operation
	StopAfter float64     // minutes after which the run is stopped; zero: never

	NoSystemMetrics bool // do not record the use of system resources, whatever the operation says

	Freezing Freezing // which parts of the run are staged

	Warn func(text string) // receives warnings, such as about source code that is left out and required runs that are missing

	Deps      []string // paths of files that the run requires besides those that the operation requires
	ForceDeps bool     // start the run even if a dependency is not met
	RunsOf    string   // see recipe.Recipe

	RunID   string // empty is a random one
	RunDir  string // empty is a directory in the store
	KeepRun bool   // keep the run even if the operation deletes its successful runs
	Seed    *int64 // nil is a random one

	Batch *Batch // nil for a single run
}

// Make returns a draft of the run or batch, which the caller commits or discards. ctx ends the resolution of what a staged run requires.
func (q *Request) Make(ctx context.Context, store *runs.Store) (*runs.Draft, error) {
	if err := q.Op.CheckRefs(q.Values); err != nil {
		return nil, err
	}
	d, err := q.draft(store)
	if err != nil {
		return nil, err
	}
	made := false
	defer func() {
		if !made { // on an error, and on a panic
			d.Discard()
		}
	}()
	cache := store.CacheDir("commits")
	if q.Batch != nil {
		err = q.makeBatch(d, cache)
	} else {
		err = q.makeRun(d, cache)
	}
	if err == nil {
		err = Freeze(ctx, store, runs.Named(d.ID(), d.Dir()), q.Freezing)
	}
	if err != nil {
		return nil, err
	}
	made = true
	return d, nil
}

func (q *Request) draft(store *runs.Store) (*runs.Draft, error) {
	if q.RunDir != "" {
		return runs.DraftAt(q.RunDir)
	}
	return store.Draft(q.RunID)
}

// makeRun copies the source code to the draft and writes its attributes.
func (q *Request) makeRun(d *runs.Draft, cache string) error {
	rec := q.recipe()
	var err error
	if rec.Requires, err = q.requires(); err != nil {
		return err
	}
	commit := q.lookUpCommit(cache)
	defer commit() // also on an error: it must not outlive this call
	src, err := q.copySource(d.Dir())
	if err != nil {
		return err
	}
	attrs := q.attrs(rec)
	attrs["flags"] = batchplan.Recorded(q.Values)
	attrs["user_flags"] = batchplan.Recorded(q.UserFlags)
	if src.Digest != "" {
		attrs["sourcecode_digest"] = src.Digest
	}
	if c := commit(); c != "" {
		attrs["vcs_commit"] = c
	}
	if tags := slices.Concat(q.Tags, q.Op.Tags); len(tags) > 0 {
		attrs["tags"] = tags
	}
	if q.Comment != "" {
		attrs["comments"] = comments(q.Comment)
	}
	if len(q.Op.Compare) > 0 {
		attrs["compare"] = q.Op.Compare
	}
	if err := q.recordEnvironment(d, attrs); err != nil {
		return err
	}
	if len(q.Op.StepsData) > 0 {
		attrs["steps"] = q.Op.StepsData // for Guild AI, should it start the run again; here the project or a staged run defines them
	}
	if len(q.Op.MetricFiles) > 0 {
		attrs[scalars.MetricFilesAttr] = q.Op.MetricFiles
	}
	custom, reserved := q.Op.CustomAttrs()
	if len(custom) > 0 {
		attrs["opdef_attrs"] = custom
	}
	if err := d.SetAttrs(attrs); err != nil {
		return err
	}
	if err := d.SetLabel(opdef.Label(rec.LabelTemplate, q.Values)); err != nil {
		return err
	}
	if err := d.SetOpref(q.Op.Ref); err != nil {
		return err
	}
	for _, name := range reserved {
		q.Warn(fmt.Sprintf("Invalid run attribute '%s' (reserved attribute) - ignoring", name))
	}
	for _, text := range src.Warnings {
		q.Warn(text)
	}
	return d.WriteFile("manifest", sourceManifest(src.Files))
}

// comments returns the attribute of a run with one comment.
func comments(body string) []any {
	return []any{map[string]any{"body": body, "user": process.Username(), "host": process.Hostname(), "time": runs.Micros(time.Now())}}
}

// sourceManifest returns the manifest of copied source code.
func sourceManifest(files []source.File) []byte {
	var b []byte
	for _, f := range files {
		b = manifest.AppendLine(b, manifest.Entry{Kind: manifest.Source, Path: f.Path, Digest: f.SHA1, Source: []string{f.Source}})
	}
	return b
}

// attrs returns the attributes that do not depend on what is copied to the run.
func (q *Request) attrs(rec *recipe.Recipe) map[string]any {
	return map[string]any{
		recipe.Attr:   rec.Data(),
		"cmd":         rec.Command.Args,
		"deps":        map[string]any{},
		"plugins":     []any{},
		"platform":    q.platform(),
		"random_seed": q.seed(),
		"run_params":  q.Params,
		"user":        process.Username(),
	}
}

func (q *Request) seed() int64 {
	if q.Seed != nil {
		return *q.Seed
	}
	return rand.Int64N(1 << 32)
}

func (q *Request) recipe() *recipe.Recipe {
	rec := &recipe.Recipe{
		Command:         q.Op.Command(),
		LabelTemplate:   q.Op.LabelTemplate(q.Label, q.Tags),
		ProjectDir:      q.Op.Dir,
		CmdDir:          q.CmdDir,
		DeleteOnSuccess: q.Op.DeleteOnSuccess && !q.KeepRun,
		PythonPath:      q.Op.PythonPath,
		Source:          recipe.SourcePlace{Root: q.Op.Source.Root, Dest: cmp.Or(q.Op.Source.Dest, ".")},
		EnvSecrets:      q.Op.EnvSecrets,
		RecordEnv:       q.Op.RecordEnv,
		Stoppable:       q.Op.Stoppable,
		PipFreeze:       q.Op.PipFreeze,
		OutputScalars:   q.Op.OutputScalars,
		OutputAttrs:     q.Op.OutputAttrs,
		ForceDeps:       q.ForceDeps,
		RunsOf:          q.RunsOf,
		Hooks:           q.Op.Hooks,
		OptionHooks:     q.Hooks,
		StopAfter:       q.StopAfter,
		NoSystemMetrics: q.NoSystemMetrics || q.Op.NoSystemMetrics || q.Op.IsBuiltin(),
	}
	rec.Command.PassAll(q.UserFlags)
	if len(q.Op.Steps) > 0 {
		rec.Command.Args = opdef.StepsCommand()
	}
	if len(q.Op.Steps) > 0 || q.Op.IsBuiltin() {
		rec.CaptureNothing()
	}
	if q.GPUs != nil {
		rec.SetGPUs(*q.GPUs)
	}
	if q.Python != nil {
		rec.Python = q.Python.Exe
	}
	rec.EnvKind, rec.EnvDir, rec.Image = q.Environment.Kind, q.Environment.Dir, q.Op.Image
	return rec
}

func (q *Request) platform() map[string]any {
	p := map[string]any{"architecture": runtime.GOARCH, "cpus": runtime.NumCPU(), "processor": processor(), "uname": uname()}
	if q.Python != nil {
		p["python_version"] = q.Python.Version
	}
	return p
}
