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
	"guild/runs/plainfile"
)

// Transfer takes runs from one place to another.
type Transfer struct {
	Move          bool // the runs leave their place
	CopyResources bool // what links lead to in place of the links
	Stage         bool // runs that come to a store and were staged are staged there
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
	if err := t.check(ctx, list, func(r *runs.Run) bool { return t.renames(r, dir) }); err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Result{}, fmt.Errorf("make the directory: %w", err)
	}
	runs.ClearDead(dir)
	if err := MarkNoCopy(dir); err != nil {
		return Result{}, fmt.Errorf("export: %w", err)
	}
	return t.each(ctx, list, func(r *runs.Run) error {
		return t.take(ctx, journey{
			run:    r,
			draft:  func() (*runs.Draft, error) { return runs.DraftAt(filepath.Join(dir, r.ID)) },
			remove: func(l *runs.Lock) error { return deleteHeld(s, r, l) },
		})
	})
}

// MarkNoCopy makes the file that tells backup programs and Guild AI to leave a directory out. One that is there stays as it is.
func MarkNoCopy(dir string) error {
	f, err := plainfile.OpenFile(filepath.Join(dir, noCopy), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	return f.Close()
}

// ToStore takes runs of a place to a store. Staged ones wait for its schedulers then, if that is wanted.
func (t *Transfer) ToStore(ctx context.Context, p Place, list []*runs.Run, s *runs.Store) (Result, error) {
	var z *unpacker
	if p.Zip {
		archive, err := openZip(p)
		if err != nil {
			return Result{}, err
		}
		defer func() { _ = archive.Close() }()
		if z, err = newUnpacker(ctx, p, &archive.Reader); err != nil {
			return Result{}, err
		}
		z.progress = t.Progress
	} else if err := t.check(ctx, list, func(r *runs.Run) bool { return t.renames(r, s.Root()) }); err != nil {
		return Result{}, err
	}
	return t.each(ctx, list, func(r *runs.Run) error {
		j := journey{
			run:     r,
			draft:   func() (*runs.Draft, error) { return s.Draft(r.ID) },
			remove:  func(l *runs.Lock) error { return purge(r, l) },
			unstage: !t.Stage,
		}
		if z != nil {
			j.fill = func(dir string) ([]unfit, error) { return z.unpack(r.ID, dir) }
		}
		staged := r.Status() == runs.Staged
		if err := t.take(ctx, j); err != nil || !staged {
			return err
		}
		if !t.Stage {
			t.note("Run %s was staged, and is not staged here ('guild run --restart %s --stage' does that)\n", r.ShortID(), r.ShortID())
			return nil
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
	run     *runs.Run
	draft   func() (*runs.Draft, error)
	remove  func(*runs.Lock) error            // the run from its old place; the lock is nil for a run without one
	fill    func(dir string) ([]unfit, error) // in place of copying the run's directory; returns what was left out
	unstage bool                              // a staged run is not staged where it comes to
}

func (t *Transfer) take(ctx context.Context, j journey) error {
	lock, err := hold(j.run)
	if err != nil {
		return err
	}
	defer func() { release(lock) }()
	d, err := j.draft()
	if err != nil {
		return err
	}
	defer d.Discard() // of what is in its place it finds nothing
	t.announce(j.run)
	staged := j.run.Status() == runs.Staged
	if t.Move && !t.CopyResources && !staged { // a staged run has a marker, which only its removal takes away
		switch err := os.Rename(j.run.Dir, d.FinalDir()); {
		case err == nil:
			return nil
		case exists(err):
			return errExists
		case !errors.Is(err, unix.EXDEV):
			return fmt.Errorf("move run %s: %w", j.run.ShortID(), err)
		}
	}
	if err := t.fill(ctx, j, d.Dir()); err != nil {
		return fmt.Errorf("copy run %s: %w", j.run.ShortID(), err)
	}
	if staged && j.unstage {
		if err := d.Unstage(); err != nil {
			return fmt.Errorf("copy run %s: %w", j.run.ShortID(), err)
		}
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
	if err := syncDir(filepath.Dir(d.FinalDir())); err != nil {
		return fmt.Errorf("run %s was copied, and stays: %w", j.run.ShortID(), err)
	}
	if err := j.remove(lock); err != nil {
		return fmt.Errorf("run %s was copied, and stays: %w", j.run.ShortID(), err)
	}
	return nil
}

// fill makes the copy of a run in a directory. Of a run that is moved it is compared with the original.
func (t *Transfer) fill(ctx context.Context, j journey, dir string) error {
	if j.fill == nil {
		j.fill = func(dir string) ([]unfit, error) {
			return t.walk(ctx, j.run.Dir, copier{ctx: ctx, to: dir, sync: t.Move, progress: t.Progress})
		}
	}
	left, err := j.fill(dir)
	if err != nil {
		return err
	}
	if err := t.leave(j.run, left); err != nil || !t.Move {
		return err
	}
	return t.verify(ctx, j.run.Dir, dirCopy(dir))
}

// leave tells what is not taken elsewhere, which is an error where the original is to go.
func (t *Transfer) leave(r *runs.Run, left []unfit) error {
	if t.Move && len(left) > 0 {
		return refusal(r, left[0])
	}
	for _, u := range left {
		t.note("WARNING: %s of run %s is left out: it is %s\n", u.name, r.ShortID(), u.what)
	}
	return nil
}

func refusal(r *runs.Run, u unfit) error {
	return fmt.Errorf("run %s has %s, which is %s and cannot be moved: nothing of the run is removed; remove that, or copy the run",
		r.ShortID(), u.name, u.what)
}

// check refuses, before anything is done, to move runs that have what would be lost. Of a run that is renamed that is only what must
// not be among guild's own files.
func (t *Transfer) check(ctx context.Context, list []*runs.Run, renamed func(*runs.Run) bool) error {
	if !t.Move {
		return nil
	}
	for _, r := range list {
		left, err := t.walk(ctx, r.Dir, nowhere{})
		if errors.Is(err, fs.ErrNotExist) { // somebody deletes it
			continue
		}
		if err != nil {
			return fmt.Errorf("look at run %s: %w", r.ShortID(), err)
		}
		for _, u := range left {
			if inGuild(u.name) || !renamed(r) {
				return refusal(r, u)
			}
		}
	}
	return nil
}

// renames reports that a run is moved to a directory by renaming it.
func (t *Transfer) renames(r *runs.Run, dir string) bool {
	var from, to unix.Stat_t
	for unix.Stat(dir, &to) != nil && dir != filepath.Dir(dir) { // it is going to be made
		dir = filepath.Dir(dir)
	}
	return !t.CopyResources && r.Status() != runs.Staged && unix.Stat(r.Dir, &from) == nil && from.Dev == to.Dev
}

// hold owns a run, so that nobody starts, changes or deletes it. The error is a runs.ErrBusy where somebody else owns it. A run
// without a lock, as Guild AI makes them, is left without one, and a place that cannot be written to is left alone by others as well:
// the lock is nil then.
func hold(r *runs.Run) (*runs.Lock, error) {
	if r.Status() == runs.Running {
		return nil, fmt.Errorf("run %s: %w", r.ShortID(), runs.ErrBusy)
	}
	if st, err := os.Lstat(r.GuildPath("LOCK")); err != nil && errors.Is(err, fs.ErrNotExist) || err == nil && !st.Mode().IsRegular() {
		return nil, nil
	}
	l, err := r.LockWait()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS) {
		return nil, nil
	}
	return l, err
}

func release(l *runs.Lock) {
	if l != nil {
		_ = l.Close()
	}
}

// deleteHeld removes a run of a store for good, with the lock that hold has taken.
func deleteHeld(s *runs.Store, r *runs.Run, l *runs.Lock) error {
	if l == nil {
		return s.Delete(r, true)
	}
	return s.DeleteOwned(l)
}

// Delete removes a run of a directory that is no store: to the trash, under its id or the first ID.N that is free, or for good
// where trash is empty. The error is a runs.ErrBusy where somebody owns it.
func Delete(r *runs.Run, trash string) error {
	lock, err := hold(r)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer func() { release(lock) }()
	if trash == "" {
		return purge(r, lock)
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

// purge removes a run directory, which is a run to nobody from the first moment on, and gives up its lock.
func purge(r *runs.Run, l *runs.Lock) error {
	aside := filepath.Join(filepath.Dir(r.Dir), runs.TempName(r.ID))
	if err := os.Rename(r.Dir, aside); err != nil {
		return fmt.Errorf("remove run %s: %w", r.ShortID(), err)
	}
	release(l) // over NFS a file that is open cannot be removed
	if err := os.RemoveAll(aside); err != nil {
		return fmt.Errorf("remove run %s: some of it is left: %w", r.ShortID(), err)
	}
	return nil
}
