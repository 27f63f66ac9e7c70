package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
)

// Exit statuses of the program.
const (
	ExitFailed = 1
	ExitUsage  = 2
)

// Report is the one way in which a command ends: it writes what there is to say of the error that the command returned, once, and
// returns the exit status of the process.
//
//	error                                           status        written to Err
//	nil                                             0             nothing
//	Exit                                            its number    nothing: the command has said it
//	Interrupt, and the end of Ctx by one            128 + signal  nothing: who sent the signal knows
//	EPIPE                                           0             nothing: the reader has seen enough
//	one with Describe(io.Writer)                    1             what it describes
//	one with ExitStatus() int, a wrong command line its status    "guild: ", the text in one line, the hint
//	every other                                     1             "guild: ", the text in one line, the hint
//
// The hint is that of an error with Hint() string, see WithHint: what to do, on lines of its own.
func (c *Console) Report(err error) (status int) {
	var exit Exit
	var interrupt Interrupt
	var described interface{ Describe(w io.Writer) }
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &interrupt), c.Ctx != nil && errors.Is(err, context.Canceled) && errors.As(context.Cause(c.Ctx), &interrupt):
		return 128 + int(interrupt.Signal)
	case errors.Is(err, syscall.EPIPE):
		return 0
	case errors.As(err, &described):
		described.Describe(Escaping(c.Err))
		return ExitFailed
	}
	fmt.Fprintf(c.Err, "guild: %s\n", Line(strings.ReplaceAll(err.Error(), "\n", "; ")))
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		fmt.Fprintln(c.Err, Text(hinted.Hint()))
	}
	var known interface{ ExitStatus() int }
	if errors.As(err, &known) {
		return known.ExitStatus()
	}
	return ExitFailed
}

// Exit is the error of a command that has said what there is to say: the exit status of the process.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Interrupt is the error of what a signal has ended.
type Interrupt struct{ Signal syscall.Signal }

func (i Interrupt) Error() string { return i.Signal.String() }

// Usage returns err as the error of a wrong command line, for what only the command itself can tell is wrong.
func Usage(err error) error { return usageError{err} }

type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// ExitStatus is that of a wrong command line.
func (usageError) ExitStatus() int { return ExitUsage }
