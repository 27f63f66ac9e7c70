package sched

import (
	"fmt"
	"slices"
	"strings"

	"guild/sched/engine/slurm"
)

// slurmPrefix marks the tags of a run that override the flags of a Slurm scheduler: `slurm:time=2:00:00 gres=gpu:1`.
const slurmPrefix = "slurm:"

// readSlurmTags reads the options for Slurm from the tags of a run. Invalid parts are ignored with a warning.
func (n *needs) readSlurmTags(tags []string) {
	names := slurm.OptionNames()
	for _, tag := range tags {
		spec, ok := strings.CutPrefix(tag, slurmPrefix)
		if !ok {
			continue
		}
		for _, part := range strings.Fields(spec) {
			name, value, ok := strings.Cut(part, "=")
			if !ok || value == "" || !slices.Contains(names, name) {
				n.invalid = append(n.invalid, fmt.Errorf("ignoring %q in tag %q: parts must be NAME=VALUE, with one of the names %s",
					part, tag, strings.Join(names, ", ")))
				continue
			}
			if n.raw == nil {
				n.raw = map[string]string{}
			}
			n.raw[name] = value
		}
	}
}
