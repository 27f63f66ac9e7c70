package cmd

import (
	"context"
	"fmt"
	"path/filepath"

	"guild/opdef/project"
	"guild/proc/batchplan"
	"guild/runs"
	"guild/runs/catalog"
	comparecmd "guild/runs/compare/cmd"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/publish"
	"guild/runs/runfiles"
	"guild/sched/web/report"
)

// defaultDest is where reports are published by templates, see RunsPublish.Dest.
const defaultDest = "published-runs"

// notOfPages returns an error if an option was given that applies only to reports by templates.
func (k *RunsPublish) notOfPages() error {
	for _, o := range []struct {
		name  string
		given bool
	}{
		{"--dest", k.Dest != defaultDest}, {"--template", k.Template != ""}, {"--index-template", k.IndexTemplate != ""},
		{"--refresh-index", k.RefreshIndex}, {"--no-md5", k.NoMD5}, {"--csv-safe", k.CSVSafe}, {"--include-links", k.IncludeLinks},
	} {
		if o.given {
			return fmt.Errorf("%s is for reports by templates and cannot be used with --html", o.name)
		}
	}
	return nil
}

// writeHTML writes a report as pages.
func (k *RunsPublish) writeHTML(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if err := k.notOfPages(); err != nil {
		return err
	}
	found, err := (&comparecmd.Compared{Flags: k.Flags, Specs: k.Specs, IncludeBatch: k.IncludeBatch}).Find(s)
	if err != nil {
		return err
	}
	list := catalog.Runs(found)
	switch {
	case len(list) == 0:
		return k.nothing(c, s)
	case len(list) > report.MostRuns:
		return fmt.Errorf("a report is of %d runs at most, not %d: use filters to choose some, such as -Fs 'last 2 weeks'", report.MostRuns, len(list))
	}
	// Checked before the question, and again below: files may be added meanwhile.
	if err := publish.CheckHTML(k.HTML, report.Names, k.Replace); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if ok, err := listing.Confirm(c, k.Yes, fmt.Sprintf("You are about to publish the following runs to %s:", k.HTML), list); err != nil || !ok {
		return err
	}
	cfg := report.Config{Catalog: s, Planned: batchplan.Planned, Defined: comparecmd.DefinedColumns}
	defined := &project.Definitions{}
	for _, r := range list {
		copies, err := k.copies(r, defined)
		if err != nil {
			return fmt.Errorf("publish run %s: %w", r.ShortID(), err)
		}
		cfg.Runs = append(cfg.Runs, report.Run{Run: r, Copies: copies})
	}
	if err := publish.HTML(k.HTML, report.Names, k.Replace, func(dir string) error { return report.Write(ctx, cfg, dir) }); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	size, err := runfiles.Size(k.HTML)
	c.Notef("Published %d run(s) as %s, using %s\n", len(list), filepath.Join(k.HTML, "index.html"), publish.Size(size))
	if err != nil || !k.JSON {
		return err
	}
	return k.printHTML(c, list)
}

// copies returns a function that reports whether a file of a run is copied. The rules are those of reports by templates.
func (k *RunsPublish) copies(r *runs.Run, defined *project.Definitions) (func(path string) bool, error) {
	rep, err := k.report(r, publishing(defined, r))
	if err != nil {
		return nil, err
	}
	copied := map[string]bool{}
	for _, f := range rep.Files {
		copied[f.Path] = f.Source || f.Copy
	}
	return func(path string) bool { return copied[path] }, nil
}

// printHTML writes the result as JSON: the path is the address of the run in the report.
func (k *RunsPublish) printHTML(c *console.Console, list []*runs.Run) error {
	published := make([]jsonPublished, 0, len(list))
	for _, r := range list {
		var size int64
		for _, part := range []string{"data/run/" + r.ID + ".js", "data/scalars/" + r.ID + ".js", "data/study/" + r.ID + ".js", "api/runs/" + r.ID} {
			n, err := runfiles.Size(filepath.Join(k.HTML, filepath.FromSlash(part)))
			if err != nil {
				return err
			}
			size += n
		}
		published = append(published, jsonPublished{r.ID, r.OpSpec(), filepath.Join(k.HTML, "index.html") + "#run/" + r.ID, size})
	}
	return c.WriteJSON(published)
}
