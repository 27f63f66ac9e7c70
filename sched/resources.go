package sched

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/runs"
	"guild/sched/engine"
)

// tagPrefix marks the tags of a run that name what it needs: `dask:gpu=1 mem=5e9`.
const tagPrefix = "dask:"

var errSpec = errors.New("parts must be in format KEY=VAL")

// parseResources reads `NAME=NUMBER` pairs that are separated by white space. The error names the parts that are none; the others
// hold. Amounts are finite and not negative.
func parseResources(spec string) (map[string]float64, error) {
	var res map[string]float64
	var invalid []string
	for _, part := range strings.Fields(spec) {
		name, val, ok := strings.Cut(part, "=")
		n, err := strconv.ParseFloat(val, 64)
		if !ok || name == "" || err != nil || !(n >= 0) || math.IsInf(n, 0) { // no NaN is >= 0
			invalid = append(invalid, part)
			continue
		}
		if res == nil {
			res = map[string]float64{}
		}
		res[name] = n
	}
	if len(invalid) > 0 {
		return res, fmt.Errorf("ignoring invalid dask resources spec '%s': %w", strings.Join(invalid, " "), errSpec)
	}
	return res, nil
}

// needs is what a staged run asks of a scheduler.
type needs struct {
	resources map[string]float64
	gpus      string
	invalid   []error // tags that were ignored
}

// readNeeds reads what of a run matters to a scheduler with the given options: its tags, and the GPUs that it was staged with.
func readNeeds(r *runs.Run, o *Options) (*needs, error) {
	tags, err := r.ReadTags()
	if err != nil && o.Kind == Dask {
		return nil, err
	}
	n := &needs{resources: map[string]float64{}}
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
	if o.GPUs != "" {
		params, err := r.ReadAttr("run_params")
		if err != nil {
			return nil, err
		}
		if m, _ := params.(map[string]any); m["gpus"] != nil {
			n.gpus = fmt.Sprint(m["gpus"])
		}
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

func (n needs) forEngine() engine.Needs { return engine.Needs{Resources: n.resources, GPUs: n.gpus} }
