package proc

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// group is the process group of an operation; pid is that of its leader. The leader is reaped only after the last signal was sent, so that
// no other process can have its pid.
type group struct{ pid int }

// groupAttr returns the attributes that start an operation in a process group of its own; with foreground, as the foreground of the
// terminal.
func groupAttr(foreground bool, tty *os.File) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if foreground {
		attr.Foreground = true
		attr.Ctty = int(tty.Fd())
	}
	endWithParent(attr)
	return attr
}

// signal sends a signal to all processes of the group.
func (g group) signal(sig syscall.Signal) {
	_ = syscall.Kill(-g.pid, sig) // it may have ended
	if sig != syscall.SIGKILL {   // continue a stopped process, which would not receive another signal
		_ = syscall.Kill(-g.pid, syscall.SIGCONT)
	}
}

// signalLeader sends a signal to the operation's own process only.
func (g group) signalLeader(sig syscall.Signal) { _ = syscall.Kill(g.pid, sig) }

// takeTerminal makes this process's group the foreground of the terminal again.
func takeTerminal(tty *os.File) { setForeground(tty, unix.Getpgrp()) }

// setForeground makes a process group the foreground of the terminal.
func setForeground(tty *os.File, pgrp int) {
	signal.Ignore(unix.SIGTTOU) // by default it stops a background process that does this
	defer signal.Reset(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPGRP, pgrp)
}

// OwnsTerminal reports whether f is a terminal and this process is in its foreground, so that it receives keys such as Ctrl-C.
func OwnsTerminal(f *os.File) bool {
	pgrp, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && pgrp == unix.Getpgrp()
}
