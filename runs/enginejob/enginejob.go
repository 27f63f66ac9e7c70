// Package enginejob defines the attribute "engine": what a run records about its job in an engine, such as Dask or Slurm.
package enginejob

import (
	"cmp"
	"strings"
	"time"

	"guild/runs/pyyaml"
)

// Job describes the job of a run in an engine.
type Job struct {
	Kind      string    `yaml:"kind"`                // of engine: dask, slurm, batch
	Cluster   string    `yaml:"cluster,omitempty"`   // name or address of the engine
	Job       string    `yaml:"job,omitempty"`       // the engine's own id of the job; empty until the engine has accepted it
	Name      string    `yaml:"name,omitempty"`      // name given to the job, to find it if the answer to its submission was lost
	Scheduler string    `yaml:"scheduler,omitempty"` // id of the scheduler's run
	Survives  bool      `yaml:"survives"`            // the job stays in the engine's queue after the scheduler has ended
	Submitted time.Time // zero if it was not handed over yet
	Attempt   int       `yaml:"attempt"`            // number of starts requested from engines; the first is 1
	Avoid     string    `yaml:"avoid,omitempty"`    // node that failed under the previous attempt, in the engine's notation; the next attempt avoids it
	EndedBy   string    `yaml:"ended_by,omitempty"` // why the engine ended the run; empty if only the operation or a stop request did
}

// System returns the engine's name for users.
func (j Job) System() string {
	if j.Kind == "" || j.Kind == "batch" {
		return "a batch system"
	}
	return strings.ToUpper(j.Kind[:1]) + j.Kind[1:]
}

// ShownName returns the name by which users find the job in the engine; empty if it has none yet.
func (j Job) ShownName() string { return cmp.Or(j.Job, j.Name) }

// String returns the engine and its job, such as "Slurm (job 1234_7)".
func (j Job) String() string {
	if name := j.ShownName(); name != "" {
		return j.System() + " (job " + name + ")"
	}
	return j.System()
}

// submitted is the key of Submitted on disk: microseconds since the epoch.
const submitted = "submitted"

// Decode decodes a job from the value of the attribute. Unknown parts are ignored.
func Decode(v any) Job {
	var j Job
	_ = pyyaml.SetFields(v, &j)
	m, _ := v.(map[string]any)
	if us, ok := m[submitted].(int); ok {
		j.Submitted = time.UnixMicro(int64(us))
	}
	return j
}

// Data returns the value of the attribute.
func (j Job) Data() map[string]any {
	m := pyyaml.Fields(j)
	if !j.Submitted.IsZero() {
		m[submitted] = j.Submitted.UnixMicro()
	}
	return m
}
