package cmd

import (
	"cmp"
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
	b.WriteString(flagLines(q.Values, q.Op.Flags...))
	return b.String()
}

// flagLines has a line for each flag.
func flagLines(vals opdef.Values, flags ...*opdef.Flag) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		text := "default"
		if v := vals[name]; v != nil {
			text = opdef.FormatValue(v)
		} else if i := slices.IndexFunc(flags, func(f *opdef.Flag) bool { return f.Name == name }); i >= 0 {
			text = cmp.Or(flags[i].NullLabel, text)
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
