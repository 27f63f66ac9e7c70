package proc

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// groupAttr starts an operation in a group of its own.
func groupAttr(foreground bool, tty *os.File) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if foreground {
		attr.Foreground = true
		attr.Ctty = int(tty.Fd())
	}
	return attr
}

// await returns when the leader has ended, without reaping it: kqueue reports the exit.
func (g group) await(bool, *os.File) {
	kq, err := unix.Kqueue()
	if err != nil {
		return
	}
	defer unix.Close(kq)
	change := unix.Kevent_t{Ident: uint64(g.pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD, Fflags: unix.NOTE_EXIT}
	events := make([]unix.Kevent_t, 1)
	for {
		_, err := unix.Kevent(kq, []unix.Kevent_t{change}, events, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// takeTerminal makes this process's group the foreground of the terminal again.
func takeTerminal(tty *os.File) {
	signal.Ignore(unix.SIGTTOU) // the default would stop a process that does this from the background
	defer signal.Reset(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPGRP, unix.Getpgrp())
}
