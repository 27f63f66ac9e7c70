package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

// sendWritten begins to write to the file server, or disk, what the kernel holds of a file, and does not wait. An error shows when
// the file is synced or closed.
func sendWritten(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
