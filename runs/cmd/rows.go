package cmd

import (
	"os"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/pattern"
)

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// operation returns the name of a run's operation in a listing, with its project unless that is the directory cwd. If cwd is empty the
// project is left out.
func operation(r *runs.View, cwd string) string {
	desc, project := r.OpSpecAndDir()
	if cwd != "" {
		if mark := projectMark(project, cwd); mark != "" {
			desc += " (" + mark + ")"
		}
	}
	if r.Marked() {
		desc += " [marked]"
	}
	return oneLine(desc)
}

// oneLine keeps a text from breaking its line, and from controlling the terminal.
func oneLine(s string) string { return console.Line(breaks.Replace(s)) }

// breaks replaces line breaks and tabs by blanks, for texts on one line.
var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// Columns of a row.
const (
	operationColumn = 1
	statusColumn    = 3 // the label follows it
)

// row returns the line of one run in a listing, after its first column.
func row(c *console.Console, first string, r *runs.View, cwd string) []string {
	label := oneLine(r.Label())
	if c.Terminal {
		label = shortIDs(label)
	}
	return []string{first, operation(r, cwd), formatTime(r.Started()), string(r.Status()), label}
}

// listingLook returns the layout of the lines of row on a terminal, with the status in the given column and the label after it.
func listingLook(status int) console.Look {
	return console.Look{Flexible: []int{operationColumn, status + 1}, Color: func(column int, word string) console.Color {
		if column != status {
			return console.NoColor
		}
		return StatusColor(word)
	}}
}

// StatusColor returns the colour of a status.
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

// shortIDs returns a label with short run ids. Flags for runs make labels with full ids.
func shortIDs(label string) string {
	return wholeID().ReplaceAllStringFunc(label, func(id string) string { return runs.Named(id, "").ShortID() })
}

var wholeID = pattern.Lazy(`\b[0-9a-f]{32}\b`)

// Preview lists the runs that a command is about to change, indented; of many runs only the first.
func Preview(c *console.Console, list []*runs.Run) {
	const most = 20
	cwd, _ := os.Getwd()
	var rows [][]string
	for _, r := range list[:min(len(list), most)] {
		rows = append(rows, row(c, "  ["+r.ShortID()+"]", r.AsView(), cwd))
	}
	c.Listing(rows, listingLook(statusColumn))
	if len(list) > most {
		c.Printf("  and %d more\n", len(list)-most)
	}
}

// indent writes text with blanks before each line that is not empty.
func indent(c *console.Console, text string, by int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			line = strings.Repeat(" ", by) + line
		}
		c.Printf("%s\n", line)
	}
}
