package sched

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"guild/proc/gpu"
	"guild/proc/required"
	"guild/runs"
	"guild/runs/pyyaml"
	"guild/sched/engine"
	"guild/sched/engine/slurm"
)

// needs says what a staged run requires of a scheduler.
type needs struct {
	resources map[string]float64
	gpus      string        // GPUs that it was staged with, as the user gave them
	devices   []string      // the same, by name
	gpuCount  int           // number of unnamed GPUs that it requires; 0 is the scheduler's default, -1 is none
	priority  int           // higher is earlier
	after     []string      // ids of runs that must have completed
	limit     time.Duration // most time that the run may take; 0 means no limit
	retries   *int          // how often it may be started again; nil: as the scheduler's options say
	invalid   []error       // tags and parameters that were ignored, and why

	raw  map[string]string // options that only one kind of engine understands
	pins []string          // ids of runs that it requires and may have to wait for

	stamp time.Time // of the attributes when this was read; zero if a later change could have the same time
}

// readNeeds reads the attributes of a run that matter to a scheduler with the given options: tags, and the options it was staged with.
func readNeeds(r *runs.Run, o *Options) (*needs, error) {
	n := &needs{resources: map[string]float64{}, stamp: attrsStamp(r), pins: required.Pinned(r)}
	ofSlurm := o.Kind == Slurm || o.Kind == Node
	tags, err := r.ReadTags()
	if err != nil && (o.Kind == Dask || ofSlurm) {
		return nil, err
	}
	if ofSlurm {
		n.readSlurmTags(tags)
	}
	for _, tag := range tags {
		spec, ok := strings.CutPrefix(tag, tagPrefix)
		if !ok {
			continue
		}
		res, err := parseResources(spec)
		if err != nil {
			n.invalid = append(n.invalid, err)
		}
		for name, v := range res {
			n.resources[name] = v
		}
	}
	params, err := r.ReadAttr("run_params")
	if err != nil {
		return nil, err
	}
	m, _ := params.(map[string]any)
	n.readParams(m)
	if o.Kind == Node {
		n.resources = slurm.Amounts(n.forEngine())
		n.gpus, n.devices = "", nil // Slurm chooses them
	}
	return n, nil
}

func (n *needs) readParams(params map[string]any) {
	n.gpuCount, _ = params["gpu_count"].(int)
	n.priority, _ = params["priority"].(int)
	if retries, ok := params["retries"].(int); ok {
		n.retries = &retries
	}
	if minutes, ok := pyyaml.Number(params["stop_after"]); ok {
		n.limit = time.Duration(minutes * float64(time.Minute))
	}
	n.after = required.After(params)
	if params["no_gpus"] == true {
		n.gpuCount = -1
	}
	if params["gpus"] == nil {
		return
	}
	n.gpus = fmt.Sprint(params["gpus"])
	if strings.TrimSpace(n.gpus) == "" { // as CUDA, an empty list means none
		n.gpus, n.gpuCount = "", -1
		return
	}
	devices, err := gpu.Parse(n.gpus)
	if err != nil {
		n.invalid = append(n.invalid, err)
	}
	n.devices = devices
}

// same reports whether two readings of a run are equal.
func (n *needs) same(o *needs) bool {
	return n.String() == o.String() && n.gpus == o.gpus && n.gpuCount == o.gpuCount &&
		n.priority == o.priority && n.limit == o.limit && slices.Equal(n.after, o.after) && slices.Equal(n.pins, o.pins)
}

// settled is the least age of a change at which a later change surely has another mtime, on any file system.
const settled = 2 * time.Second

// attrsStamp returns the time of the last change of a run's attributes; zero if it is too recent to tell apart from another change. Each
// change of an attribute replaces its file, and so changes the directory.
func attrsStamp(r *runs.Run) time.Time {
	st, err := os.Stat(r.GuildPath("attrs"))
	if err != nil || time.Since(st.ModTime()) < settled {
		return time.Time{}
	}
	return st.ModTime()
}

// unchanged reports whether the run still has the attributes that these needs were read from.
func (n *needs) unchanged(r *runs.Run) bool {
	return !n.stamp.IsZero() && n.stamp.Equal(attrsStamp(r))
}

// undefined returns the sorted names of needed resources that capacity does not have.
func (n needs) undefined(capacity map[string]float64) []string {
	var names []string
	for name := range n.resources {
		if _, ok := capacity[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// short returns the sorted names of needed resources of which too little is free.
func (n needs) short(capacity, used map[string]float64) []string {
	var names []string
	for name, v := range n.resources {
		if used[name]+v > capacity[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// String returns the resources in the form `a=1 b=2`, sorted by name.
func (n needs) String() string { return n.forEngine().String() }

func (n needs) forEngine() engine.Needs {
	return engine.Needs{Resources: n.resources, GPUs: n.gpus, Priority: n.priority, Raw: n.raw}
}
