package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"guild/opdef"
	"guild/proc/newrun"
	"guild/proc/recipe"
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
				short, strings.Join(path, " waits for "))
		}
	}
	return nil
}

// refuseRequired returns an error if a run that the requested one requires itself waits for the run with an id. An empty id is that of a new
// run, which nothing can wait for.
func (c *Run) refuseRequired(store *runs.Store, id string, q *newrun.Request) error {
	if id == "" {
		return nil
	}
	resources, err := q.Op.Requires(q.Values)
	if err != nil {
		return err
	}
	return refuseCircleOf(store, id, required.PinnedBy(resources, q.Values))
}

// refuseCircleOf returns an error if one of the runs that a run requires waits for it.
func refuseCircleOf(store *runs.Store, id string, pins []string) error {
	for _, pin := range pins {
		if pin == id {
			return fmt.Errorf("run %s cannot require itself; name another run", runs.At(id).ShortID())
		}
		if path := required.PathAfter(store, pin, id); path != nil {
			return fmt.Errorf("run %s cannot require run %s: they would wait for each other: %s; name another run, or start one of them first",
				runs.At(id).ShortID(), path[0], strings.Join(path, " waits for "))
		}
	}
	return nil
}

// refuseRevised is refuseRequired for a run that is started or staged again with other flags.
func refuseRevised(store *runs.Store, run *runs.Run, flags opdef.Values) error {
	from := run
	if run.IsBatch() {
		from = runs.At(run.ProtoPath())
	}
	rec, err := recipe.Read(from)
	if err != nil {
		return nil // the start of the run reports it
	}
	return refuseCircleOf(store, run.ID, required.PinnedBy(rec.Requires, flags))
}
