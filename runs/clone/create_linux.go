package clone

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Create makes the file to, which must not exist, for a copy of in. It has the contents of in already where the file system can share
// them, which whole tells; else it is empty.
func Create(in *os.File, to string, perm fs.FileMode) (out *os.File, whole bool, err error) {
	out, err = os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, false, err
	}
	return out, unix.IoctlFileClone(int(out.Fd()), int(in.Fd())) == nil, nil
}
