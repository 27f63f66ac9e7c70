package mount

import (
	"os"

	"golang.org/x/sys/unix"
)

// identify asks the kernel for the mount of dir. It blocks if the file server does not respond.
func identify(dir string) (mounted, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return mounted{}, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	// The kernel reports only the options that all file systems have.
	m := mounted{fsType: unix.ByteSliceToString(st.Fstypename[:])}
	if st.Flags&unix.MNT_RDONLY != 0 {
		m.options = []string{"ro"}
	}
	return m, nil
}

// identifyType returns the type of the file system that dir is on.
func identifyType(dir string) (string, error) {
	m, err := identify(dir)
	return m.fsType, err
}
