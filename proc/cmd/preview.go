package cmd

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/proc/newrun"
	"guild/runs/console"
	"guild/runs/csvsafe"
)

// preview describes what is about to be run: a line with the operation, then its flags and those of an optimizer.
func preview(q *newrun.Request) string {
	text := q.Op.FullName() + batchPreview(q) + "\n" + flagLines(q.Values, q.Op.Flags...)
	if q.Batch == nil || len(q.Batch.Optimizer.Values) == 0 {
		return text
	}
	opt := q.Batch.Optimizer
	return text + "Optimizer flags:\n" + flagLines(opt.Values, opt.Op.Flags...)
}

// batchPreview returns the text after the name of the operation: how a batch chooses its trials. It is empty for other runs.
func batchPreview(q *newrun.Request) string {
	if q.Batch == nil {
		return ""
	}
	op, count, rows := q.Batch.Optimizer.Op, q.Batch.MaxTrials, ""
	how := fmt.Sprintf("with %s optimizer", op.FullName())
	switch {
	case op.Name == opdef.GridName:
		how = "as a batch"
		count, _ = q.Spec().Count(count) // Make reports the error
		if len(q.Batch.Rows) > 0 {
			rows = " (flags below used unless specified in batch trial)"
		}
	case op.FullName() == "skopt:random":
		how = "with random search"
	}
	var about []string
	switch {
	case count == 1:
		about = append(about, "1 trial")
	case count > 1:
		about = append(about, fmt.Sprintf("%d trials", count))
	}
	if column, maximize := strings.CutPrefix(q.Batch.Objective, "-"); maximize {
		about = append(about, "maximize "+column)
	} else if column != "" {
		about = append(about, "minimize "+column)
	}
	if len(about) > 0 {
		how += " (" + strings.Join(about, ", ") + ")"
	}
	return " " + how + rows
}

// flagLines returns a line for each flag.
func flagLines(vals opdef.Values, flags ...*opdef.Flag) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		text := "default"
		if v := vals[name]; v != nil {
			text = flagvalue.Format(v)
		} else if i := slices.IndexFunc(flags, func(f *opdef.Flag) bool { return f.Name == name }); i >= 0 {
			text = cmp.Or(flags[i].NullLabel, text)
		}
		fmt.Fprintf(&b, "  %s: %s\n", name, text)
	}
	return b.String()
}

// printTrials shows the trials of a batch, with a row for each and a column for each flag.
func printTrials(con *console.Console, q *newrun.Request) error {
	trials, err := q.Trials()
	if err != nil {
		return err
	}
	table := opdef.TrialTable(trials)
	for i, row := range table {
		number := "#"
		if i > 0 {
			number = strconv.Itoa(i)
		}
		table[i] = append([]string{number}, row...)
	}
	con.Table(table)
	return nil
}

func (c *Run) saveTrials(con *console.Console, q *newrun.Request) error {
	trials, err := q.Trials()
	if err != nil {
		return err
	}
	if err := opdef.CheckTrialsPath(c.SaveTrials); err != nil {
		return err
	}
	con.Printf("Saving trials to %s\n", c.SaveTrials)
	return opdef.SaveTrials(c.SaveTrials, trials, c.Replace, csvsafe.If(c.CSVSafe))
}
