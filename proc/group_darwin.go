package proc

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// endWithParent does nothing: this system cannot end a process with its parent.
func endWithParent(*syscall.SysProcAttr) {}

// await returns when the leader has ended, without reaping it. kqueue reports the exit.
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
