package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"guild/proc/invocation"
	"guild/runs"
	"guild/runs/archive"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
)

// Carried has the options for runs that a command copies or moves elsewhere.
type Carried struct {
	filter.Flags
	Specs         []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	CopyResources bool     `short:"r" name:"copy-resources" help:"Copy what links in the runs lead to, in place of the links."`
	Yes           bool     `short:"y" help:"Do not ask."`
}

// RunsExport exports runs to a directory or zip file.
type RunsExport struct {
	Location string `arg:"" help:"A directory, or a file whose name ends with .zip. What is there already stays." complete:"file:*.zip"`
	Carried
	Move bool `short:"m" help:"Move the runs in place of copying them."`
}

// Run exports the runs.
func (k *RunsExport) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	how := "copy"
	if k.Move {
		how = "move"
	}
	list, ok, err := k.pick(c, s, fmt.Sprintf("You are about to %s the following runs to '%s':", how, k.Location), "export")
	if !ok || err != nil {
		return err
	}
	location, err := filepath.Abs(k.Location)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	bar := c.Progress("Exporting", "runs", len(list))
	defer bar.End()
	t := archive.Transfer{Move: k.Move, CopyResources: k.CopyResources, Note: c.Notef, Progress: bar}
	to := t.ToDir
	if archive.IsZip(location) {
		to = t.ToZip
	}
	res, err := to(ctx, s.Store, list, location)
	return finish(c, res, err, "Exported", fmt.Sprintf("to %s", k.Location))
}

// pick finds the runs and asks. ok is false if there is nothing to do.
func (k *Carried) pick(c *console.Console, s *catalog.Catalog, head, verb string) (list []*runs.Run, ok bool, err error) {
	f, err := k.Filter()
	if err != nil {
		return nil, false, err
	}
	list, err = filter.Find(s, f, k.Specs)
	if err != nil {
		return nil, false, err
	}
	return k.ask(c, list, head, verb)
}

func (k *Carried) ask(c *console.Console, list []*runs.Run, head, verb string) ([]*runs.Run, bool, error) {
	if len(list) == 0 {
		c.Notef("No runs to %s.\n", verb)
		return nil, false, nil
	}
	ok, err := listing.Confirm(c, k.Yes, head, list)
	return list, ok, err
}

// finish prints what was done. If runs were skipped because they are running, it returns an error, since they are not at the target.
func finish(c *console.Console, res archive.Result, err error, done, where string) error {
	if err == nil || res.Done > 0 {
		c.Notef("%s %d run(s) %s\n", done, res.Done, where)
	}
	if err != nil {
		return err
	}
	if res.Running > 0 {
		return fmt.Errorf("%d run(s) are running and were left where they are", res.Running)
	}
	return nil
}

// RunsImport imports runs from a directory, a zip file or an archive.
type RunsImport struct {
	Archive string `arg:"" help:"A directory, a zip file, or the name of an archive that 'guild archive --list' shows." complete:"archive"`
	Carried
	Move  bool `short:"m" help:"Move the runs in place of copying them."`
	Stage bool `help:"Stage the runs that were staged where they come from: schedulers start their commands, which are shown."`
}

// Run imports the runs.
func (k *RunsImport) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	p, err := Find(s, k.Archive)
	if err != nil {
		return err
	}
	how := "copy"
	if k.Move {
		how = "move"
	}
	if k.Move && p.Zip {
		return errors.New("'--move' cannot be used with zip archives")
	}
	if k.CopyResources && p.Zip {
		return errors.New("'--copy-resources' cannot be used with zip archives: use it with 'guild export'")
	}
	f, err := k.Filter()
	if err != nil {
		return err
	}
	all, done, err := p.List(ctx)
	if err != nil {
		return err
	}
	defer done()
	list, err := filter.Among(all, f, k.Specs)
	if err != nil {
		return err
	}
	showStaged(c, list, k.Stage)
	list, ok, err := k.ask(c, list, fmt.Sprintf("You are about to import (%s) the following runs from '%s':", how, k.Archive), "import")
	if !ok || err != nil {
		return err
	}
	bar := c.Progress("Importing", "runs", len(list))
	defer bar.End()
	t := archive.Transfer{Move: k.Move, CopyResources: k.CopyResources, Stage: k.Stage, Note: c.Notef, Progress: bar}
	res, err := t.ToStore(ctx, p, list, s.Store)
	return finish(c, res, err, "Imported", fmt.Sprintf("from %s", k.Archive))
}

