package clone

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Create creates the file to, which must not exist, for a copy of in. If the file system can share blocks, the file already has the
// contents of in and whole is true; otherwise it is empty.
func Create(in *os.File, to string, perm fs.FileMode) (out *os.File, whole bool, err error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if whole = unix.Fclonefileat(int(in.Fd()), unix.AT_FDCWD, to, 0) == nil; whole {
		flags = os.O_RDWR
		err = os.Chmod(to, perm) // a clone has the permissions of the original
	}
	if err == nil {
		out, err = os.OpenFile(to, flags, perm)
	}
	return out, whole, err
}
