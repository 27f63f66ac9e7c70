package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/proc"
)

// preview describes what is about to be run: a line with the operation, then its flags.
func preview(q *proc.Request) string {
	var b strings.Builder
	b.WriteString(q.Op.FullName())
	if opdef.IsBatch(q.Values) {
		if trials, err := opdef.Trials(q.Values); err == nil {
			fmt.Fprintf(&b, " as a batch (%d trials)", len(trials))
		}
	}
	b.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(q.Values)) {
		v := q.Values[name]
		text := opdef.FormatValue(v)
		if f := q.Op.Flag(name); v == nil && f != nil && f.NullLabel != "" {
			text = f.NullLabel
		}
		fmt.Fprintf(&b, "  %s: %s\n", name, text)
	}
	return b.String()
}

// trialTable has a row for each trial and a column for each flag.
func trialTable(trials []opdef.Values) [][]string {
	if len(trials) == 0 {
		return nil
	}
	names := slices.Sorted(maps.Keys(trials[0]))
	rows := [][]string{append([]string{"#"}, names...)}
	for i, vals := range trials {
		row := []string{fmt.Sprint(i + 1)}
		for _, name := range names {
			row = append(row, opdef.FormatValue(vals[name]))
		}
		rows = append(rows, row)
	}
	return rows
}
