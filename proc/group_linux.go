package proc

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// endWithParent makes the kernel kill an operation when its worker dies: a run without an owner must not go on.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// await returns when the leader has ended, without reaping it. If Ctrl-Z stops the operation, await stops this process too, and
// continues the operation when the shell continues this process.
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
		_ = unix.Waitid(unix.P_PID, g.pid, &info, unix.WSTOPPED|unix.WNOHANG, nil) // consume this event
		takeTerminal(tty)
		_ = unix.Kill(0, unix.SIGTSTP)
		setForeground(tty, g.pid)
		_ = unix.Kill(-g.pid, unix.SIGCONT)
	}
}

const cldStopped = 5 // CLD_STOPPED in siginfo_t.si_code, see sigaction(2)
