package proc

import (
	"fmt"
	"io"
	"os"
	"strings"

	"guild/runs/console"
)

// SayTo returns a function for Worker.Say that writes each line to a log: as a warning if it begins with "WARNING: ". It is nil if to
// is nil.
func SayTo(to io.Writer) func(line string) {
	if to == nil {
		return nil
	}
	return func(line string) {
		level := "INFO"
		if text, warning := strings.CutPrefix(line, "WARNING: "); warning {
			level, line = "WARNING", text
		}
		Log(to, level, "%s", line)
	}
}

// Log writes a line of guild's own log, among the output of operations, unless its level is below that of the variable LOG_LEVEL. Errors of
// the writer are ignored.
func Log(to io.Writer, level, format string, args ...any) {
	if console.LevelOf(level, 0) < console.LogLevel(os.Getenv) {
		return
	}
	fmt.Fprintf(to, "%s: [guild] %s\n", level, console.Text(fmt.Sprintf(format, args...)))
}
