package cmd

import (
	"context"
	"errors"
	"fmt"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
)

// Deleted has the arguments for runs in the trash, of the commands that restore or delete them.
type Deleted struct {
	filter.Flags
	Specs []string `arg:"" optional:"" name:"run" help:"Indexes in the list of 'guild runs list --deleted', ranges such as 1:3, or starts of ids. Default: all runs in the trash that pass the filters." complete:"deleted"`
	Yes   bool     `short:"y" help:"Do not ask."`
}

// RunsRestore moves runs back from the trash.
type RunsRestore struct{ Deleted }

// RunsPurge deletes runs in the trash permanently.
type RunsPurge struct{ Deleted }

// Run restores the runs. Staged runs wait for a scheduler again.
func (k *RunsRestore) Run(ctx context.Context, c *console.Console, s *runs.Store) error {
	return k.each(ctx, c, s, trashAct{
		nothing: "Nothing to restore", head: "To be moved out of the trash:", question: "Restore these runs?", def: true, doing: "Restoring", done: "Restored",
		do: func(r *runs.Run) error {
			_, err := s.Restore(r)
			return err
		},
	})
}

// Run deletes the runs.
func (k *RunsPurge) Run(ctx context.Context, c *console.Console, s *runs.Store) error {
	return k.each(ctx, c, s, trashAct{
		nothing: "Nothing to purge", head: "To be removed for good:", question: "Permanently delete these runs?", doing: "Deleting", done: "Permanently deleted",
		do: s.Purge,
	})
}

// trashAct is an action on runs in the trash, with its messages.
type trashAct struct {
	nothing, head, question, doing, done string
	def                                  bool // default answer
	do                                   func(*runs.Run) error
}

// each applies the action to the chosen runs. If it fails for a run, it continues with the others and returns the last error.
func (k *Deleted) each(ctx context.Context, c *console.Console, s *runs.Store, act trashAct) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.Notef("%s\n", act.nothing)
		return nil
	}
	if !k.Yes {
		c.Printf("%s\n", act.head)
		listing.Preview(c, list)
		if ok, err := c.Confirm(act.question, act.def); err != nil || !ok {
			return err
		}
	}
	done := 0
	var failed []error
	bar := c.Progress(act.doing, "runs", len(list))
	defer bar.End()
	for _, r := range list {
		if ctx.Err() != nil {
			break
		}
		bar.Step()
		switch err := act.do(r); {
		case err == nil:
			done++
		case !errors.Is(err, runs.ErrNotFound): // another process was faster
			failed = append(failed, err)
		}
	}
	c.Notef("%s %d run(s)\n", act.done, done)
	if len(failed) == 0 {
		return ctx.Err()
	}
	last := len(failed) - 1
	for _, err := range failed[:last] {
		c.Notef("%v\n", err)
	}
	return failed[last]
}

func (k *Deleted) find(s *runs.Store) ([]*runs.Run, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	all, err := s.Deleted()
	if err != nil {
		return nil, err
	}
	all = filter.Apply(f, all)
	if len(k.Specs) == 0 {
		return all, nil
	}
	for _, spec := range k.Specs {
		if _, err := filter.Select(all, []string{spec}); errors.Is(err, runs.ErrNotFound) {
			return nil, fmt.Errorf("%w in the trash: %s ('guild runs list --deleted' lists what is there)", runs.ErrNotFound, spec)
		}
	}
	return filter.Select(all, k.Specs)
}
