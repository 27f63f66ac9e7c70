package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"guild/opdef/project"
	"guild/runs"
	"guild/runs/catalog"
	comparecmd "guild/runs/compare/cmd"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/publish"
	"guild/runs/runfiles"
)

// RunsPublish writes reports of runs.
type RunsPublish struct {
	filter.Flags
	Specs         []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	Dest          string   `short:"d" placeholder:"DIR" default:"published-runs" help:"The directory to publish to (${default}). What is published there already stays, but for reports of the same runs." complete:"dir"`
	Template      string   `short:"t" placeholder:"TEMPLATE" help:"The template of the reports: 'default', or a directory, below the project of the run or given as a path that begins with a dot or slash. Default: that of the operation." complete:"dir"`
	IndexTemplate string   `short:"i" name:"index-template" placeholder:"PATH" help:"The template of the index: a file, or a directory with a README.md." complete:"file:*.md"`
	Files         bool     `short:"f" help:"Copy those files of the runs that their operations say."`
	AllFiles      bool     `short:"a" name:"all-files" help:"Copy all files of the runs."`
	IncludeLinks  bool     `short:"L" name:"include-links" help:"Copy what links in the runs lead to, as files that are copied (--files if nothing else is said)."`
	NoMD5         bool     `name:"no-md5" help:"Leave out the digests of files."`
	CSVSafe       bool     `name:"csv-safe" help:"In CSV files of reports, an apostrophe before texts that spreadsheets would take for formulas: those that begin with =, +, - or @."`
	IncludeBatch  bool     `name:"include-batch" help:"Batches too."`
	RefreshIndex  bool     `short:"r" name:"refresh-index" help:"Write the index of what is published, and publish nothing."`
	SaveTemplate  string   `name:"save-template" placeholder:"DIR" help:"Write the default template to the new directory DIR, to be changed, and publish nothing." complete:"dir"`
	HTML          string   `name:"html" placeholder:"DIR" help:"Write one report of all these runs to DIR instead, as pages that open from disk: those of the dashboard, with charts and files. A report that is there is replaced." complete:"dir"`
	Replace       bool     `help:"Replace files in DIR that guild did not write, or that were changed since."`
	Yes           bool     `short:"y" help:"Do not ask."`
	JSON          bool     `name:"json" help:"Write what was published as a JSON list of objects: id, operation, path, size (bytes)."`
}

// Run publishes the runs.
func (k *RunsPublish) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if k.SaveTemplate != "" {
		return publish.SaveDefault(k.SaveTemplate)
	}
	if k.Files && k.AllFiles {
		return errors.New("--files and --all-files cannot both be used")
	}
	if k.HTML != "" {
		return k.writeHTML(ctx, c, s)
	}
	index, err := k.index()
	if err != nil {
		return err
	}
	if k.RefreshIndex {
		if err := publish.Check(k.Dest, nil, k.Replace); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	} else {
		found, err := (&comparecmd.Compared{Flags: k.Flags, Specs: k.Specs, IncludeBatch: k.IncludeBatch}).Find(s)
		if err != nil {
			return err
		}
		list := catalog.Runs(found)
		if len(list) == 0 {
			return k.nothing(c, s)
		}
		ids := make([]string, len(list))
		for i, r := range list {
			ids[i] = r.ID
		}
		if err := publish.Check(k.Dest, ids, k.Replace); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		if ok, err := listing.Confirm(c, k.Yes, fmt.Sprintf("You are about to publish the following runs to %s:", k.Dest), list); err != nil || !ok {
			return err
		}
		if err := k.publish(ctx, c, list); err != nil {
			if _, statErr := os.Stat(k.Dest); statErr == nil { // for those that have been published
				return errors.Join(err, index.Write(k.Dest))
			}
			return err
		}
	}
	c.Notef("Refreshing runs index\n")
	if err := index.Write(k.Dest); err != nil {
		return err
	}
	size, err := runfiles.Size(k.Dest)
	c.Notef("Published runs using %s\n", publish.Size(size))
	return err
}

func (k *RunsPublish) index() (*publish.Index, error) {
	if k.IndexTemplate == "" {
		return publish.DefaultIndex()
	}
	return publish.IndexOf(k.IndexTemplate)
}

// jsonPublished is the JSON form of a report, which is stable.
type jsonPublished struct {
	ID        string `json:"id"`
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Size      int64  `json:"size"`
}

func (k *RunsPublish) publish(ctx context.Context, c *console.Console, list []*runs.Run) error {
	defined := &project.Definitions{}
	templates := map[string]*publish.Template{}
	for _, r := range list { // before anything is written, so that errors are reported at once
		if err := k.readTemplate(templates, r, publishing(defined, r)); err != nil {
			return err
		}
	}
	published := make([]jsonPublished, 0, len(list))
	for _, r := range list {
		said := publishing(defined, r)
		report, err := k.report(r, said)
		if err != nil {
			return fmt.Errorf("publish run %s: %w", r.ShortID(), err)
		}
		report.Template = templates[k.templateName(r, said)]
		if err := report.Write(ctx, k.Dest); err != nil {
			return err
		}
		path := filepath.Join(k.Dest, r.ID)
		size, err := runfiles.Size(path)
		if err != nil {
			return err
		}
		c.Notef("Publishing [%s] %s... using %s\n", r.ShortID(), listing.Operation(r.AsView(), ""), publish.Size(size))
		published = append(published, jsonPublished{r.ID, r.OpSpec(), path, size})
	}
	if k.JSON {
		return c.WriteJSON(published)
	}
	return nil
}

// nothing says that there are no runs to publish, and names the option that would include batches if there are only these.
func (k *RunsPublish) nothing(c *console.Console, s *catalog.Catalog) error {
	batches, err := (&comparecmd.Compared{Flags: k.Flags, Specs: k.Specs, IncludeBatch: true}).Find(s)
	if err != nil {
		return err
	}
	c.Notef("No runs to publish.\n")
	if len(batches) > 0 {
		c.Notef("There are only batches: use --include-batch.\n")
	}
	return nil
}
