package runs

import (
	"os"

	"golang.org/x/sys/unix"
)

// stampAt is when the file or directory was changed last, in nanoseconds by the clock of its file server, which is asked now: a
// client of NFS would otherwise answer from what it knew up to a minute ago. The path is relative to the directory dirfd, which
// saves the kernel most of the way where there are many.
func stampAt(dirfd int, path string) (int64, error) {
	var st unix.Statx_t
	_, err := retry(func() (int, error) {
		return 0, unix.Statx(dirfd, path, unix.AT_STATX_FORCE_SYNC, unix.STATX_CTIME, &st)
	})
	if err != nil {
		return 0, goneIfStale(&os.PathError{Op: "stat", Path: path, Err: err})
	}
	return st.Ctime.Sec*1e9 + int64(st.Ctime.Nsec), nil
}
