// Package screen shows a program on the whole terminal: the part that the commands have in common which use Bubble Tea.
package screen

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
)

// framesPerSecond is how often the renderer looks whether there is something new to draw. Each look without news costs CPU time: twice as
// many take 0.3 % more of a processor. A key shows its effect after one frame at the latest.
const framesPerSecond = 10

// Run shows a model on the terminal until it quits, or ctx ends: its error is returned then. The terminal is restored in any case, also
// where the program could not start. Signals are handled by the creator of ctx.
func Run(ctx context.Context, in, out *os.File, m tea.Model) (err error) {
	before, err := term.GetState(in.Fd())
	if err != nil {
		return fmt.Errorf("use the terminal: %w", err)
	}
	// Bubble Tea restores the terminal when it ends, but not where it fails between taking the terminal and drawing.
	defer func() {
		if restoreErr := term.Restore(in.Fd(), before); err == nil && restoreErr != nil {
			err = fmt.Errorf("restore the terminal: %w", restoreErr)
		}
	}()
	_, err = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler(),
		tea.WithFPS(framesPerSecond)).Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("use the terminal: %w", err)
	}
	return nil
}

// View returns the content of the whole terminal: lines of text with escape sequences for their styles.
func View(content string) tea.View {
	v := tea.NewView(content)
	v.AltScreen = true
	return v
}

// Frame returns the content of a terminal of some height: lines from the top, as many as have room, and the status line at the bottom.
func Frame(lines []string, status string, height int) string {
	frame := make([]string, max(1, height))
	last := len(frame) - 1
	copy(frame[:last], lines)
	frame[last] = status
	return strings.Join(frame, "\n")
}
