package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

// sendWritten makes the kernel begin to send the written data of a file to the file server or disk, and does not wait. Sync and close
// report errors.
func sendWritten(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
