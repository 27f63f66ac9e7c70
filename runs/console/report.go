package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Exit statuses of the program.
const (
	ExitFailed = 1
	ExitUsage  = 2
)

// Report ends every command: it prints the error that the command returned, once, and returns the exit status of the process.
//
//	error                                           status        written to Err
//	nil                                             0             nothing
//	Exit                                            its number    nothing: the command has said it
//	Interrupt, and the end of Ctx by one            128 + signal  nothing: who sent the signal knows
//	EPIPE of standard output or error               0             nothing: the reader has seen enough
//	one with Describe(io.Writer)                    1             what it describes
//	one with ExitStatus() int, a wrong command line its status    "guild: ", the text in one line, the hint
//	every other                                     1             "guild: ", the text in one line, the hint
//
// The hint comes from an error with a method Hint() string, see WithHint. It says what to do, and is printed on lines of its own.
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
	case isUnread(err):
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

// isUnread reports whether err is that of a write to standard output or standard error that nobody reads any more. A broken pipe to another
// process is an error.
func isUnread(err error) bool {
	var write *fs.PathError
	return errors.As(err, &write) && errors.Is(write.Err, syscall.EPIPE) && (write.Path == os.Stdout.Name() || write.Path == os.Stderr.Name())
}

// Exit is the error of a command that has already printed its messages. Its value is the exit status of the process.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Interrupt is the error of work that a signal has ended.
type Interrupt struct{ Signal syscall.Signal }

func (i Interrupt) Error() string { return i.Signal.String() }

// Usage marks err as a mistake in the command line. Commands use it for mistakes that the grammar cannot detect.
func Usage(err error) error { return usageError{err} }

type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// ExitStatus returns the exit status for a wrong command line.
func (usageError) ExitStatus() int { return ExitUsage }
