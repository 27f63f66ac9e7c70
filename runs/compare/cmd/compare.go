package cmd

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"

	"guild/opdef/project"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/console"
	"guild/runs/csvfile"
	"guild/runs/csvsafe"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/values"
)

// Compared has the options for the runs of a comparison and for its columns.
type Compared struct {
	filter.Flags
	Specs         []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	Cols          string   `short:"c" placeholder:"COLUMNS" help:"More columns, separated by commas: a scalar such as loss or max acc or min loss step, a flag as =lr, an attribute as .label; each may be followed by: as NAME." complete:"column"`
	StrictCols    string   `name:"strict-cols" aliases:"strict-columns" short2:"cc" placeholder:"COLUMNS" help:"These columns only, besides the id." complete:"column"`
	ExtraCols     bool     `short:"e" name:"extra-cols" help:"More of the columns that every run has: the digest of its source code."`
	AllScalars    bool     `short:"s" name:"all-scalars" help:"Scalars of the system too."`
	SkipOpCols    bool     `short:"p" name:"skip-op-cols" help:"No columns that the operations define, and no flags, attributes and scalars."`
	SkipCore      bool     `short:"r" name:"skip-core" help:"None of the columns that every run has, besides the id."`
	SkipUnchanged bool     `short:"u" name:"skip-unchanged" help:"No columns in which all runs have the same."`
	Min           string   `placeholder:"COLUMN" xor:"order" help:"The lowest values of COLUMN, a heading or a column as in --cols, first." complete:"column"`
	Max           string   `placeholder:"COLUMN" xor:"order" help:"The highest values of COLUMN first." complete:"column"`
	Limit         int      `short:"n" aliases:"top" placeholder:"N" help:"The first N runs only."`
	IncludeBatch  bool     `name:"include-batch" help:"Batches too."`
}

// Compare shows runs side by side.
type Compare struct {
	Compared
	Table        bool     `short:"t" xor:"form" help:"As a table, which is the default where there is no terminal. On a terminal the comparison is on the whole of it, and the key ? shows what can be done."`
	CSV          string   `name:"csv" xor:"form" placeholder:"PATH" help:"As CSV, to the file PATH or with - to the standard output." complete:"file:*.csv"`
	Replace      bool     `help:"Replace the file that --csv names, if it is there."`
	CSVSafe      bool     `name:"csv-safe" help:"In CSV, an apostrophe before texts that spreadsheets would take for formulas: those that begin with =, +, - or @."`
	JSON         bool     `name:"json" xor:"form" help:"As a JSON list of lists: the headings, then the values of each run (null where it has none)."`
	GroupBy      []string `name:"group-by" xor:"group" placeholder:"FLAG" help:"Put runs together that have the same values of these flags, and show mean, standard deviation and count of the other columns. Sorting and --limit apply to the groups." complete:"run-flag"`
	Over         []string `xor:"group" placeholder:"FLAG" help:"Likewise, of runs that differ in nothing but these flags, such as --over seed." complete:"run-flag"`
	PrintScalars bool     `name:"print-scalars" xor:"form" help:"List the scalars of the runs instead."`
}

// Run shows the comparison.
func (k *Compare) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if k.PrintScalars {
		list, err := k.Find(s)
		if err == nil {
			printScalars(c, list)
		}
		return err
	}
	g := compare.Grouping{By: k.GroupBy, Over: k.Over}
	if in, out, ok := c.Terminals(); ok && !k.Table && k.CSV == "" && !k.JSON && g.None() {
		return k.show(ctx, s, in, out)
	}
	t, err := k.grouped(s, g)
	switch {
	case err != nil:
		return err
	case k.CSV != "":
		err := csvfile.Write(c, k.CSV, k.Replace, func(w *csv.Writer) error { return encodeCSV(w, t, csvsafe.If(k.CSVSafe)) })
		if err == nil && k.CSV != "-" {
			c.Notef("Wrote %d row(s) to %s\n", len(t.Rows), k.CSV)
		}
		return err
	case k.JSON:
		return c.WriteJSON(jsonTable(t))
	}
	if !g.None() {
		t = t.WithoutCounts()
	}
	printTable(c, t)
	if len(t.Rows) > 0 || k.IncludeBatch {
		return nil
	}
	with := k.Compared
	with.IncludeBatch = true
	batches, err := with.Find(s)
	if err == nil && len(batches) > 0 {
		c.Notef("There are only batches: use --include-batch.\n")
	}
	return err
}

