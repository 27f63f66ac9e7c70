// Package clone copies files. Where the file system can share blocks (Btrfs, XFS, APFS, NFS 4.2 on one of these), a copy takes no
// space until one of the two is changed; a change of one is never seen in the other. Holes stay holes.
package clone

import (
	"errors"
	"io/fs"
	"os"

	"guild/runs/plainfile"
)

// File makes the file to, which must not exist, a copy of the regular file from. It has the same permissions, and those for its owner
// to read and to write it.
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

// To makes the file to, which must not exist, a copy of in, and tells whether they share their blocks.
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
