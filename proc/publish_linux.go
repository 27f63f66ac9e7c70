package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

// sendWritten makes the kernel begin to send the written data of a file to the file server or disk, and does not wait. Sync and close
// report errors. A file that was closed meanwhile has sent its data.
func sendWritten(f *os.File) {
	c, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = c.Control(func(fd uintptr) { _ = unix.SyncFileRange(int(fd), 0, 0, unix.SYNC_FILE_RANGE_WRITE) })
}
