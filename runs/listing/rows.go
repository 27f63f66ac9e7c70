// Package listing writes runs and what they have for people: a row for each run, times, places and the colours of statuses.
package listing

import (
	"os"
	"time"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/pattern"
)

// Time writes a time by the clock of this host, and the zero time as nothing.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// Operation returns the name of the operation of a run, followed by its project if that is not the directory cwd. An empty cwd leaves out
// the project.
func Operation(r *runs.View, cwd string) string {
	desc, project := r.OpSpecAndDir()
	if cwd != "" {
		if mark := projectMark(project, cwd); mark != "" {
			desc += " (" + mark + ")"
		}
	}
	if r.Marked() {
		desc += " [marked]"
	}
	return console.OneLine(desc)
}

// Columns of Row.
const (
	operationColumn = 1
	StatusColumn    = 3 // the label is behind it
)

// Row returns the row of a run. first is its first column.
func Row(c *console.Console, first string, r *runs.View, cwd string) []string {
	label := console.OneLine(r.Label())
	if c.Terminal {
		label = ShortIDs(label)
	}
	return []string{first, Operation(r, cwd), Time(r.Started()), string(r.Status()), label}
}

// Look returns how rows look on a terminal if the status is in the given column and the label in the next.
func Look(status int) console.Look {
	return console.Look{Flexible: []int{operationColumn, status + 1}, Color: func(column int, word string) console.Color {
		if column != status {
			return console.NoColor
		}
		return StatusColor(word)
	}}
}

// StatusColor returns the colour of a status, or NoColor for a word that is no status.
func StatusColor(status string) console.Color {
	switch runs.Status(status) {
	case runs.Completed:
		return console.Green
	case runs.Error:
		return console.Red
	case runs.Terminated:
		return console.Yellow
	case runs.Running:
		return console.Cyan
	case runs.Staged, runs.Pending:
		return console.Blue
	}
	return console.NoColor
}

// ShortIDs shortens the run ids in a label. Flags whose values are runs make such labels.
func ShortIDs(label string) string {
	return wholeID().ReplaceAllStringFunc(label, func(id string) string { return runs.Named(id, "").ShortID() })
}

var wholeID = pattern.Lazy(`\b[0-9a-f]{32}\b`)

// Preview writes the runs that a command is about to change, indented. Of many runs it writes the first ones.
func Preview(c *console.Console, list []*runs.Run) {
	const most = 20
	cwd, _ := os.Getwd()
	var rows [][]string
	for _, r := range list[:min(len(list), most)] {
		rows = append(rows, Row(c, "  ["+r.ShortID()+"]", r.AsView(), cwd))
	}
	c.Listing(rows, Look(StatusColumn))
	if len(list) > most {
		c.Printf("  and %d more\n", len(list)-most)
	}
}
