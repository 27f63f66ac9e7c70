// Package command executes the commands of engines: each in a limited time, in the root directory, in an environment that jobs may
// inherit.
package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"guild/proc/bounded"
)

// DefaultPatience is how long a command may take.
const DefaultPatience = 30 * time.Second

// ErrNoAnswer means that a command did not end in time. It may have had its effect nevertheless.
var ErrNoAnswer = errors.New("no answer")

// Runner executes commands.
type Runner struct {
	Env      []string // NAME=VALUE
	Patience time.Duration
}

// Run executes a command with stdin as its standard input and returns what it printed. It does not wait for processes that the command
// leaves behind. The error wraps ErrNoAnswer, the error of ctx, or that of exec.
func (r Runner) Run(ctx context.Context, stdin, name string, args ...string) (stdout, stderr string, err error) {
	timed, cancel := context.WithTimeoutCause(ctx, r.Patience, fmt.Errorf("%w within %s", ErrNoAnswer, r.Patience))
	defer cancel()
	cmd := bounded.Command(timed, name, args...)
	cmd.Env = r.Env
	cmd.Dir = "/" // jobs inherit it, and every node has it
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	switch {
	case err == nil:
	case timed.Err() != nil:
		err = context.Cause(timed)
	case errors.Is(err, exec.ErrWaitDelay): // a process that the command left behind still holds its output
		err = nil
	}
	return out.String(), errs.String(), err
}

// LastLine returns the last line of a text that is not blank; empty if there is none.
func LastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
