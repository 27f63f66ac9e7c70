package cmd

import (
	"context"
	"errors"
	"fmt"

	"guild/runs"
	"guild/runs/archive"
	archivecmd "guild/runs/archive/cmd"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/process"
)

// RunsDelete moves runs to the trash or deletes them permanently.
type RunsDelete struct {
	filter.Flags
	Specs     []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, or starts of ids. Default: all runs that pass the filters." complete:"run"`
	Yes       bool     `short:"y" help:"Do not ask."`
	Archive   string   `short:"A" placeholder:"PATH" help:"Of the runs in the archive PATH: a directory, or the name of an archive that 'guild archive --list' shows." complete:"archive"`
	Permanent bool     `short:"p" help:"Remove the runs for good in place of moving them to the trash."`
}

// Run deletes the runs. It skips runs that are owned, with a message for each; the error says that there were some.
func (d *RunsDelete) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	f, err := d.Filter()
	if err != nil {
		return err
	}
	list, err := d.find(ctx, s, f)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.Notef("Nothing to delete\n")
		return nil
	}
	if !d.Yes {
		ok, err := d.confirm(c, list)
		if err != nil || !ok {
			return err
		}
	}
	return d.delete(ctx, c, s, list)
}

func (d *RunsDelete) find(ctx context.Context, s *catalog.Catalog, f *filter.Filter) ([]*runs.Run, error) {
	if d.Archive == "" {
		return filter.Find(s, f, d.Specs)
	}
	p, err := archivecmd.Find(s, d.Archive)
	if err != nil {
		return nil, err
	}
	if p.Zip {
		return nil, fmt.Errorf("runs in a zip file cannot be deleted: import the runs to keep, and export them again")
	}
	all, done, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	done()
	return filter.Among(all, f, d.Specs)
}

func (d *RunsDelete) deleteOne(s *catalog.Catalog, r *runs.Run) error {
	switch {
	case d.Archive == "":
		return s.Delete(r, d.Permanent)
	case d.Permanent:
		return archive.Delete(r, "")
	}
	return archive.Delete(r, s.TrashDir())
}

func (d *RunsDelete) confirm(c *console.Console, list []*runs.Run) (bool, error) {
	if d.Permanent {
		c.Printf("To be removed for good:\n")
		listing.Preview(c, list)
		return c.Confirm("Permanently delete these runs?", false)
	}
	c.Printf("To be moved to the trash:\n")
	listing.Preview(c, list)
	return c.Confirm("Delete these runs?", true)
}

func (d *RunsDelete) delete(ctx context.Context, c *console.Console, s *catalog.Catalog, list []*runs.Run) error {
	deleted, owned := 0, 0
	var failed error
	bar := c.Progress("Deleting", "runs", len(list))
	defer bar.End()
	for _, r := range list {
		if failed = ctx.Err(); failed != nil {
			break
		}
		bar.Step()
		err := d.deleteOne(s, r)
		switch {
		case err == nil:
			deleted++
		case errors.Is(err, runs.ErrBusy):
			owned++
			c.Notef("%s\n", ownedRemark(r))
		case errors.Is(err, runs.ErrNotFound): // another process was faster
		default:
			failed = err
		}
		if failed != nil {
			break
		}
	}
	if d.Permanent {
		c.Notef("Permanently deleted %d run(s)\n", deleted)
	} else {
		c.Notef("Deleted %d run(s)\n", deleted)
	}
	if failed != nil {
		return failed
	}
	if owned > 0 {
		return fmt.Errorf("%d run(s) are in use and were not deleted: stop them first", owned)
	}
	return nil
}

func ownedRemark(r *runs.Run) string {
	where := ""
	if o := r.State().Owner; o.Host != "" && o.Host != process.Hostname() {
		where = " on " + o.Host
	}
	return fmt.Sprintf("Run %s is in use%s and stays: to stop it, use 'guild stop %s'", r.ShortID(), where, r.ShortID())
}
