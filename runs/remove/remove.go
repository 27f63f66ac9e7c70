// Package remove moves run directories to the trash or deletes them, such that no process can see a partly deleted run.
package remove

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"guild/runs/process"
)

// Prefix begins the names of directories that are being deleted permanently.
const Prefix = ".purged-"

// ToTrash renames a directory into the directory trash, under its name or the first free name.N, so that nothing there is replaced.
func ToTrash(dir, trash, name string) error {
	for n := 0; ; n++ {
		to := filepath.Join(trash, name)
		if n > 0 {
			to = fmt.Sprintf("%s.%d", to, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(dir, to); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}

// IsTaken reports whether a directory could not be renamed because there is a directory or a file of the new name.
func IsTaken(err error) bool { return errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) }

// ForGood deletes the directory of the run id. It first renames the directory, so that no process takes it for a run any more. release
// closes open files in it: over NFS an open file cannot be removed. After an error, begun reports whether the directory has been renamed.
func ForGood(dir, id string, release func()) (begun bool, err error) {
	aside := filepath.Join(filepath.Dir(dir), Prefix+strings.TrimPrefix(process.TempName(id), process.TempPrefix))
	if err := os.Rename(dir, aside); err != nil {
		return false, err
	}
	release()
	if err := os.RemoveAll(aside); err != nil {
		return true, fmt.Errorf("some of it is left: %w", err)
	}
	return true, nil
}
