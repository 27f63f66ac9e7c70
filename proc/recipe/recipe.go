// Package recipe defines the run attribute `op`: everything that a host needs to start a run, also later and with other flags.
package recipe

import (
	"fmt"
	"maps"
	"path/filepath"

	"guild/opdef"
	"guild/opdef/hooks"
	"guild/opdef/output"
	"guild/opdef/resource"
	"guild/proc/environ"
	"guild/runs"
	"guild/runs/pyyaml"
)

// Attr is the name of the run attribute that holds the recipe.
const Attr = "op"

// BatchAttr is the name of the run attribute of a trial that holds the id of its batch.
const BatchAttr = "batch"

// BatchTrialsAttr is the attribute of a trial with the number of trials of its batch, if known: the run of a successful grid search is
// deleted, and the number would be lost with it.
const BatchTrialsAttr = "batch_trials"

// GPUsAttr is the attribute with the GPUs that the run was given, as a value of CUDA_VISIBLE_DEVICES. A run without particular GPUs lacks
// it.
const GPUsAttr = "gpus"

// EnvironmentAttr is the attribute that describes the Python environment of a run, with kind, dir, python (the version) and files, or
// image. EnvironmentDir is the directory below .guild with the files that specify the environment.
const (
	EnvironmentAttr = "environment"
	EnvironmentDir  = "environment"
)

// Recipe is what a run is started from. Relative paths are relative to ProjectDir unless a field says otherwise.
type Recipe struct {
	Command         opdef.Command       `yaml:"op-cmd"`
	LabelTemplate   string              `yaml:"label-template"`
	ProjectDir      string              `yaml:"project-dir"`
	CmdDir          string              `yaml:"cmd-dir"`            // working directory of the `guild run` that made the run
	Python          string              `yaml:"python-exe"`         // interpreter at that time and place
	EnvKind         string              `yaml:"env-kind,omitempty"` // kind of the operation's Python environment, see pyenv.Environment
	EnvDir          string              `yaml:"env-dir,omitempty"`  // its directory at that time and place; empty: no particular one
	Image           string              `yaml:"image,omitempty"`    // of the container that the operation runs in
	Source          SourcePlace         `yaml:"sourcecode"`
	PythonPath      []string            `yaml:"python-path"`          // directories to import from, relative to the run's source code or, where it lacks them, to the project's
	EnvSecrets      []string            `yaml:"env-secrets"`          // names of variables whose values are never recorded
	RecordEnv       bool                `yaml:"record-env,omitempty"` // record the values of all other variables
	DeleteOnSuccess bool                `yaml:"delete-on-success"`
	Stoppable       bool                `yaml:"stoppable,omitempty"` // a run that was asked to stop has completed
	PipFreeze       bool                `yaml:"pip-freeze"`
	OutputScalars   output.Rules        `yaml:"output-scalars"`
	OutputAttrs     output.Rules        `yaml:"output-attrs"`
	Requires        []resource.Resource `yaml:"deps"`
	Hooks           hooks.Hooks         `yaml:"hooks,omitempty"`             // of guild.yml
	OptionHooks     hooks.Hooks         `yaml:"option-hooks,omitempty"`      // of the options of `guild run`
	StopAfter       float64             `yaml:"stop-after,omitempty"`        // minutes after which the run is stopped; zero: never
	NoSystemMetrics bool                `yaml:"no-system-metrics,omitempty"` // do not record the use of system resources
	ForceDeps       bool                `yaml:"force-deps"`                  // start the run even if a dependency is not met
	RunsOf          string              `yaml:"runs-of"`                     // directory of a run with steps: only its runs can be required; empty for all runs
}

// SourcePlace says where source code is copied from and to.
type SourcePlace struct {
	Root string `yaml:"root,omitempty"` // directory, relative to the project or absolute; empty is the project
	Dest string `yaml:"dest"`           // directory in the run; empty or "." is the run directory itself
}

// InProject returns the directory of the source code in the project directory dir.
func (p SourcePlace) InProject(dir string) string {
	if root := filepath.FromSlash(p.Root); filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(dir, filepath.FromSlash(p.Root))
}

// CaptureNothing turns off the default rules for scalars and attributes. It is for operations that print the output of other
// runs, which have captured it already.
func (rec *Recipe) CaptureNothing() {
	for _, rules := range []*output.Rules{&rec.OutputScalars, &rec.OutputAttrs} {
		if rules.IsDefault() {
			rules.None = true
		}
	}
}

// Kind returns what a run is (run, batch, trial, pipeline or step), and the id of the batch or of the run with steps that it belongs to.
func (rec *Recipe) Kind(r *runs.Run) (kind, parent string) {
	batch, trial := r.AttrString(BatchAttr)
	switch {
	case r.IsBatch():
		kind = "batch"
	case trial:
		return "trial", batch
	case rec.Command.RunsSteps():
		kind = "pipeline"
	case rec.RunsOf != "":
		kind = "step"
	default:
		kind = "run"
	}
	if rec.RunsOf != "" {
		parent = filepath.Base(rec.RunsOf)
	}
	return kind, parent
}

// SetGPUs limits the operation to the named GPUs; an empty text hides all of them.
func (rec *Recipe) SetGPUs(gpus string) {
	rec.Command = rec.Command.WithVar(environ.GPUs, gpus)
}

// Data returns the recipe as the value of the run attribute, with what Guild AI needs to start the run too.
func (rec *Recipe) Data() map[string]any {
	recorded := *rec
	recorded.Command = rec.Command.WithPath(rec.Source.Dest)
	data := pyyaml.Fields(recorded)
	setLocations(data["deps"], rec.ProjectDir)
	return data
}

// Read returns the recipe of a run that this program or Guild AI made. The error wraps opdef.ErrNoCommand if the run has no command.
func Read(r *runs.Run) (*Recipe, error) {
	rec, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	return rec, nil
}

func read(r *runs.Run) (*Recipe, error) {
	v, err := r.Attr(Attr)
	if err != nil {
		return nil, err
	}
	m, _ := v.(map[string]any)
	if m["op-cmd"] == nil {
		return nil, opdef.ErrNoCommand
	}
	project, _ := m["project-dir"].(string)
	ofGuildAI := madeByGuildAI(m)
	if ofGuildAI {
		project = guildAIProject(r, m)
	}
	if deps, ok := m["deps"].([]any); ok {
		m = maps.Clone(m)
		m["deps"] = withoutLocations(deps, project)
	}
	rec := &Recipe{}
	if err := pyyaml.SetFields(m, rec); err != nil {
		return nil, err
	}
	if ofGuildAI {
		rec.convertGuildAI(r, project)
	} else {
		rec.Command = rec.Command.WithoutPath(rec.Source.Dest)
	}
	return rec, nil
}

// ReadWithFlags returns the recipe of a run and the values of its flags.
func ReadWithFlags(r *runs.Run) (*Recipe, opdef.Values, error) {
	rec, err := Read(r)
	if err != nil {
		return nil, nil, err
	}
	flags, err := r.ReadFlags()
	return rec, flags, err
}
