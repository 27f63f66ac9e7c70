package cmd

import (
	"encoding/json"

	"guild/runs/console"
	"guild/runs/mount"
)

// ProbeLocks tries a lock. mount.Check starts it as a process of its own.
type ProbeLocks struct {
	Dir string `arg:""`
}

// Run writes the result as JSON.
func (p *ProbeLocks) Run(c *console.Console) error {
	return json.NewEncoder(c.Out).Encode(mount.Probe(p.Dir))
}
