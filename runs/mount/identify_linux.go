package mount

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// identify asks the kernel for the mount of dir. It blocks if the file server does not respond.
func identify(dir string) (mounted, error) {
	f, err := os.Open(dir) // triggers an automatic mount
	if err != nil {
		return mounted{}, err
	}
	defer func() { _ = f.Close() }()
	if id, ok := mountID(f); ok {
		if info, err := os.Open("/proc/self/mountinfo"); err == nil {
			m, ok := findMount(info, id)
			_ = info.Close()
			if ok {
				return m, nil
			}
		}
	}
	fsType, err := identifyType(dir)
	return mounted{fsType: fsType}, err
}

// identifyType returns the type of the file system that dir is on.
func identifyType(dir string) (string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "", &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return typeName(uint32(st.Type)), nil //nolint:gosec // the magic numbers have 32 bits
}

// mountID returns the number of the mount of an open file. A path does not determine it, since mounts can cover each other.
func mountID(f *os.File) (int, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", f.Fd()))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(line, "mnt_id:"); ok {
			id, err := strconv.Atoi(strings.TrimSpace(v))
			return id, err == nil
		}
	}
	return 0, false
}

// typeName returns the names of relevant file system types by their magic numbers, for systems without /proc.
func typeName(magic uint32) string {
	names := map[uint32]string{
		unix.NFS_SUPER_MAGIC: "nfs", unix.SMB_SUPER_MAGIC: "smbfs", unix.CIFS_SUPER_MAGIC: "cifs", unix.SMB2_SUPER_MAGIC: "smb3",
		unix.CEPH_SUPER_MAGIC: "ceph", unix.V9FS_MAGIC: "9p", unix.AFS_SUPER_MAGIC: "afs", unix.OCFS2_SUPER_MAGIC: "ocfs2",
		0x0bd00bd0: "lustre", 0x47504653: "gpfs", 0x19830326: "beegfs", 0x01161970: "gfs2",
		unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "xfs", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.TMPFS_MAGIC: "tmpfs",
		unix.OVERLAYFS_SUPER_MAGIC: "overlay", unix.F2FS_SUPER_MAGIC: "f2fs", 0x2fc12fc1: "zfs",
	}
	if name, ok := names[magic]; ok {
		return name
	}
	return fmt.Sprintf("%#x", magic)
}
