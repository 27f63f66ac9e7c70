package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"guild/runs"
)

// Transfer takes runs from one place to another.
type Transfer struct {
	Move          bool // the runs leave their place
	CopyResources bool // what links lead to in place of the links
	// Note tells of each run what is done with it; nil for nobody.
	Note func(format string, args ...any)
	// Progress is told of each run that is dealt with, and of what is copied; nil for nobody.
	Progress Progress
}

// Progress is told how far work is.
type Progress interface {
	Step()       // a run is dealt with
	Bytes(n int) // n more bytes are copied
}

// Result is what became of the runs.
type Result struct {
	Done    int // there now
	Running int // left alone, because somebody owns them
}

func (t *Transfer) note(format string, args ...any) {
	if t.Note != nil {
		t.Note(format, args...)
	}
}

// announce tells of a run that is on its way.
func (t *Transfer) announce(r *runs.Run) {
	if t.Move {
		t.note("Moving %s\n", r.ID)
	} else {
		t.note("Copying %s\n", r.ID)
	}
}

// noCopy tells backup programs and Guild AI that a directory is not part of what it lies in.
const noCopy = ".guild-nocopy"

// ToDir takes runs of a store to a directory, which is made if it is not there. Runs that are there already stay as they are.
func (t *Transfer) ToDir(ctx context.Context, s *runs.Store, list []*runs.Run, dir string) (Result, error) {
	if st, err := os.Stat(dir); err == nil && !st.IsDir() {
		return Result{}, fmt.Errorf("'%s' is not a directory", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Result{}, fmt.Errorf("make the directory: %w", err)
	}
	runs.ClearDead(dir)
	if err := os.WriteFile(filepath.Join(dir, noCopy), nil, 0o666); err != nil {
		return Result{}, fmt.Errorf("export: %w", err)
	}
	return t.each(ctx, list, func(r *runs.Run) error {
		return t.take(ctx, journey{
			run:    r,
			draft:  func() (*runs.Draft, error) { return runs.DraftAt(filepath.Join(dir, r.ID)) },
			remove: func() error { return s.Delete(r, true) },
		})
	})
}

// ToStore takes runs of a place to a store. Staged ones wait for its schedulers then.
func (t *Transfer) ToStore(ctx context.Context, p Place, list []*runs.Run, s *runs.Store) (Result, error) {
	var z *unpacker
	if p.Zip {
		archive, err := openZip(p)
		if err != nil {
			return Result{}, err
		}
		defer func() { _ = archive.Close() }()
		z = newUnpacker(ctx, &archive.Reader)
		z.progress = t.Progress
	}
	return t.each(ctx, list, func(r *runs.Run) error {
		j := journey{
			run:    r,
			draft:  func() (*runs.Draft, error) { return s.Draft(r.ID) },
			remove: func() error { return purge(r) },
		}
		if z != nil {
			j.fill = func(dir string) error { return z.unpack(r.ID, dir) }
		}
		if err := t.take(ctx, j); err != nil {
			return err
		}
		here, err := s.Get(r.ID)
		if err == nil && here.Status() == runs.Staged {
			t.note("Run %s is staged: it waits for a scheduler\n", r.ShortID())
			err = s.Stage(here)
		}
		return err
	})
}

// errExists and runs.ErrBusy are what keeps a single run from being taken.
var errExists = errors.New("exists")

// each takes the runs one after another. What keeps a single one is told, and the others go on.
func (t *Transfer) each(ctx context.Context, list []*runs.Run, take func(*runs.Run) error) (Result, error) {
	var res Result
	for _, r := range list {
		if err := ctx.Err(); err != nil {
			return res, err
		}
		if err := t.count(&res, r, take(r)); err != nil {
			return res, err
		}
		if t.Progress != nil {
			t.Progress.Step()
		}
	}
	return res, nil
}

// count notes what became of a run, and returns an error that concerns the others too.
func (t *Transfer) count(res *Result, r *runs.Run, err error) error {
	switch {
	case err == nil:
		res.Done++
	case errors.Is(err, errExists), errors.Is(err, runs.ErrExists):
		t.note("WARNING: %s exists, skipping\n", r.ID)
	case errors.Is(err, runs.ErrBusy):
		res.Running++
		t.note("WARNING: %s is running, skipping: wait for its end, or stop it\n", r.ID)
	case errors.Is(err, runs.ErrNotFound): // somebody has deleted it
	default:
		return err
	}
	return nil
}

// journey is what one run takes.
type journey struct {
	run    *runs.Run
	draft  func() (*runs.Draft, error)
	remove func() error           // the run from its old place
	fill   func(dir string) error // in place of copying the run's directory
}

func (t *Transfer) take(ctx context.Context, j journey) error {
	release, err := hold(j.run)
	if err != nil {
		return err
	}
	defer func() { release() }()
	d, err := j.draft()
	if err != nil {
		return err
	}
	defer d.Discard() // of what is in its place it finds nothing
	t.announce(j.run)
	// A staged run has a marker, which only its removal takes away.
	if t.Move && !t.CopyResources && j.run.Status() != runs.Staged {
		switch err := os.Rename(j.run.Dir, d.FinalDir()); {
		case err == nil:
			return nil
		case exists(err):
			return errExists
		case !errors.Is(err, unix.EXDEV):
			return fmt.Errorf("move run %s: %w", j.run.ShortID(), err)
		}
	}
	if j.fill == nil {
		j.fill = func(dir string) error { return t.walk(ctx, j.run.Dir, copier{sync: t.Move}, dir) }
	}
	if err := j.fill(d.Dir()); err != nil {
		return fmt.Errorf("copy run %s: %w", j.run.ShortID(), err)
	}
	if err := os.Rename(d.Dir(), d.FinalDir()); err != nil {
		if exists(err) {
			return errExists
		}
		return fmt.Errorf("copy run %s: %w", j.run.ShortID(), err)
	}
	if !t.Move {
		return nil
	}
	release()
	release = func() {}
	if err := j.remove(); err != nil {
		return fmt.Errorf("run %s was copied, and stays: %w", j.run.ShortID(), err)
	}
	return nil
}

// hold owns a run, so that nobody starts or deletes it, until release is called. The error is a runs.ErrBusy where somebody
// else owns it. A run without a lock, as Guild AI makes them, is left without one, and a place that cannot be written to is
// left alone by others as well.
func hold(r *runs.Run) (release func(), err error) {
	nothing := func() {}
	if r.Status() == runs.Running {
		return nothing, fmt.Errorf("run %s: %w", r.ShortID(), runs.ErrBusy)
	}
	if _, err := os.Stat(r.GuildPath("LOCK")); errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	l, err := r.LockWait()
	switch {
	case err == nil:
		return func() { _ = l.Close() }, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, unix.EROFS):
		return nothing, nil
	}
	return nothing, err
}

// Delete removes a run of a directory that is no store: to the trash, under its id or the first ID.N that is free, or for good
// where trash is empty. The error is a runs.ErrBusy where somebody owns it.
func Delete(r *runs.Run, trash string) error {
	release, err := hold(r)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer release()
	if trash == "" {
		return purge(r)
	}
	if err := os.MkdirAll(trash, 0o777); err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	for n := 0; ; n++ {
		to := filepath.Join(trash, r.ID)
		if n > 0 {
			to = fmt.Sprintf("%s.%d", to, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(r.Dir, to); err == nil || !exists(err) {
			if err != nil {
				return fmt.Errorf("delete run %s: %w (--permanent removes it for good)", r.ShortID(), err)
			}
			return nil
		}
	}
}

// purge removes a run directory, which is a run to nobody from the first moment on.
func purge(r *runs.Run) error {
	aside := filepath.Join(filepath.Dir(r.Dir), runs.TempName(r.ID))
	if err := os.Rename(r.Dir, aside); err != nil {
		return fmt.Errorf("remove run %s: %w", r.ShortID(), err)
	}
	if err := os.RemoveAll(aside); err != nil {
		return fmt.Errorf("remove run %s: some of it is left: %w", r.ShortID(), err)
	}
	return nil
}
