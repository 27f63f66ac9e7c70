package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Delete moves a run to the trash, or removes it for good. A run that somebody owns is left alone: ErrBusy.
func (s *Store) Delete(r *Run, permanent bool) error {
	l, err := r.lockWait()
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer func() { _ = l.Close() }()
	if l.run.recordedStatus() == "" && r.foreignState().Status == Running {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), ErrBusy)
	}
	s.dropStale(r.ID)
	if err := os.MkdirAll(s.TrashDir(), 0o777); err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	to, err := moveAside(r.Dir, s.TrashDir(), r.ID)
	if errors.Is(goneIfStale(err), fs.ErrNotExist) {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	if !permanent {
		return nil
	}
	// The lock's descriptor is closed first: over NFS a file that is open here cannot be removed.
	_ = l.Close()
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	return nil
}

// moveAside renames dir into the directory in, under name or the first name.N that is free: nothing there is replaced.
func moveAside(dir, in, name string) (string, error) {
	for n := 0; ; n++ {
		to := filepath.Join(in, name)
		if n > 0 {
			to = fmt.Sprintf("%s.%d", to, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		err := os.Rename(dir, to)
		if err == nil {
			return to, nil
		}
		if !errors.Is(err, syscall.ENOTEMPTY) && !errors.Is(err, syscall.EEXIST) {
			return "", err
		}
	}
}
