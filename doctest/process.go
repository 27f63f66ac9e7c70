package doctest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// killGrace is how long output is awaited from processes that have left the group which was killed.
const killGrace = 5 * time.Second

// capture runs a command in a session of its own and returns its output: both streams in the order written, unless the
// command has another place for its errors. It returns when all processes that have the output open are gone. After the timeout (0 for none), or when the document is
// stopped, the process group is killed.
func (s *session) capture(cmd *exec.Cmd, timeout time.Duration) (out []byte, code int, err error) {
	// The input never delivers anything and stays open, so that a question waits for its timeout.
	stdin, hold, err := os.Pipe()
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(hold, stdin)
	read, write, err := os.Pipe()
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(read)
	cmd.Stdin, cmd.Stdout = stdin, write
	if cmd.Stderr == nil {
		cmd.Stderr = write
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	closeAll(write)
	if err != nil {
		return nil, 0, pythonError(err, cmd.Dir)
	}
	// The leader is not reaped before its output has ended: until then its process id cannot name another group.
	kill := func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails only if the group is gone
		_ = read.SetReadDeadline(time.Now().Add(s.grace))   // a pipe of the runtime always has deadlines
	}
	ctx, cancel := s.ctx, func() {}
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	stop := context.AfterFunc(ctx, kill)
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, read); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, 0, err
	}
	err = cmd.Wait()
	stop()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, 0, err
	}
	if s.ctx.Err() != nil {
		return nil, 0, s.ctx.Err()
	}
	return buf.Bytes(), exitCode(cmd.ProcessState), nil
}

// closeAll closes ends of pipes, which have nothing to flush.
func closeAll(files ...*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

func exitCode(p *os.ProcessState) int {
	if ws, ok := p.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return p.ExitCode()
}
