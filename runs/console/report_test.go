package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

type described struct{ error }

func (described) Describe(w io.Writer) { fmt.Fprintln(w, "a list") }

// TestReport checks the table of Report.
func TestReport(t *testing.T) {
	interrupted, cancel := context.WithCancelCause(t.Context())
	cancel(Interrupt{syscall.SIGHUP})
	cancelled, cancel2 := context.WithCancel(t.Context())
	cancel2()
	for _, tt := range []struct {
		err    error
		ctx    context.Context
		status int
		said   string
	}{
		{err: nil},
		{err: fmt.Errorf("told: %w", Exit(3)), status: 3},
		{err: fmt.Errorf("asked: %w", Interrupt{syscall.SIGINT}), status: 130},
		{err: fmt.Errorf("copy: %w", context.Canceled), ctx: interrupted, status: 129},
		{err: context.Canceled, ctx: cancelled, status: 1, said: "guild: context canceled\n"},
		{err: errors.New("other"), ctx: interrupted, status: 1, said: "guild: other\n"},
		{err: fmt.Errorf("list: %w", &fs.PathError{Op: "write", Path: os.Stdout.Name(), Err: syscall.EPIPE})},
		{err: &fs.PathError{Op: "write", Path: os.Stderr.Name(), Err: syscall.EPIPE}},
		{err: &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, status: 1, said: "guild: write |1: broken pipe\n"},
		{err: fmt.Errorf("give a run: %w", os.NewSyscallError("sendmsg", syscall.EPIPE)), status: 1, said: "guild: give a run: sendmsg: broken pipe\n"},
		{err: fmt.Errorf("flags: %w", described{errors.New("x")}), status: 1, said: "a list\n"},
		{err: WithHint(errors.New("two\nlines"), "Do this."), status: 1, said: "guild: two; lines\nDo this.\n"},
		{err: fmt.Errorf("in a: %w", WithHint(errors.New("b"), "Do this.")), status: 1, said: "guild: in a: b\nDo this.\n"},
		{err: Usage(errors.New("wrong")), status: 2, said: "guild: wrong\n"},
		{err: Usage(WithHint(errors.New("wrong"), "See help.")), status: 2, said: "guild: wrong\nSee help.\n"},
		{err: exec.Command("sh", "-c", "exit 7").Run(), status: 1, said: "guild: exit status 7\n"},
	} {
		var said bytes.Buffer
		c := &Console{Err: &said, Ctx: tt.ctx}
		if status := c.Report(tt.err); status != tt.status || said.String() != tt.said {
			t.Errorf("%v: status %d, %q; want %d, %q", tt.err, status, said.String(), tt.status, tt.said)
		}
	}
}
