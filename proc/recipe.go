package proc

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"

	"guild/opdef"
	"guild/opdef/output"
	"guild/opdef/source"
	"guild/runs"
	"guild/runs/pyyaml"
)

// recipe is the run attribute `op`: what it takes to start the run, on another host too and with other flags.
type recipe struct {
	Command         opdef.Command    `yaml:"op-cmd"`
	LabelTemplate   string           `yaml:"label-template"`
	ProjectDir      string           `yaml:"project-dir"`
	CmdDir          string           `yaml:"cmd-dir"`    // where `guild run` was called
	Python          string           `yaml:"python-exe"` // interpreter at that time and place
	Source          sourcePlace      `yaml:"sourcecode"`
	PythonPath      []string         `yaml:"python-path"`          // directories to import from, relative to the source code of the run, or else to the project
	EnvSecrets      []string         `yaml:"env-secrets"`          // names of variables whose values are recorded nowhere
	RecordEnv       bool             `yaml:"record-env,omitempty"` // record the values of all other variables
	DeleteOnSuccess bool             `yaml:"delete-on-success"`
	Stoppable       bool             `yaml:"stoppable,omitempty"`
	PipFreeze       bool             `yaml:"pip-freeze"`
	OutputScalars   output.Rules     `yaml:"output-scalars"`
	OutputAttrs     output.Rules     `yaml:"output-attrs"`
	Requires        []opdef.Resource `yaml:"deps"`
	StopAfter       float64          `yaml:"stop-after,omitempty"` // minutes after which the run is stopped; zero is never
	ForceDeps       bool             `yaml:"force-deps"`           // go on where a dependency is not met
	RunsOf          string           `yaml:"runs-of"`              // directory of a run with steps, whose runs alone can be required; empty for all runs
}

// sourcePlace is where source code is copied from and to.
type sourcePlace struct {
	Root string `yaml:"root,omitempty"` // directory, relative to the project or absolute; empty is the project
	Dest string `yaml:"dest"`           // directory in the run; empty or "." is that of the run
}

func newSourcePlace(s source.Selection) sourcePlace { return sourcePlace{s.Root, cmp.Or(s.Dest, ".")} }

// project is the directory of a project that the source code is in.
func (p sourcePlace) project(dir string) string {
	if root := filepath.FromSlash(p.Root); filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(dir, filepath.FromSlash(p.Root))
}

// captureNothing turns the default rules off for an operation that prints what others print: they have it already.
func (rec *recipe) captureNothing() {
	for _, rules := range []*output.Rules{&rec.OutputScalars, &rec.OutputAttrs} {
		if rules.IsDefault() {
			rules.None = true
		}
	}
}

// setGPUs lets the operation see the named GPUs alone; an empty text is none.
func (rec *recipe) setGPUs(gpus string) {
	env := maps.Clone(rec.Command.Env)
	if env == nil {
		env = map[string]any{}
	}
	env[GPUsVariable] = gpus
	rec.Command.Env = env
}

func (rec *recipe) data() map[string]any { return pyyaml.Fields(*rec) }

// readRecipe reads the attribute `op` of a run that this program or Guild AI made.
func readRecipe(r *runs.Run) (*recipe, error) {
	rec, err := parseRecipe(r)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	return rec, nil
}

func parseRecipe(r *runs.Run) (*recipe, error) {
	v, err := r.Attr("op")
	if err != nil {
		return nil, err
	}
	m, _ := v.(map[string]any)
	if m["op-cmd"] == nil {
		return nil, opdef.ErrNoCommand
	}
	rec := &recipe{}
	if !madeByGuildAI(m) {
		return rec, pyyaml.SetFields(m, rec)
	}
	project := guildAIProject(r, m)
	m = maps.Clone(m)
	if deps, ok := m["deps"].([]any); ok {
		m["deps"] = guildAIDeps(deps, project)
	}
	if err := pyyaml.SetFields(m, rec); err != nil {
		return nil, err
	}
	rec.convertGuildAI(r, project)
	return rec, nil
}
