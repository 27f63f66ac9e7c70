package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
)

// RunsList shows runs, the latest started first.
type RunsList struct {
	filter.Flags
	All        bool   `short:"a" help:"All runs, not only the latest 20."`
	More       int    `short:"m" type:"counter" help:"20 more runs. May be repeated."`
	Limit      int    `short:"n" placeholder:"N" help:"At most N runs."`
	Deleted    bool   `short:"d" xor:"where" help:"Runs in the trash."`
	Archive    string `short:"A" xor:"where" placeholder:"PATH" help:"Runs in the archive PATH: a directory, a zip file, or the name of an archive that 'guild archive --list' shows." complete:"archive"`
	Comments   bool   `short:"c" help:"With the comments on each run."`
	Verbose    bool   `short:"v" help:"With the details of each run."`
	Simplified bool   `short:"s" help:"Without ids, times and directories."`
	JSON       bool   `name:"json" help:"As a JSON list of objects: id, short_id, dir, operation, opref, status, reason (where there is one), started and stopped (microseconds, or null), exit_status, host, label, tags, marked, flags, comments."`
}

const pageSize = 20

// Run lists the runs.
func (l *RunsList) Run(c *console.Console, s *runs.Store) error {
	if l.Limit < 0 {
		return fmt.Errorf("limit %d: give a number of runs, such as -n 5", l.Limit)
	}
	f, err := l.Filter()
	if err != nil {
		return err
	}
	list := s.List
	if l.All || !f.Empty() {
		list = s.Survey
	}
	if l.Deleted {
		list = s.Deleted
	}
	if l.Archive != "" {
		p, err := findArchive(c, s, l.Archive)
		if err != nil {
			return err
		}
		archived, done, err := p.List(context.Background())
		if err != nil {
			return err
		}
		defer done()
		list = func() ([]*runs.Run, error) { return archived, nil }
	}
	all, err := list()
	if err != nil {
		return err
	}
	all = f.Apply(all)
	shown := s.Recall(all[:min(len(all), l.limit(len(all)))])
	if l.JSON {
		return writeSummaries(c, shown)
	}
	l.print(c, shown)
	if len(shown) < len(all) && l.Limit == 0 {
		c.Notef("Showing the latest %d of %d runs: -m shows more of them, -a all.\n", len(shown), len(all))
	}
	return nil
}

func (l *RunsList) limit(count int) int {
	switch {
	case l.Limit > 0:
		return l.Limit
	case l.All:
		return count
	}
	return pageSize * (1 + l.More)
}

func (l *RunsList) print(c *console.Console, list []*runs.Run) {
	if len(list) == 0 {
		return
	}
	cwd, _ := os.Getwd()
	rows := make([][]string, len(list))
	runs.Each(len(list), func(i int) {
		if r := list[i]; l.Simplified {
			rows[i] = []string{fmt.Sprintf("[%d]", i+1), operation(r, ""), string(r.Status()), oneLine(r.Label())}
		} else {
			rows[i] = row("["+strconv.Itoa(i+1)+":"+r.ShortID()+"]", r, cwd)
		}
	})
	if !l.Comments && !l.Verbose {
		c.Table(rows)
		return
	}
	for i, line := range lines(rows) {
		c.Printf("%s\n", line)
		if l.Verbose {
			indent(c, newInfo(list[i]).text(), 2)
		}
		if l.Comments {
			printComments(c, list[i])
		}
	}
}

func printComments(c *console.Console, r *runs.Run) {
	for i, comment := range r.Comments() {
		if i > 0 {
			c.Printf("\n")
		}
		c.Printf("  %s\n\n", commentHead(comment))
		indent(c, comment.Body, 4)
	}
}

func writeJSON(c *console.Console, v any) error {
	e := json.NewEncoder(c.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
