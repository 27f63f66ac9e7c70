package cmd

import (
	"bytes"
	"io"
	"strings"
)

// ownErrors passes on, of what a run prints, the lines in which guild itself says what is wrong: batches, steps and schedulers are
// runs too, and print them as their output. Nobody who wants no output wants to miss them.
type ownErrors struct {
	to   io.Writer
	line []byte // what has come of a line that is not complete
}

func (e *ownErrors) Write(p []byte) (int, error) {
	n := len(p)
	for {
		end := bytes.IndexByte(p, '\n') + 1
		if end == 0 {
			// Of a long line the beginning tells what it is: the rest need not be kept.
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

// sayWarnings says nothing but warnings.
func sayWarnings(say func(line string)) func(line string) {
	return func(line string) {
		if strings.HasPrefix(line, "WARNING: ") {
			say(line)
		}
	}
}
