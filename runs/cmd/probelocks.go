package cmd

import (
	"encoding/json"

	"guild/runs/console"
	"guild/runs/mount"
)

// ProbeLocks is the child in which mount.Check tries a lock.
type ProbeLocks struct {
	Dir string `arg:""`
}

// Run writes the result as JSON.
func (p *ProbeLocks) Run(c *console.Console) error {
	return json.NewEncoder(c.Out).Encode(mount.Probe(p.Dir))
}
