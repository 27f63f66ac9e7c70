package proc

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// endWithParent lets an operation die with its worker: a run without an owner must not go on.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// await returns when the leader has ended, without reaping it. A stop from the terminal (Ctrl-Z) stops this process too and,
// when the shell continues it, the operation is continued.
func (g group) await(foreground bool, tty *os.File) {
	options := unix.WEXITED | unix.WNOWAIT
	if foreground {
		options |= unix.WSTOPPED
	}
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, g.pid, &info, options, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || info.Code != cldStopped {
			return
		}
		_ = unix.Waitid(unix.P_PID, g.pid, &info, unix.WSTOPPED|unix.WNOHANG, nil) // take note of this stop
		takeTerminal(tty)
		_ = unix.Kill(0, unix.SIGTSTP)
		setForeground(tty, g.pid)
		_ = unix.Kill(-g.pid, unix.SIGCONT)
	}
}

const cldStopped = 5 // CLD_STOPPED in siginfo_t.si_code, see sigaction(2)
