package clone

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Create creates the file to, which must not exist, for a copy of in. If the file system can share blocks, the file already has the
// contents of in and whole is true; otherwise it is empty.
func Create(in *os.File, to string, perm fs.FileMode) (out *os.File, whole bool, err error) {
	out, err = os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, false, err
	}
	return out, unix.IoctlFileClone(int(out.Fd()), int(in.Fd())) == nil, nil
}
