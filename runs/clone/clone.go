// Package clone copies files. If the file system can share blocks (Btrfs, XFS, APFS, or NFS 4.2 on one of these), a copy needs no space
// until one of the two files is changed. Changes of one are never visible in the other. Sparse files stay sparse.
package clone

import (
	"errors"
	"io/fs"
	"os"

	"guild/runs/plainfile"
)

// File copies the regular file from to the path to, which must not exist. The copy has the same permissions, and is readable and writable
// by its owner.
func File(from, to string) error {
	in, err := plainfile.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	st, err := in.Stat()
	if err != nil {
		return err
	}
	_, err = To(in, to, st.Mode().Perm()|0o600)
	return err
}

// To copies in to the path to, which must not exist. shared says that the two files share blocks.
func To(in *os.File, to string, perm fs.FileMode) (shared bool, err error) {
	out, shared, err := Create(in, to, perm)
	if err != nil {
		return false, err
	}
	if !shared {
		err = Contents(out, in, nil)
	}
	return shared, errors.Join(err, out.Close())
}
