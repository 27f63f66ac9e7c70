package sched

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guild/proc"
	"guild/runs"
	"guild/sched/engine"
	"guild/sched/engine/slurm"
)

// tagPrefix marks the tags of a run that name what it needs: `dask:gpu=1 mem=5e9`.
const tagPrefix = "dask:"

var errSpec = errors.New("parts must be in format KEY=VAL")

// parseResources reads `NAME=NUMBER` pairs that are separated by white space.
func parseResources(spec string) (map[string]float64, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, nil
	}
	res := map[string]float64{}
	for _, part := range strings.Fields(spec) {
		name, val, ok := strings.Cut(part, "=")
		n, err := strconv.ParseFloat(val, 64)
		if !ok || name == "" || err != nil || !(n >= 0) { // which no NaN is
			return nil, fmt.Errorf("ignoring invalid dask resources spec '%s': %w", spec, errSpec)
		}
		res[name] = n
	}
	return res, nil
}

// needs is what a staged run asks of a scheduler.
type needs struct {
	resources map[string]float64
	gpus      string
	raw       map[string]string // what only one kind of engine understands
	invalid   []error           // tags that were ignored
	runs      bool              // it requires other runs, which it may have to wait for
}

// readNeeds reads what of a run matters to a scheduler with the given options: its tags, and the GPUs that it was staged with.
func readNeeds(r *runs.Run, o *Options) (*needs, error) {
	tags, err := r.ReadTags()
	if err != nil && (o.Kind == Dask || o.Kind == Slurm || o.Kind == Node) {
		return nil, err
	}
	n := &needs{resources: map[string]float64{}, runs: proc.RequiresRuns(r)}
	if o.Kind == Slurm || o.Kind == Node {
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
	if o.GPUs != "" || o.Kind == Slurm || o.Kind == Node {
		params, err := r.ReadAttr("run_params")
		if err != nil {
			return nil, err
		}
		if m, _ := params.(map[string]any); m["gpus"] != nil {
			n.gpus = fmt.Sprint(m["gpus"])
		}
	}
	if o.Kind == Node {
		n.resources = slurm.Amounts(n.forEngine())
		n.gpus = "" // Slurm says which
	}
	return n, nil
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

// short returns the first needed resource that has too little left, beside what is used.
func (n needs) short(capacity, used map[string]float64) (string, bool) {
	var names []string
	for name, v := range n.resources {
		if used[name]+v > capacity[name] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "", false
	}
	return slices.Min(names), true
}

// String is `a=1 b=2` in name order.
func (n needs) String() string { return n.forEngine().String() }

func (n needs) forEngine() engine.Needs {
	return engine.Needs{Resources: n.resources, GPUs: n.gpus, Raw: n.raw}
}
