package proc

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// group is the process group of an operation, known by its leader. The leader is reaped only after the last signal has been
// sent, so that its number cannot have become somebody else's.
type group struct{ pid int }

// groupAttr starts an operation in a group of its own.
func groupAttr(foreground bool, tty *os.File) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if foreground {
		attr.Foreground = true
		attr.Ctty = int(tty.Fd())
	}
	endWithParent(attr)
	return attr
}

func (g group) signal(sig syscall.Signal) {
	_ = syscall.Kill(-g.pid, sig) // it may have ended
	if sig != syscall.SIGKILL {   // a stopped process takes no other signal
		_ = syscall.Kill(-g.pid, syscall.SIGCONT)
	}
}

// signalLeader reaches the operation's own process only, unless it has ended.
func (g group) signalLeader(sig syscall.Signal) { _ = syscall.Kill(g.pid, sig) }

// takeTerminal makes this process's group the foreground of the terminal again.
func takeTerminal(tty *os.File) { setForeground(tty, unix.Getpgrp()) }

func setForeground(tty *os.File, pgrp int) {
	signal.Ignore(unix.SIGTTOU) // the default would stop a process that does this from the background
	defer signal.Reset(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPGRP, pgrp)
}

// OwnsTerminal reports whether f is a terminal and this process is in its foreground, so that keys such as Ctrl-C are meant
// for what it runs.
func OwnsTerminal(f *os.File) bool {
	pgrp, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && pgrp == unix.Getpgrp()
}
