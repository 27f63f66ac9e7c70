package proc

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// group is the process group of an operation, known by its leader. The leader is reaped only after the last signal has been
// sent, so that its number cannot have become somebody else's.
type group struct{ pid int }

func (g group) signal(sig syscall.Signal) {
	_ = syscall.Kill(-g.pid, sig) // it may have ended
	if sig != syscall.SIGKILL {   // a stopped process takes no other signal
		_ = syscall.Kill(-g.pid, syscall.SIGCONT)
	}
}

// OwnsTerminal reports whether f is a terminal and this process is in its foreground, so that keys such as Ctrl-C are meant
// for what it runs.
func OwnsTerminal(f *os.File) bool {
	pgrp, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && pgrp == unix.Getpgrp()
}
