package cmd

import (
	"errors"
	"fmt"

	"guild/runs/catalog"
	"guild/runs/console"
)

// checkScheduling returns an error for wrong scheduling options, and looks up the runs of --after.
func (c *Run) checkScheduling(store *catalog.Catalog) error {
	if c.GPUCount < 0 {
		return console.Usage(fmt.Errorf("--gpu-count %d: give a number above 0, or --no-gpus", c.GPUCount))
	}
	if c.GPUCount > 0 && (c.GPUs != nil || c.NoGPUs) {
		return console.Usage(errors.New("--gpu-count leaves it to a scheduler which GPUs the run gets: leave it out, or --gpus and --no-gpus"))
	}
	if c.Retries != nil && *c.Retries < 0 {
		return console.Usage(fmt.Errorf("--retries %d: give 0 or more", *c.Retries))
	}
	if len(c.After) > 0 && !c.Stage && !c.StageTrials {
		return console.Usage(console.WithHint(errors.New("--after is for runs that wait for a scheduler"), "Add --stage."))
	}
	for _, spec := range c.After {
		r, err := findRun(store, spec)
		if err != nil {
			return fmt.Errorf("--after %s: %w", spec, err)
		}
		c.after = append(c.after, r.ID)
	}
	return nil
}
