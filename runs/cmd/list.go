package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"guild/runs"
	archivecmd "guild/runs/archive/cmd"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
)

// RunsList lists runs, latest started first.
type RunsList struct {
	filter.Flags
	All        bool   `short:"a" help:"All runs, not only the latest 20."`
	More       int    `short:"m" type:"counter" help:"20 more runs. May be repeated."`
	Limit      int    `short:"n" placeholder:"N" help:"At most N runs."`
	Deleted    bool   `short:"d" xor:"where" help:"Runs in the trash."`
	Archive    string `short:"A" xor:"where" placeholder:"PATH" help:"Runs in the archive PATH: a directory, a zip file, or the name of an archive that 'guild archive --list' shows." complete:"archive"`
	Comments   bool   `short:"c" help:"With the comments on each run."`
	Verbose    bool   `short:"v" help:"With the details of each run."`
	Simplified bool   `short:"s" help:"Without ids and times."`
	JSON       bool   `name:"json" help:"As a JSON list of objects, of all runs unless -n or -m says how many: id, short_id, dir and run_dir (the same), cmd, operation, opref, status, reason (where there is one; of runs that wait, why they do), started and stopped (microseconds, or null), exit_status, host, label, tags, marked, flags, comments."`
}

const pageSize = 20

// Run lists the runs.
func (l *RunsList) Run(c *console.Console, s *catalog.Catalog) error {
	if l.Limit < 0 {
		return fmt.Errorf("limit %d: give a number of runs, such as -n 5", l.Limit)
	}
	f, err := l.Filter()
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // to save time rather than memory: the output is short-lived, and the process ends after it
	if l.JSON {
		l.All = l.All || l.More == 0 // programs do not see the note that there are more runs
		texts, _, err := collect(l, c, s, f, summaryOf)
		if err != nil {
			return err
		}
		if l.here() {
			addReasons(texts, &reasons{catalog: s})
		}
		return writeSummaries(c, texts)
	}
	cwd, _ := os.Getwd()
	shown, total, err := collect(l, c, s, f, func(r *runs.View) listedRun { return l.show(c, r, cwd) })
	if err != nil {
		return err
	}
	// Programs parse the status of a run in listings; for them the reason is in --json.
	if c.Terminal && l.here() && (l.Staged || l.Pending) && !l.Simplified {
		l.addReasons(shown, &reasons{catalog: s})
	}
	l.print(c, shown)
	if len(shown) == 0 && c.Terminal {
		c.Notef("%s\n", l.noRuns(f))
	}
	if len(shown) < total && l.Limit == 0 {
		c.Notef("Showing the latest %d of %d runs: -m shows more of them, -a all.\n", len(shown), total)
	}
	return nil
}

// noRuns returns the reason why a list is empty, for users at a terminal.
func (l *RunsList) noRuns(f *filter.Filter) string {
	switch {
	case !f.Empty():
		return "No run passes the filters."
	case l.Deleted:
		return "The trash is empty."
	case l.Archive != "":
		return "The archive has no runs."
	}
	return "There are no runs yet. 'guild help tutorial' says how to begin, 'guild check' where runs are kept."
}

// collect calls of for each listed run; total is the number of runs that pass the filter.
func collect[T any](l *RunsList, c *console.Console, s *catalog.Catalog, f *filter.Filter, of func(*runs.View) T) (list []T, total int, err error) {
	var some []*runs.Run
	switch {
	case l.Deleted, l.Archive != "":
		all, done, err := l.elsewhere(s)
		if err != nil {
			return nil, 0, err
		}
		defer done()
		some = filter.Apply(f, all)
		total = len(some)
	case l.All && l.Limit == 0:
		list, err = catalog.Collect(s, func(r *catalog.Snapshot) (v T, ok bool) {
			if ok = f.Match(r); ok {
				v = of(r.AsView())
			}
			return v, ok
		})
		if err == nil && len(list) == 0 {
			err = warnUnknownName(c, f.UnknownName())
		}
		return list, len(list), err
	case f.Empty():
		some, total, err = s.Latest(l.limit(math.MaxInt))
	default:
		some, err = filter.Find(s, f, nil)
		err = warnUnknownName(c, err)
		total = len(some)
	}
	if err != nil {
		return nil, 0, err
	}
	snapshots := s.Of(some[:min(len(some), l.limit(total))])
	list = make([]T, len(snapshots))
	runs.Each(len(list), func(i int) { list[i] = of(snapshots[i].AsView()) })
	return list, total, nil
}

