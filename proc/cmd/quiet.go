package cmd

import (
	"bytes"
	"io"
	"strings"
)

// ownErrors passes on the lines of output in which guild itself reports errors and warnings, and drops all others. Batches, runs with
// steps and schedulers are runs whose output has such lines, which --quiet must not hide.
type ownErrors struct {
	to   io.Writer
	line []byte // the beginning of an incomplete line
}

func (e *ownErrors) Write(p []byte) (int, error) {
	n := len(p)
	for {
		end := bytes.IndexByte(p, '\n') + 1
		if end == 0 {
			// The beginning of a line says whether it is passed on, so that the rest of a very long line can be dropped.
			if len(e.line) < longestKept {
				e.line = append(e.line, p...)
			}
			return n, nil
		}
		e.line = append(e.line, p[:end]...)
		if isOwnError(e.line) {
			if _, err := e.to.Write(e.line); err != nil {
				return 0, err
			}
		}
		e.line, p = e.line[:0], p[end:]
	}
}

const longestKept = 64 << 10 // bytes

func isOwnError(line []byte) bool {
	for _, prefix := range []string{"guild: ", "ERROR: [guild] ", "WARNING: [guild] "} {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return false
}

// sayWarnings returns a function that passes only warnings to say.
func sayWarnings(say func(line string)) func(line string) {
	return func(line string) {
		if strings.HasPrefix(line, "WARNING: ") {
			say(line)
		}
	}
}
