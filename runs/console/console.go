// Package console is how commands talk to the person in front of them.
//
// The rules: results go to Out, everything else to Err, so that `guild runs --json | jq` works. A question is asked only
// where -y was not given; Ctrl-C at a question ends the command. Errors are returned, not printed: Report prints each once, and says
// how each kind of them ends the process.
package console

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Console is the streams of one command.
type Console struct {
	In       io.Reader
	Out, Err io.Writer
	Color    bool            // Out is a terminal that shows colours
	Debug    bool            // more is shown of what happens
	Ctx      context.Context // ends with a signal that asks the process to end; nil in a command that leaves signals their usual effect

	mu  sync.Mutex // of the terminal, while there is a bar
	bar *Progress
}

// Width is how many characters a line of results has room for: that of the terminal, or 80 where it is none.
func (c *Console) Width() int {
	return cmp.Or(width(c.Out), 80)
}

// OnTerminal reports that remarks and errors are read on a terminal.
func (c *Console) OnTerminal() bool { return width(c.Err) > 0 }

// Printf writes a result. What would command a terminal is shown, see Text.
func (c *Console) Printf(format string, args ...any) { c.write(c.Out, format, args) }

// Data writes a line for a program, which wants a name as it is. A terminal gets its Text.
func (c *Console) Data(s string) {
	if c.Color {
		s = Text(s)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.WriteString(c.Out, s+"\n")
}

// Debugf writes a line for those who want to know more.
func (c *Console) Debugf(format string, args ...any) {
	if c.Debug {
		c.Notef("DEBUG: [guild] "+format+"\n", args...)
	}
}

// Notef writes a remark.
func (c *Console) Notef(format string, args ...any) { c.write(c.Err, format, args) }

func (c *Console) write(w io.Writer, format string, args []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	again := c.bar != nil && c.bar.shown && strings.HasSuffix(format, "\n")
	if c.bar != nil {
		c.bar.hide()
	}
	_, _ = io.WriteString(w, Text(fmt.Sprintf(format, args...)))
	if again {
		c.bar.show()
	}
}

// Table writes rows with their columns aligned, two spaces apart, without trailing blanks. Each is one line, see Line.
func (c *Console) Table(rows [][]string) {
	rows = linesOf(rows)
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var all strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i+1 < len(row) {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		all.WriteString(strings.TrimRight(line.String(), " "))
		all.WriteByte('\n')
	}
	fmt.Fprint(c.Out, all.String())
}

func linesOf(rows [][]string) [][]string {
	shown := make([][]string, len(rows))
	for i, row := range rows {
		shown[i] = make([]string, len(row))
		for j, cell := range row {
			shown[i][j] = Line(cell)
		}
	}
	return shown
}
