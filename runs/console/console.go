// Package console reads from and writes to the user's terminal.
//
// Results go to Out, everything else to Err, so that `guild runs --json | jq` works. A question is asked only without -y; Ctrl-C at a
// question ends the command. Commands return errors and do not print them: Report prints each error once, and its comment lists the exit
// status for each kind.
package console

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/mattn/go-isatty"
)

// Console holds the streams of one command.
type Console struct {
	In       io.Reader
	Out, Err io.Writer
	Terminal bool            // Out is a terminal
	Color    bool            // Out is a terminal that shows colours
	Debug    bool            // print debug messages
	Ctx      context.Context // cancelled by a signal that asks the process to end; nil in a command that does not handle signals

	mu  sync.Mutex // guards the terminal while a progress line is shown
	bar *Progress
}

// Standard returns the console of this process.
func Standard() *Console {
	terminal := isatty.IsTerminal(os.Stdout.Fd())
	return &Console{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Terminal: terminal, Color: terminal && wantsColor(os.Getenv)}
}

// Width returns the width of Out in characters: that of the terminal, or 80 if it is not a terminal.
func (c *Console) Width() int {
	return cmp.Or(width(c.Out), 80)
}

// OnTerminal reports whether Err is a terminal.
func (c *Console) OnTerminal() bool { return width(c.Err) > 0 }

// Terminals returns input and output of the terminal. ok is false unless In and Out are both a terminal that can be drawn on.
func (c *Console) Terminals() (in, out *os.File, ok bool) {
	in, hasIn := c.In.(*os.File)
	out, hasOut := c.Out.(*os.File)
	if !hasIn || !hasOut || os.Getenv("TERM") == "dumb" {
		return nil, nil, false
	}
	return in, out, width(in) > 0 && width(out) > 0
}

// Printf writes a result. Control characters are escaped, see Text.
func (c *Console) Printf(format string, args ...any) {
	c.write(c.Out, Text(fmt.Sprintf(format, args...)))
}

// Data writes a line for a program, unchanged, so that names remain exact. If Out is a terminal, control characters are escaped, see
// Text.
func (c *Console) Data(s string) {
	if c.Terminal {
		s = Text(s)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.WriteString(c.Out, s+"\n")
}

// Debugf writes a line if Debug is set.
func (c *Console) Debugf(format string, args ...any) {
	if c.Debug {
		c.Notef("DEBUG: [guild] "+format+"\n", args...)
	}
}

// Notef writes a message to Err.
func (c *Console) Notef(format string, args ...any) {
	c.write(c.Err, Text(fmt.Sprintf(format, args...)))
}

// write writes text, which must not contain foreign control characters. It hides a progress bar during the write.
func (c *Console) write(w io.Writer, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	again := c.bar != nil && c.bar.shown && strings.HasSuffix(text, "\n")
	if c.bar != nil {
		c.bar.hide()
	}
	_, _ = io.WriteString(w, text)
	if again {
		c.bar.show()
	}
}