// Find returns the named runs that pass the filters, for callers that change none of them.
func (k *Compared) Find(s *catalog.Catalog) ([]*catalog.Snapshot, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	list, err := filter.Snapshots(s, f, k.Specs)
	if err != nil || k.IncludeBatch {
		return list, err
	}
	return slices.DeleteFunc(slices.Clone(list), func(s *catalog.Snapshot) bool { return s.IsBatch() }), nil
}

func (k *Compared) table(s *catalog.Catalog) (*compare.Table, error) {
	return k.grouped(s, compare.Grouping{})
}

// grouped returns the comparison of groups, or of runs if there is no grouping.
func (k *Compared) grouped(s *catalog.Catalog, g compare.Grouping) (*compare.Table, error) {
	o, err := k.options()
	if err != nil {
		return nil, err
	}
	list, err := k.Find(s)
	if err != nil {
		return nil, err
	}
	if !g.None() {
		return compare.NewGrouped(list, g, o)
	}
	return compare.New(list, o)
}

// DefinedColumns returns a function for the columns that operations define now, which may differ from those when the runs were made.
func DefinedColumns() func(*runs.View) ([]string, bool) {
	d := &project.Definitions{}
	return func(r *runs.View) ([]string, bool) {
		op := d.Of(r.Opref())
		if op == nil {
			return nil, false
		}
		return op.Compare, true
	}
}

func (k *Compared) options() (compare.Options, error) {
	o := compare.Options{
		SkipCore: k.SkipCore, Extra: k.ExtraCols, SkipOwn: k.SkipOpCols, AllScalars: k.AllScalars,
		Min: k.Min, Max: k.Max, Limit: k.Limit, OnlyChanged: k.SkipUnchanged, Defined: DefinedColumns(),
	}
	if k.Limit < 0 {
		return o, fmt.Errorf("limit %d: give a number of runs, such as -n 5", k.Limit)
	}
	cols := k.Cols
	if k.StrictCols != "" {
		if k.Cols != "" {
			return o, errors.New("--cols and --strict-cols exclude each other: give one of them")
		}
		cols, o.SkipCore, o.SkipOwn = k.StrictCols, true, true
	}
	if cols == "" {
		return o, nil
	}
	var err error
	o.Columns, err = compare.Parse(cols)
	return o, err
}

func printTable(c *console.Console, t *compare.Table) {
	if len(t.Rows) == 0 {
		return
	}
	rows := [][]string{t.Header}
	look := console.Look{Wraps: true, Color: func(column int, word string) console.Color {
		if t.Header[column] != "status" {
			return console.NoColor
		}
		return listing.StatusColor(word)
	}}
	for i, name := range t.Header {
		if name == "operation" || name == "label" {
			look.Flexible = append(look.Flexible, i)
		}
	}
	for i, values := range t.Rows {
		row := make([]string, len(values))
		for j, v := range values {
			row[j] = console.OneLine(compare.Text(v))
			if c.Terminal && t.Header[j] == "label" {
				row[j] = listing.ShortIDs(row[j])
			}
			if t.Header[j] == "operation" && i < len(t.Runs) && t.Runs[i].Marked() {
				row[j] += " [marked]"
			}
		}
		rows = append(rows, row)
	}
	c.Listing(rows, look)
}

func jsonTable(t *compare.Table) [][]any {
	table := [][]any{}
	if len(t.Rows) == 0 {
		return table
	}
	head := make([]any, len(t.Header))
	for i, h := range t.Header {
		head[i] = h
	}
	table = append(table, head)
	for _, values := range t.Rows {
		row := make([]any, len(values))
		for i, v := range values {
			row[i] = compare.JSON(v)
		}
		table = append(table, row)
	}
	return table
}

func encodeCSV(w *csv.Writer, t *compare.Table, safe func([]string) []string) error {
	if len(t.Rows) > 0 {
		_ = w.Write(safe(t.Header)) // Flush returns its error
	}
	row := make([]string, len(t.Header))
	for _, values := range t.Rows {
		for i, v := range values {
			row[i] = compare.Raw(v)
		}
		_ = w.Write(safe(row))
	}
	w.Flush()
	return w.Error()
}

func printScalars(c *console.Console, list []*catalog.Snapshot) {
	for _, r := range list {
		c.Printf("[%s] %s\n", r.ShortID(), listing.Operation(r.AsView(), ""))
		for _, s := range values.Of(r).Scalars() {
			if s.IsSystem() {
				continue
			}
			c.Printf("  %s: %s\n", console.OneLine(s.Key()), s.Last)
		}
	}
}
