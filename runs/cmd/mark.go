package cmd

import (
	"slices"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
)

// RunsMark marks runs, so that operations that require a run prefer them.
type RunsMark struct {
	filter.Flags
	Specs []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: the latest run that is not marked; with --clear all that are." complete:"run"`
	Clear bool     `short:"c" help:"Take the mark away."`
	Yes   bool     `short:"y" help:"Do not ask."`
}

// RunsUnmark is RunsMark with --clear.
type RunsUnmark struct {
	filter.Flags
	Specs []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all marked runs." complete:"run"`
	Yes   bool     `short:"y" help:"Do not ask."`
}

// Run removes the marks.
func (k *RunsUnmark) Run(c *console.Console, s *catalog.Catalog) error {
	return (&RunsMark{Flags: k.Flags, Specs: k.Specs, Clear: true, Yes: k.Yes}).Run(c, s)
}

// Run sets or removes the marks.
func (k *RunsMark) Run(c *console.Console, s *catalog.Catalog) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	head, done := "You are about to mark the following runs:", "Marked"
	if k.Clear {
		head, done = "You are about to unmark the following runs:", "Unmarked"
	}
	if len(list) == 0 {
		c.Notef("No runs to %smark\n", map[bool]string{true: "un"}[k.Clear])
		return nil
	}
	if ok, err := listing.Confirm(c, k.Yes, head, list); err != nil || !ok {
		return err
	}
	for _, r := range list {
		if err := r.SetMarked(!k.Clear); err != nil {
			return err
		}
	}
	c.Notef("%s %d run(s)\n", done, len(list))
	return nil
}

func (k *RunsMark) find(s *catalog.Catalog) ([]*runs.Run, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	list, err := filter.Find(s, f, k.Specs)
	if err != nil || len(k.Specs) > 0 {
		return list, err
	}
	list = slices.Clone(list)
	if k.Clear {
		return slices.DeleteFunc(list, func(r *runs.Run) bool { return !r.Marked() }), nil
	}
	i := slices.IndexFunc(list, func(r *runs.Run) bool { return !r.Marked() })
	if i < 0 {
		return nil, nil
	}
	return list[i : i+1], nil
}
