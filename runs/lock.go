package runs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"

	"guild/runs/dirmode"
	"guild/runs/phase"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// Lock is ownership of a run. It is tied to an open file description, so a child that inherits the descriptor owns the run
// together with this process, and the kernel drops it when the last of them ends.
type Lock struct {
	run   *Run
	f     *os.File
	phase phase.Phase // that this process began; see Begin
}

func (r *View) lockPath() string { return r.GuildPath("LOCK") }

// TryLock takes ownership of the run without waiting. The error is ErrBusy if another process owns the run, ErrNotFound if the run no
// longer exists.
func (r *Run) TryLock() (*Lock, error) {
	f, err := plainfile.OpenFile(r.lockPath(), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		if err = sharedfs.GoneIfStale(err); errors.Is(err, fs.ErrNotExist) {
			err = ErrNotFound
		}
		return nil, fmt.Errorf("lock run %s: %w", r.ShortID(), dirmode.Denied(r.lockPath(), err))
	}
	if err := flockNow(f); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, fmt.Errorf("lock run %s: %w", r.ShortID(), err)
	}
	// The run may have been deleted since the file was opened, and another one of the same id have come in its place.
	if !sameFile(f, r.lockPath()) {
		_ = f.Close()
		return nil, fmt.Errorf("lock run %s: %w", r.ShortID(), ErrNotFound)
	}
	return &Lock{run: r, f: f}, nil
}

// flockNow takes or confirms the exclusive lock on f without waiting for another holder.
func flockNow(f *os.File) error {
	_, err := sharedfs.Retry(func() (int, error) { return 0, unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	return err
}

func sameFile(f *os.File, path string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(opened, there)
}

// AdoptLock makes a Lock of a descriptor that was inherited from the process that took it.
func AdoptLock(r *Run, fd uintptr) (*Lock, error) {
	f := os.NewFile(fd, r.lockPath())
	if f == nil {
		return nil, fmt.Errorf("adopt the lock of run %s: descriptor %d is not open", r.ShortID(), fd)
	}
	unix.CloseOnExec(int(fd)) // the operation must not keep the run owned after its worker
	l := &Lock{run: r, f: f}
	if err := l.Verify(); err != nil {
		return nil, err
	}
	return l, nil
}

// Run returns the run that is owned.
func (l *Lock) Run() *Run { return l.run }

// File returns the descriptor to hand to a child.
func (l *Lock) File() *os.File { return l.f }

// Verify asks whether the lock is still held. On NFS it is a lease: a host that was frozen longer gets no notice that
// another one took it.
func (l *Lock) Verify() error {
	if err := flockNow(l.f); err != nil {
		return fmt.Errorf("run %s is no longer owned by this process: %w", l.run.ShortID(), ErrBusy)
	}
	return nil
}

// SetOwner records the holder of the lock. The error is ErrBusy if the run was staged again since the owner claimed it, which happens if a
// host was frozen for longer than its locks last. LOCK is written in place, because a lock on a replaced file has no effect. It is one
// short write, padded to the old length with newlines, so that readers always find valid YAML.
func (l *Lock) SetOwner(o Owner) error {
	if o.Claim != "" {
		holds, err := l.run.claimHolds(o.Claim)
		if err != nil {
			return fmt.Errorf("record the owner of run %s: %w", l.run.ShortID(), err)
		}
		if !holds {
			return l.superseded()
		}
	}
	data, err := o.encode()
	if err != nil {
		return err
	}
	if st, err := l.f.Stat(); err == nil && st.Size() > int64(len(data)) {
		pad := make([]byte, st.Size())
		for i := range pad {
			pad[i] = '\n'
		}
		copy(pad, data)
		data = pad
	}
	if _, err := l.f.WriteAt(data, 0); err != nil {
		return fmt.Errorf("record the owner of run %s: %w", l.run.ShortID(), err)
	}
	return nil
}

// Close gives up this process's share of the lock.
func (l *Lock) Close() error { return l.f.Close() }

// Owner returns the current or last owner of the run. ok is false if there never was one, or if Guild AI wrote the file.
func (r *View) Owner() (o Owner, ok bool) {
	f, err := plainfile.OpenFile(r.lockPath(), os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return Owner{}, false
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return Owner{}, false
	}
	return decodeOwner(data)
}

// Owned reports whether a process on any host holds the run's LOCK. It never blocks.
func (r *View) Owned() (bool, error) {
	const lookFlags = plainfile.Flags | unix.O_NOFOLLOW
	// A reader's lock for a moment is how to ask: fcntl's F_GETLK does not see flock locks.
	l := flock.New(r.lockPath(), flock.SetFlag(os.O_RDWR|lookFlags))
	got, err := l.TryRLock()
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return false, nil
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS) {
		// Another user's run or a read-only mount: a read-only descriptor serves on local file systems.
		l = flock.New(r.lockPath(), flock.SetFlag(os.O_RDONLY|lookFlags))
		got, err = l.TryRLock()
	}
	if err != nil {
		return false, fmt.Errorf("look at the lock of run %s: %w", r.ShortID(), err)
	}
	defer func() { _ = l.Close() }()
	return !got, nil
}

// UnderWay reports whether a run whose status is s is running or about to run: it is pending, and a process that has not begun yet owns it.
func (r *View) UnderWay(s Status) bool {
	if s != Pending {
		return s == Running
	}
	owned, err := r.Owned()
	return owned && err == nil
}