// warnUnknownName prints the error for a filter name that no run has as a warning: for programs an empty list is an answer.
func warnUnknownName(c *console.Console, err error) error {
	if unknown := (*filter.UnknownNameError)(nil); errors.As(err, &unknown) {
		c.Notef("WARNING: %v\n%s\n", unknown, unknown.Hint())
		return nil
	}
	return err
}

// elsewhere returns the runs of the trash or of an archive, until done is called.
func (l *RunsList) elsewhere(s *catalog.Catalog) (list []*runs.Run, done func(), err error) {
	if l.Deleted {
		list, err = s.Deleted()
		return list, func() {}, err
	}
	p, err := archivecmd.Find(s, l.Archive)
	if err != nil {
		return nil, nil, err
	}
	return p.List(context.Background())
}

// here reports whether the runs are those of the store, for which schedulers have a word.
func (l *RunsList) here() bool { return !l.Deleted && l.Archive == "" }

func (l *RunsList) limit(count int) int {
	switch {
	case l.Limit > 0:
		return l.Limit
	case l.All:
		return count
	}
	return pageSize * (1 + l.More)
}

// listedRun is a row of a listing; the first column has the id.
type listedRun struct {
	row    []string
	detail []console.Part
	run    *runs.Run
}

func (l *RunsList) show(c *console.Console, r *runs.View, cwd string) listedRun {
	cells := listing.Row(c, r.ShortID(), r, cwd)
	if l.Simplified {
		cells[0] = ""
		cells = slices.Delete(cells, listing.StatusColumn-1, listing.StatusColumn) // the time
	}
	return listedRun{cells, l.detail(r), r.Run()}
}

// addReasons adds the reason to the status of each waiting run.
func (l *RunsList) addReasons(list []listedRun, why *reasons) {
	for _, one := range list {
		status := &one.row[listing.StatusColumn]
		if reason := why.of(one.run, runs.Status(*status)); reason != "" {
			*status += " (" + short(reason) + ")"
		}
	}
}

func (l *RunsList) detail(r *runs.View) (parts []console.Part) {
	if l.Verbose {
		parts = newInfo(r).parts(2)
	}
	if l.Comments {
		var comments strings.Builder
		printComments(&console.Console{Out: &comments}, r)
		parts = append(parts, console.Part{Text: comments.String()})
	}
	return parts
}

func (l *RunsList) print(c *console.Console, list []listedRun) {
	rows := make([][]string, len(list))
	for i, one := range list {
		rows[i] = one.row
		if number := strconv.Itoa(i + 1); l.Simplified {
			rows[i][0] = "[" + number + "]"
		} else {
			rows[i][0] = "[" + number + ":" + rows[i][0] + "]"
		}
	}
	if !l.Comments && !l.Verbose {
		c.Listing(rows, l.look())
		return
	}
	c.ListingWith(rows, l.look(), func(row int) { c.Print(list[row].detail...) })
}

// look returns the layout of the lines on a terminal.
func (l *RunsList) look() console.Look {
	if l.Simplified {
		return listing.Look(listing.StatusColumn - 1)
	}
	look := listing.Look(listing.StatusColumn)
	if l.Staged || l.Pending {
		look.Flexible = append(look.Flexible, listing.StatusColumn) // with the reason why a run waits
	}
	return look
}

func printComments(c *console.Console, r *runs.View) {
	for i, comment := range r.Comments() {
		if i > 0 {
			c.Printf("\n")
		}
		c.Printf("  %s\n\n", commentHead(comment))
		indent(c, comment.Body, 4)
	}
}
