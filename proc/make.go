package proc

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"guild/opdef"
	"guild/opdef/hooks"
	"guild/opdef/python"
	"guild/opdef/source"
	"guild/runs"
	"guild/runs/words"
)

// Request is what is to be made into a run.
type Request struct {
	Op        *opdef.Operation
	Values    opdef.Values // of all flags
	UserFlags opdef.Values // those that the user set
	Label     *string      // template, nil for the operation's own
	Tags      []string     // besides those of the operation, which are in no label
	Comment   string
	Params    map[string]any // options of `guild run` that were given, by name
	GPUs      *string        // value of CUDA_VISIBLE_DEVICES, nil to leave it alone
	CmdDir    string
	Python    *python.Info // interpreter of a Python operation

	Proto     *runs.Run   // run whose source code is used in place of the project's; nil for the project's
	Hooks     hooks.Hooks // besides those of the operation
	StopAfter float64     // minutes after which the run is stopped; zero is never

	Warn func(text string) // is told of source code that is left out, and of runs that are missing

	Deps      []string // files that are required besides what the operation requires
	ForceDeps bool     // although a dependency is not met
	RunsOf    string   // see recipe

	RunID   string // empty: random
	RunDir  string // empty: in the store
	KeepRun bool   // although the operation deletes its successful runs
	Seed    *int64 // nil: random

	Batch *BatchRequest // nil: a run, and not a batch of them
}

// Make returns a draft of the run, or of the batch.
func (q *Request) Make(store *runs.Store) (*runs.Draft, error) {
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

func (q *Request) makeRun(d *runs.Draft, cache string) error {
	rec := q.recipe()
	var err error
	if rec.Requires, err = q.requires(); err != nil {
		return err
	}
	commit := q.commit(cache)
	defer commit()
	src, err := q.copySource(d.Dir())
	if err != nil {
		return err
	}
	attrs := q.attrs(rec)
	attrs["flags"] = plainFlags(q.Values)
	attrs["user_flags"] = plainFlags(q.UserFlags)
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
		attrs["comments"] = []any{map[string]any{"body": q.Comment, "user": runs.Username(), "host": runs.Hostname(),
			"time": runs.Micros(time.Now())}}
	}
	if len(q.Op.Compare) > 0 {
		attrs["compare"] = q.Op.Compare
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
	return d.WriteFile("manifest", manifest(src.Files))
}

// manifest has a line of shell words for each copied file: s PATH SHA1 SOURCE.
func manifest(files []source.File) []byte {
	var b []byte
	for _, f := range files {
		b = append(b, words.Join([]string{"s", f.Path, f.SHA1, f.Source})...)
		b = append(b, '\n')
	}
	return b
}

// attrs are those that runs and batches have alike.
func (q *Request) attrs(rec *recipe) map[string]any {
	return map[string]any{
		"op":          rec.data(),
		"cmd":         rec.Command.Args,
		"deps":        map[string]any{},
		"plugins":     []any{},
		"platform":    q.platform(),
		"random_seed": q.seed(),
		"run_params":  q.Params,
		"user":        runs.Username(),
	}
}

func (q *Request) seed() int64 {
	if q.Seed != nil {
		return *q.Seed
	}
	return rand.Int64N(1 << 32)
}

// stepsCommand is what a run with steps executes.
var stepsCommand = [...]string{"${guild_exe}", "sys", "steps"}

func (q *Request) recipe() *recipe {
	rec := &recipe{
		Command:         q.Op.Command(),
		LabelTemplate:   q.Op.LabelTemplate(q.Label, q.Tags),
		ProjectDir:      q.Op.Dir,
		CmdDir:          q.CmdDir,
		DeleteOnSuccess: q.Op.DeleteOnSuccess && !q.KeepRun,
		PythonPath:      q.Op.PythonPath,
		Source:          newSourcePlace(q.Op.Source),
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
	}
	if len(q.Op.Steps) > 0 {
		rec.Command.Args = stepsCommand[:]
	}
	if len(q.Op.Steps) > 0 || q.Op.IsBuiltin() {
		rec.captureNothing()
	}
	if q.GPUs != nil {
		rec.setGPUs(*q.GPUs)
	}
	if q.Python != nil {
		rec.Python = q.Python.Exe
	}
	return rec
}

func (q *Request) platform() map[string]any {
	p := map[string]any{"architecture": runtime.GOARCH, "cpus": runtime.NumCPU(), "uname": uname()}
	if q.Python != nil {
		p["python_version"] = q.Python.Version
	}
	return p
}

// Describe is an operation with the values of its flags, as the log names a trial: op (a=1, b=2).
func Describe(opspec string, vals opdef.Values) string {
	return fmt.Sprintf("%s (%s)", opspec, strings.Join(opdef.FormatAssignments(vals, true), ", "))
}