// showStaged shows what the staged runs would run. Somebody else may have staged them, so the user has to decide.
func showStaged(c *console.Console, list []*runs.Run, stage bool) {
	say := "is not staged here without --stage, and would run"
	if stage {
		say = "will be staged, and runs"
	}
	for _, r := range list {
		if s := r.State(); s.Status == runs.Staged {
			c.Notef("Run %s (%s) %s: %s\n", r.ShortID(), console.OneLine(r.OpSpec()), say, console.OneLine(invocation.Shown(r.AsView(), s)))
		}
	}
}

// Find returns the archive that a word on the command line names: a named archive, a directory or a zip file.
func Find(s *catalog.Catalog, word string) (archive.Place, error) {
	p, err := archive.Find(s.Home(), word)
	if errors.Is(err, archive.ErrNoPlace) {
		return p, console.WithHint(fmt.Errorf("%w - use a path to a file/directory", err),
			"or specify an archive name returned by 'guild archive --list'.")
	}
	return p, err
}

// RunsArchive moves or copies runs to a named archive below the home, and lists archives.
type RunsArchive struct {
	Name string `arg:"" optional:"" help:"The archive." complete:"archive-name"`
	Carried
	Create      bool   `short:"c" help:"Make the archive if there is none of the name."`
	Copy        bool   `help:"Copy the runs in place of moving them."`
	Description string `short:"d" placeholder:"TEXT" help:"What the list says of an archive that is made."`
	List        bool   `short:"l" help:"List the archives."`
	Verbose     bool   `short:"v" help:"With their directories."`
	JSON        bool   `name:"json" help:"List the archives as a JSON list of objects: name, description, path."`
}

// Run archives the runs or lists the archives.
func (k *RunsArchive) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if k.List || k.JSON {
		return k.list(c, s)
	}
	if k.Name == "" {
		return errors.New("which archive? Give its name ('guild archive --list' shows the archives)")
	}
	a, exists, err := archive.ByName(s.Home(), k.Name)
	if err != nil {
		return err
	}
	if !exists && !k.Create {
		return console.WithHint(fmt.Errorf("archive '%s' does not exist", k.Name),
			"Try 'guild archive --list' to list available archives or use the '--create' option.")
	}
	how := "move"
	if k.Copy {
		how = "copy"
	}
	list, ok, err := k.pick(c, s, fmt.Sprintf("You are about to archive (%s) the following runs to '%s':", how, k.Name), "archive")
	if !ok || err != nil {
		return err
	}
	if !exists {
		c.Printf("Creating '%s'\n", k.Name)
		if a, err = archive.Create(s.Home(), k.Name, k.Description); err != nil {
			return err
		}
	}
	bar := c.Progress("Archiving", "runs", len(list))
	defer bar.End()
	t := archive.Transfer{Move: !k.Copy, CopyResources: k.CopyResources, Note: c.Notef, Progress: bar}
	res, err := t.ToDir(ctx, s.Store, list, a.Path)
	return finish(c, res, err, "Archived", fmt.Sprintf("to '%s'", k.Name))
}

func (k *RunsArchive) list(c *console.Console, s *catalog.Catalog) error {
	names, err := archive.Names(s.Home())
	if err != nil {
		return err
	}
	if k.JSON {
		return c.WriteJSON(jsonArchives(names))
	}
	rows := make([][]string, len(names))
	for i, n := range names {
		rows[i] = []string{console.OneLine(n.Name), console.OneLine(n.Description)}
	}
	c.ListingWith(rows, console.Look{}, func(i int) {
		if k.Verbose {
			c.Printf("  path: %s\n", listing.Tilde(names[i].Path))
		}
	})
	return nil
}

// jsonArchive is the JSON form of a named archive, which is stable.
type jsonArchive struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Path        string `json:"path"`
}

func jsonArchives(names []archive.Named) []jsonArchive {
	list := make([]jsonArchive, len(names))
	for i, n := range names {
		list[i] = jsonArchive{n.Name, n.Description, n.Path}
	}
	return list
}
