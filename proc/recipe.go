package proc

import (
	"cmp"
	"fmt"
	"path/filepath"

	"guild/opdef"
	"guild/opdef/output"
	"guild/runs"
	"guild/runs/pyyaml"
)

// recipe is the run attribute `op`: what it takes to start the run, on another host too and with other flags.
type recipe struct {
	Command         opdef.Command
	LabelTemplate   string
	ProjectDir      string
	CmdDir          string // where `guild run` was called
	Python          string // interpreter at that time and place
	Source          sourcePlace
	PythonPath      []string // directories to import from, relative to the source code of the run, or else to the project
	EnvSecrets      []string // names of variables whose values are recorded nowhere
	RecordEnv       bool     // record the values of all other variables
	DeleteOnSuccess bool
	Stoppable       bool
	PipFreeze       bool
	OutputScalars   output.Rules
	OutputAttrs     output.Rules
	Requires        []opdef.Resource
	StopAfter       float64 // minutes after which the run is stopped; zero is never
	ForceDeps       bool    // go on where a dependency is not met
	RunsOf          string  // directory of a run with steps, whose runs alone can be required; empty for all runs
}

// sourcePlace is where source code is copied from and to. The zero value is from the project to the run directory.
type sourcePlace struct{ Root, Dest string }

func (p sourcePlace) dest() string { return cmp.Or(p.Dest, ".") }

// project is the directory of a project that the source code is in.
func (p sourcePlace) project(dir string) string {
	if root := filepath.FromSlash(p.Root); filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(dir, filepath.FromSlash(p.Root))
}

func (p sourcePlace) data() map[string]any {
	data := map[string]any{"dest": p.dest()}
	if p.Root != "" {
		data["root"] = p.Root
	}
	return data
}

func readSourcePlace(data any) sourcePlace {
	m, _ := data.(map[string]any)
	dest, _ := m["dest"].(string)
	root, _ := m["root"].(string)
	if dest == "." {
		dest = ""
	}
	return sourcePlace{root, dest}
}

// captureNothing turns the default rules off for an operation that prints what others print: they have it already.
func (rec *recipe) captureNothing() {
	for _, rules := range []*output.Rules{&rec.OutputScalars, &rec.OutputAttrs} {
		if rules.IsDefault() {
			rules.None = true
		}
	}
}

func (rec *recipe) data() map[string]any {
	requires := make([]any, len(rec.Requires))
	for i := range rec.Requires {
		requires[i] = rec.Requires[i].Data()
	}
	data := map[string]any{
		"deps":              requires,
		"force-deps":        rec.ForceDeps,
		"runs-of":           rec.RunsOf,
		"output-scalars":    rec.OutputScalars.Data(),
		"output-attrs":      rec.OutputAttrs.Data(),
		"op-cmd":            rec.Command.Data(),
		"label-template":    rec.LabelTemplate,
		"project-dir":       rec.ProjectDir,
		"cmd-dir":           rec.CmdDir,
		"python-exe":        rec.Python,
		"python-path":       rec.PythonPath,
		"sourcecode":        rec.Source.data(),
		"env-secrets":       rec.EnvSecrets,
		"delete-on-success": rec.DeleteOnSuccess,
		"pip-freeze":        rec.PipFreeze,
	}
	if rec.Stoppable {
		data["stoppable"] = true
	}
	if rec.RecordEnv {
		data["record-env"] = true
	}
	if rec.StopAfter > 0 {
		data["stop-after"] = rec.StopAfter
	}
	return data
}

func readRecipe(r *runs.Run) (*recipe, error) {
	v, err := r.Attr("op")
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	m, _ := v.(map[string]any)
	cmd, err := opdef.ParseCommand(m["op-cmd"])
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
	}
	rec := &recipe{Command: cmd}
	for key, to := range map[string]*string{"label-template": &rec.LabelTemplate, "project-dir": &rec.ProjectDir,
		"cmd-dir": &rec.CmdDir, "python-exe": &rec.Python, "runs-of": &rec.RunsOf} {
		*to, _ = m[key].(string)
	}
	for key, to := range map[string]*bool{"delete-on-success": &rec.DeleteOnSuccess, "stoppable": &rec.Stoppable,
		"pip-freeze": &rec.PipFreeze, "force-deps": &rec.ForceDeps, "record-env": &rec.RecordEnv} {
		*to, _ = m[key].(bool)
	}
	for key, to := range map[string]*[]string{"python-path": &rec.PythonPath, "env-secrets": &rec.EnvSecrets} {
		list, _ := m[key].([]any)
		for _, e := range list {
			*to = append(*to, fmt.Sprint(e))
		}
	}
	for key, to := range map[string]*output.Rules{"output-scalars": &rec.OutputScalars, "output-attrs": &rec.OutputAttrs} {
		if *to, err = output.Parse(m[key]); err != nil {
			return nil, fmt.Errorf("run %s cannot be started: %s: %w", r.ShortID(), key, err)
		}
	}
	rec.StopAfter, _ = pyyaml.Number(m["stop-after"])
	rec.Source = readSourcePlace(m["sourcecode"])
	deps, _ := m["deps"].([]any)
	for _, data := range deps {
		res, err := opdef.ParseResource(data, "")
		if err != nil {
			return nil, fmt.Errorf("run %s cannot be started: %w", r.ShortID(), err)
		}
		rec.Requires = append(rec.Requires, res)
	}
	return rec, nil
}
