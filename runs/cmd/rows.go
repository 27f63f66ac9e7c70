package cmd

import (
	"bytes"
	"os"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/console"
)

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// operation is how a listing names what a run is a run of, with its project where that is not the directory cwd. An empty cwd
// leaves out the project.
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

// oneLine keeps a text from breaking its line, or from commanding the terminal.
func oneLine(s string) string { return console.Line(breaks.Replace(s)) }

// breaks are what a text that is shown on one line loses by a blank.
var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// statusColumn is the column of row that has the status.
const statusColumn = 3

// row is the line of one run in a listing, after its first column.
func row(first string, r *runs.View, cwd string) []string {
	return []string{first, operation(r, cwd), formatTime(r.Started()), string(r.Status()), oneLine(r.Label())}
}

// Preview writes the runs that a command is about to change, indented, the first of them if they are many.
func Preview(c *console.Console, list []*runs.Run) {
	const most = 20
	cwd, _ := os.Getwd()
	var rows [][]string
	for _, r := range list[:min(len(list), most)] {
		rows = append(rows, row("  ["+r.ShortID()+"]", r.AsView(), cwd))
	}
	c.Table(rows)
	if len(list) > most {
		c.Printf("  and %d more\n", len(list)-most)
	}
}

// lines renders a table as its lines, so that more can be written between them.
func lines(rows [][]string) []string {
	var out bytes.Buffer
	(&console.Console{Out: &out}).Table(rows)
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// indent writes text with blanks in front of each line that is not empty.
func indent(c *console.Console, text string, by int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			line = strings.Repeat(" ", by) + line
		}
		c.Printf("%s\n", line)
	}
}
