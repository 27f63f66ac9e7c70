package sched

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"guild/proc/required"
	"guild/runs"
	"guild/runs/pyyaml"
	"guild/sched/engine"
	"guild/sched/engine/slurm"
	"guild/sched/gpu"
)

// needs is what a staged run asks of a scheduler.
type needs struct {
	resources map[string]float64
	gpus      string        // GPUs that it was staged with, as they were given
	devices   []string      // likewise, by name
	gpuCount  int           // GPUs that it wants in place of named ones; 0 is what the scheduler gives to each run, -1 is none
	priority  int           // higher is earlier
	after     []string      // ids of runs that must have completed
	limit     time.Duration // time that the run may take; 0 is any
	retries   *int          // how often it is started again; nil: as the scheduler says
	invalid   []error       // what was ignored

	raw  map[string]string // what only one kind of engine understands
	pins []string          // ids of runs that it requires, for which it may have to wait

	stamp time.Time // of the attributes when this was read; zero where they can have changed in the same moment
}

// readNeeds reads what of a run matters to a scheduler with the given options: its tags, and the options that it was staged with.
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
		n.gpus, n.devices = "", nil // Slurm says which
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
	if strings.TrimSpace(n.gpus) == "" { // what CUDA takes for none
		n.gpus, n.gpuCount = "", -1
		return
	}
	devices, err := gpu.Parse(n.gpus)
	if err != nil {
		n.invalid = append(n.invalid, err)
	}
	n.devices = devices
}

// same reports that two readings of a run say the same.
func (n *needs) same(o *needs) bool {
	return n.String() == o.String() && n.gpus == o.gpus && n.gpuCount == o.gpuCount &&
		n.priority == o.priority && n.limit == o.limit && slices.Equal(n.after, o.after) && slices.Equal(n.pins, o.pins)
}

// settled is how old a change must be so that another one has another time, on any file system.
const settled = 2 * time.Second

// attrsStamp is when an attribute of a run was changed last. Attributes are replaced, so that each change is one of their directory.
func attrsStamp(r *runs.Run) time.Time {
	st, err := os.Stat(r.GuildPath("attrs"))
	if err != nil || time.Since(st.ModTime()) < settled {
		return time.Time{}
	}
	return st.ModTime()
}

// unchanged reports that the run has the attributes that these needs were read from.
func (n *needs) unchanged(r *runs.Run) bool {
	return !n.stamp.IsZero() && n.stamp.Equal(attrsStamp(r))
}

// undefined returns the names of needed resources that have no capacity at all, sorted.
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

// short returns the needed resources that have too little left, beside what is used, sorted.
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

// String is `a=1 b=2` in name order.
func (n needs) String() string { return n.forEngine().String() }

func (n needs) forEngine() engine.Needs {
	return engine.Needs{Resources: n.resources, GPUs: n.gpus, Priority: n.priority, Raw: n.raw}
}
