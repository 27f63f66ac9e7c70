package cmd

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// stopAtEOF passes signals on, and sends a SIGTERM when in ends. From then on nobody reads the output of this process: it redirects
// standard output and error to /dev/null, since a write to a pipe without a reader would end the process. The caller must call end, which
// stops reading and waits for the goroutines.
func stopAtEOF(signals <-chan os.Signal, in *os.File) (both <-chan os.Signal, end func(), err error) {
	wake, over, err := os.Pipe() // closing over ends the wait for input
	if err != nil {
		return nil, nil, fmt.Errorf("watch standard input: %w", err)
	}
	passed := make(chan os.Signal, cap(signals))
	ended, done := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if awaitEOF(int(in.Fd()), int(wake.Fd())) {
			discardOutput()
			close(ended)
		}
	})
	wg.Go(func() { forward(passed, signals, ended, done) })
	return passed, func() {
		close(done)
		_ = over.Close()
		wg.Wait()
		_ = wake.Close()
	}, nil
}

// forward sends signals, and a SIGTERM when ended is closed, to the channel to until done is closed.
func forward(to chan<- os.Signal, signals <-chan os.Signal, ended <-chan struct{}, done <-chan struct{}) {
	for {
		var sig os.Signal
		select {
		case <-done:
			return
		case sig = <-signals:
		case <-ended:
			ended = nil
			sig = syscall.SIGTERM
		}
		select {
		case to <- sig:
		case <-done:
			return
		}
	}
}

// awaitEOF reads and drops input until it ends, and reports true, or until something happens to the descriptor wake.
func awaitEOF(in, wake int) bool {
	buf := make([]byte, 4096)
	for {
		fds := []unix.PollFd{{Fd: int32(in), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return false
		}
		switch {
		case fds[1].Revents != 0:
			return false
		case fds[0].Revents == 0: // the wait was interrupted
			continue
		}
		n, err := unix.Read(in, buf)
		if n == 0 || err != nil && !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return true
		}
	}
}

// discardOutput sends standard output and standard error to /dev/null.
func discardOutput() {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_ = unix.Dup2(int(null.Fd()), 1)
	_ = unix.Dup2(int(null.Fd()), 2)
	_ = null.Close()
}
