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
	"guild/runs/leftover"
	"guild/runs/made"
	"guild/runs/plainfile"
	"guild/runs/remove"
	"guild/runs/sharedfs"
)

// Transfer copies or moves runs between a store and a place.
type Transfer struct {
	Move          bool // remove the originals
	CopyResources bool // copy the targets of links in place of the links
	Stage         bool // stage runs in the target store that were staged in the place
	// Note reports what is done with each run. It may be nil.
	Note func(format string, args ...any)
	// Progress is notified of each finished run and of copied bytes. It may be nil.
	Progress Progress
}

// Progress receives the progress of a transfer.
type Progress interface {
	Step()       // one run is finished
	Bytes(n int) // n more bytes were copied
}

// Result counts what became of the runs.
type Result struct {
	Done    int // runs that were copied or moved
	Running int // runs that were skipped because another process holds their lock
}

func (t *Transfer) note(format string, args ...any) {
	if t.Note != nil {
		t.Note(format, args...)
	}
}

// announce reports a run that is about to be copied or moved.
func (t *Transfer) announce(r *runs.Run) {
	if t.Move {
		t.note("Moving %s\n", r.ID)
	} else {
		t.note("Copying %s\n", r.ID)
	}
}

// ToDir copies or moves runs of a store to a directory, which it creates if necessary. Runs that the directory has already are not
// changed.
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
	leftover.ClearDead(dir)
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

// MarkNoCopy creates the file that makes Guild AI and backup programs skip a directory, unless it exists.
func MarkNoCopy(dir string) error {
	f, err := plainfile.OpenFile(filepath.Join(dir, made.NoCopyName), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	return f.Close()
}

// ToStore copies or moves runs of a place to a store. Runs that were staged wait for the store's schedulers only if Stage is set.
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
			run:   r,
			draft: func() (*runs.Draft, error) { return s.Draft(r.ID) },
			remove: func(l *runs.Lock) error {
				_, err := remove.ForGood(r.Dir, r.ID, func() { release(l) })
				return err
			},
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

// errExists and runs.ErrBusy are errors that concern a single run; the others are still processed.
var errExists = errors.New("exists")

// each calls take for one run after another. An error that concerns a single run is reported, and the others go on.
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

// count records what became of a run. It returns err if that concerns the remaining runs too.
func (t *Transfer) count(res *Result, r *runs.Run, err error) error {
	switch {
	case err == nil:
		res.Done++
	case errors.Is(err, errExists), errors.Is(err, runs.ErrExists):
		t.note("WARNING: %s exists, skipping\n", r.ID)
	case errors.Is(err, runs.ErrBusy):
		res.Running++
		t.note("WARNING: %s is running, skipping: wait for its end, or stop it\n", r.ID)
	case errors.Is(err, runs.ErrNotFound): // another process has deleted it
	default:
		return err
	}
	return nil
}

// journey is how one run is copied or moved.
type journey struct {
	run     *runs.Run
	draft   func() (*runs.Draft, error)
	remove  func(*runs.Lock) error            // removes the original; the lock is nil for a run without one
	fill    func(dir string) ([]unfit, error) // replaces copying of the run's directory if not nil; returns what was left out
	unstage bool                              // a staged run is not staged in the target
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
	defer d.Discard() // does nothing once the run has its name
	t.announce(j.run)
	staged := j.run.Status() == runs.Staged
	if t.Move && !t.CopyResources && !staged { // the marker of a staged run is removed only with the run
		switch err := os.Rename(j.run.Dir, d.FinalDir()); {
		case err == nil:
			return nil
		case remove.IsTaken(err):
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
		if remove.IsTaken(err) {
			return errExists
		}
		return fmt.Errorf("copy run %s: %w", j.run.ShortID(), err)
	}
	if !t.Move {
		return nil
	}
	if err := sharedfs.SyncDir(filepath.Dir(d.FinalDir())); err != nil {
		return fmt.Errorf("run %s was copied, and stays: %w", j.run.ShortID(), err)
	}
	if err := j.remove(lock); err != nil {
		return fmt.Errorf("run %s was copied, and stays: %w", j.run.ShortID(), err)
	}
	return nil
}

// fill copies a run to a directory. If the run is moved, it compares the copy with the original.
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

// leave reports what was not copied. If the original is to be removed, that is an error.
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

// check refuses to move runs with entries that cannot be copied, before anything is done. Runs that are moved by a rename keep these,
// except for entries that are not allowed below .guild.
func (t *Transfer) check(ctx context.Context, list []*runs.Run, renamed func(*runs.Run) bool) error {
	if !t.Move {
		return nil
	}
	for _, r := range list {
		left, err := t.walk(ctx, r.Dir, nowhere{})
		if errors.Is(err, fs.ErrNotExist) { // another process is deleting it
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

// renames reports whether a run can be moved to a directory by a rename.
func (t *Transfer) renames(r *runs.Run, dir string) bool {
	var from, to unix.Stat_t
	for unix.Stat(dir, &to) != nil && dir != filepath.Dir(dir) { // it will be created
		dir = filepath.Dir(dir)
	}
	return !t.CopyResources && r.Status() != runs.Staged && unix.Stat(r.Dir, &from) == nil && from.Dev == to.Dev
}

// hold takes the lock of a run, so that no other process starts, changes or deletes it. The error wraps runs.ErrBusy if another process
// holds it. The lock is nil for a run without a LOCK file, as Guild AI makes them, and in a read-only place.
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

// deleteHeld removes a run from a store permanently. l is the lock from hold.
func deleteHeld(s *runs.Store, r *runs.Run, l *runs.Lock) error {
	if l == nil {
		return s.Delete(r, true)
	}
	return s.DeleteOwned(l)
}

// Delete removes a run from a directory that is not a store. It moves the run to the directory trash, under its id or the first free
// name ID.N, or removes it permanently if trash is empty. The error wraps runs.ErrBusy if another process holds the run's lock.
func Delete(r *runs.Run, trash string) error {
	lock, err := hold(r)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer func() { release(lock) }()
	if trash == "" {
		_, err = remove.ForGood(r.Dir, r.ID, func() { release(lock) })
	} else if err = os.MkdirAll(trash, 0o777); err == nil {
		if err = remove.ToTrash(r.Dir, trash, r.ID); err != nil {
			err = fmt.Errorf("%w (--permanent deletes it permanently)", err)
		}
	}
	if err != nil {
		return fmt.Errorf("delete run %s: %w", r.ShortID(), err)
	}
	return nil
}
