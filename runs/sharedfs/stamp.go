package sharedfs

import "golang.org/x/sys/unix"

// Stamp is StampAt for a path of its own. Links are followed.
func Stamp(path string) (int64, error) { return StampAt(unix.AT_FDCWD, path) }
