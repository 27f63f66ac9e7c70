package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Confirm asks a yes-or-no question and reads one line. An empty line means def. The end of the input is an error, and so is a signal
// that asks the process to end, which is returned at once as an Interrupt.
func (c *Console) Confirm(question string, def bool) (bool, error) {
	hint := "(y/N)"
	if def {
		hint = "(Y/n)"
	}
	for {
		line, err := c.ask(question + " " + hint + " ")
		switch {
		case errors.Is(err, io.EOF) && line == "":
			c.Printf("\n")
			return false, WithHint(fmt.Errorf("there is no answer to '%s': the input has ended", question), "Use -y to go on without being asked.")
		case err != nil && !errors.Is(err, io.EOF):
			c.Printf("\n")
			return false, fmt.Errorf("read the answer to '%s': %w", question, err)
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "":
			return def, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// ask writes a prompt and reads a line from In, or less if the input ends. A signal that arrives before the line is complete is returned
// as an Interrupt. This also holds in a command that does not handle signals; their default effect is restored when ask returns.
func (c *Console) ask(prompt string) (string, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	ctx := c.Ctx
	if ctx == nil {
		ctx = context.Background()
	}
	in, stop, done, err := stoppable(c.In)
	if err != nil {
		return "", err
	}
	defer done()
	c.Printf("%s", prompt)
	var line string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		line, err = readLine(in)
	}()
	var interrupt error
	select {
	case sig := <-signals:
		interrupt = Interrupt{sig.(syscall.Signal)}
	case <-ctx.Done():
		interrupt = context.Cause(ctx)
	case <-ended:
	}
	stop()
	<-ended
	select { // a signal that arrived before or with the line
	case sig := <-signals:
		interrupt = Interrupt{sig.(syscall.Signal)}
	default:
	}
	if ctx.Err() != nil {
		interrupt = context.Cause(ctx)
	}
	if interrupt != nil {
		return "", interrupt
	}
	return line, err
}

// readLine reads byte by byte and never past the end of the line, since the rest of the input may belong to the operation that is started
// next.
func readLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return string(line), nil
			}
			line = append(line, one[0])
		}
		if err != nil {
			return string(line), err
		}
	}
}

// stoppable returns a reader of r whose Read returns when stop is called. done releases its resources once nobody reads any more. Readers
// other than files never block, and are returned unchanged.
func stoppable(r io.Reader) (in io.Reader, stop, done func(), err error) {
	f, ok := r.(*os.File)
	if !ok {
		return r, func() {}, func() {}, nil
	}
	wait, wake, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, err
	}
	return &stoppableFile{f, wait}, func() { _ = wake.Close() }, func() { _ = wait.Close() }, nil
}

// stoppableFile is a file whose Read also returns when the other end of a pipe is closed.
type stoppableFile struct {
	*os.File
	wait *os.File
}

// Read waits until the file is readable or the pipe is closed.
func (s *stoppableFile) Read(b []byte) (int, error) {
	for {
		fds := []unix.PollFd{{Fd: int32(s.Fd()), Events: unix.POLLIN}, {Fd: int32(s.wait.Fd()), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case fds[1].Revents != 0:
			return 0, os.ErrClosed
		case fds[0].Revents != 0:
			return s.File.Read(b)
		}
	}
}
