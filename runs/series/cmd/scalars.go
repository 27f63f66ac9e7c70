package cmd

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/console"
	"guild/runs/csvfile"
	"guild/runs/csvsafe"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/scalars"
	"guild/runs/series"
)

// Scalars shows the values of scalars step by step.
type Scalars struct {
	filter.Flags `rename:"tag=run-tag"`
	Specs        []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters if there are any, else the latest run." complete:"run"`
	Tag          []string `name:"tag" short:"t" sep:"none" placeholder:"NAME" help:"Scalars named NAME, with or without the directory; * and ? stand for other characters. May be repeated. Default: all but those of the system." complete:"scalar"`
	Last         bool     `xor:"which" help:"The last value of each series only."`
	Min          bool     `xor:"which" help:"The lowest value of each series only."`
	Max          bool     `xor:"which" help:"The highest value of each series only."`
	Mean         bool     `xor:"which" help:"The mean of each series only."`
	Every        int      `xor:"which" placeholder:"N" help:"Each Nth value, and the last one."`
	CSV          string   `name:"csv" xor:"form" placeholder:"PATH" help:"As CSV, to the file PATH or with - to the standard output: run, tag, step, wall_time (seconds since 1970), value." complete:"file:*.csv"`
	Replace      bool     `help:"Replace the file that --csv names, if it is there."`
	CSVSafe      bool     `name:"csv-safe" help:"In CSV, an apostrophe before texts that spreadsheets would take for formulas: those that begin with =, +, - or @."`
	JSON         bool     `name:"json" xor:"form" help:"As JSON, an object a line: run, tag, step, wall_time (seconds since 1970, or null), value."`
	Plot         bool     `xor:"form" help:"As plots, one for each scalar, with a line for each run. On a terminal they follow runs that are running."`
	PlotOptions  `embed:""`
}

// Run shows the values.
func (k *Scalars) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if k.Every < 0 {
		return fmt.Errorf("--every %d: give a number of values, such as --every 10", k.Every)
	}
	if err := k.Check(); err != nil {
		return err
	}
	list, err := k.find(s)
	if err != nil {
		return err
	}
	switch {
	case k.Plot:
		return k.Show(ctx, c, runs.Views(list), k.Tag, k.points)
	case k.CSV != "":
		return csvfile.Write(c, k.CSV, k.Replace, func(w *csv.Writer) error { return k.encodeCSV(c, w, list) })
	case k.JSON:
		return k.encodeJSON(c, list)
	}
	k.print(c, list)
	return nil
}

func (k *Scalars) find(s *catalog.Catalog) ([]*catalog.Snapshot, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	if len(k.Specs) == 0 && reflect.ValueOf(k.Flags).IsZero() {
		r, err := filter.Latest(s, f, "")
		if err != nil {
			return nil, err
		}
		return s.Of([]*runs.Run{r}), nil
	}
	return filter.Snapshots(s, f, k.Specs)
}

// points returns the requested points of a series.
func (k *Scalars) points(s series.Series) []series.Point {
	for by, asked := range map[series.Reduction]bool{series.Last: k.Last, series.Min: k.Min, series.Max: k.Max, series.Mean: k.Mean} {
		if asked {
			return []series.Point{s.Reduce(by)}
		}
	}
	return s.Every(k.Every)
}

// each calls f for each point, run by run. A damaged file causes a warning, and its readable part counts. It stops at an error of f.
func (k *Scalars) each(c *console.Console, list []*catalog.Snapshot, f func(series.Series, series.Point) error) error {
	for _, r := range list {
		all, err := series.Read(r, series.Select{Tags: k.Tag})
		if err != nil {
			c.Notef("WARNING: run %s: %v\n", r.ShortID(), err)
		}
		for _, one := range all {
			for _, p := range k.points(one) {
				if err := f(one, p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (k *Scalars) print(c *console.Console, list []*catalog.Snapshot) {
	rows := [][]string{{"run", "tag", "step", "time", "value"}}
	_ = k.each(c, list, func(s series.Series, p series.Point) error { // the function never fails
		rows = append(rows, []string{s.Run.ShortID(), console.OneLine(s.Key), strconv.FormatInt(p.Step, 10), listing.Time(p.Time), scalars.Text(p.Value)})
		return nil
	})
	if len(rows) > 1 {
		c.Table(rows)
	}
}

func (k *Scalars) encodeCSV(c *console.Console, w *csv.Writer, list []*catalog.Snapshot) error {
	safe := csvsafe.If(k.CSVSafe)
	_ = w.Write([]string{"run", "tag", "step", "wall_time", "value"}) // Flush returns its error
	err := k.each(c, list, func(s series.Series, p series.Point) error {
		return w.Write(safe([]string{s.Run.ID, s.Key, strconv.FormatInt(p.Step, 10), series.Seconds(p.Time), compare.Raw(p.Value)}))
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

// scalarLine is the JSON form of a point.
type scalarLine struct {
	Run  string          `json:"run"`
	Tag  string          `json:"tag"`
	Step int64           `json:"step"`
	Time json.RawMessage `json:"wall_time"`
	// Value is a text if it is not finite, as everywhere in guild's JSON.
	Value any `json:"value"`
}

func (k *Scalars) encodeJSON(c *console.Console, list []*catalog.Snapshot) error {
	return k.each(c, list, func(s series.Series, p series.Point) error {
		at := json.RawMessage(series.Seconds(p.Time))
		if len(at) == 0 {
			at = json.RawMessage("null")
		}
		line, err := json.Marshal(scalarLine{s.Run.ID, s.Key, p.Step, at, compare.JSON(p.Value)})
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		c.Data(string(line))
		return nil
	})
}
