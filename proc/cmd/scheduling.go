package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"guild/proc/required"
	"guild/runs"
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
	return c.refuseCircle(store)
}

// refuseCircle refuses runs to come after that themselves wait for the run which is to be staged.
func (c *Run) refuseCircle(store *catalog.Catalog) error {
	self := c.RunID
	if spec := cmp.Or(c.Start, c.Restart); spec != "" && len(c.after) > 0 {
		r, err := findRun(store, spec)
		if err != nil {
			return err
		}
		self = r.ID
	}
	if self == "" { // a new run, which nothing can wait for
		return nil
	}
	for _, id := range c.after {
		if path := required.PathAfter(store.Store, id, self); path != nil {
			short := runs.At(id).ShortID()
			if id == self {
				return fmt.Errorf("--after %s: a run cannot come after itself", short)
			}
			return fmt.Errorf("--after %s: they would wait for each other: %s; leave it out, or stage one of them without --after",
				short, strings.Join(path, " comes after "))
		}
	}
	return nil
}
