package archive

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"guild/runs/clone"
	"guild/runs/sharedfs"
)

// copier is a sink that copies files to a directory.
type copier struct {
	ctx      context.Context
	to       string
	sync     bool     // sync files to the disk, because the original will be removed
	progress Progress // may be nil
}

func (k copier) path(name string) string { return filepath.Join(k.to, filepath.FromSlash(name)) }

func (k copier) dir(name string, _ os.FileInfo) error { return os.MkdirAll(k.path(name), 0o777) }

// endDir sets the directory's mode and time. This comes after its entries, because a read-only directory accepts none, and each entry
// changes the time.
func (k copier) endDir(name string, st os.FileInfo) error {
	if k.sync {
		if err := sharedfs.SyncDir(k.path(name)); err != nil {
			return err
		}
	}
	if err := os.Chtimes(k.path(name), time.Time{}, st.ModTime()); err != nil {
		return err
	}
	return os.Chmod(k.path(name), st.Mode().Perm())
}

func (k copier) link(name, text string, _ os.FileInfo) error { return os.Symlink(text, k.path(name)) }

func (k copier) file(name string, in *os.File, st os.FileInfo) error {
	out, whole, err := clone.Create(in, k.path(name), st.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if whole {
		err = k.count(st.Size())
	} else {
		err = clone.Contents(out, in, k.count)
	}
	if err == nil && k.sync {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Chmod(st.Mode().Perm()), out.Close()); err != nil {
		return err
	}
	return os.Chtimes(k.path(name), time.Time{}, st.ModTime())
}

// count reports n copied bytes to progress. The error is that of the context.
func (k copier) count(n int64) error {
	if k.progress != nil {
		k.progress.Bytes(int(n))
	}
	return k.ctx.Err()
}
