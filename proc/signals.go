package proc

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"guild/runs/console"
)

// Signals that a worker obeys besides those that ask a process to end.
const (
	// nudge makes a worker look for a request to stop at once. It stops nothing by itself: when it arrives, the worker may have
	// gone on to its next run.
	nudge = syscall.SIGUSR1

	// warning is sent by a batch system before the time of a job is up. A worker passes it on to the operation; it stops nothing by
	// itself.
	warning = syscall.SIGUSR2
)

// AsksToEnd reports whether a signal asks a worker to end.
func AsksToEnd(sig os.Signal) bool { return sig != nudge && sig != warning }

// StopSignals delivers the signals for a worker of this process, see Worker.Signals. The caller calls release when the last worker has
// ended. Signals for workers that arrive after that, from somebody who does not know of the end yet, are ignored.
func StopSignals() (signals <-chan os.Signal, release func()) {
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, nudge, warning)
	return ch, func() {
		signal.Ignore(nudge, warning) // their default is to end the process
		signal.Stop(ch)
	}
}

// EndedBy returns the signal that ended the context of a command, see console.Interrupt; SIGTERM if another cause did.
func EndedBy(ctx context.Context) syscall.Signal {
	var interrupt console.Interrupt
	if errors.As(context.Cause(ctx), &interrupt) {
		return interrupt.Signal
	}
	return syscall.SIGTERM
}
