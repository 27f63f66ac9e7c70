package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"guild/runs"
	"guild/runs/leftover"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// ToZip copies or moves runs of a store to a zip file, which it creates if necessary. Everything that the file has already stays
// unchanged. Processes on any host that write to the same file wait for each other.
func (t *Transfer) ToZip(ctx context.Context, s *runs.Store, list []*runs.Run, file string) (res Result, err error) {
	if err := t.check(ctx, list, func(*runs.Run) bool { return false }); err != nil {
		return res, err
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real // a link remains a link; the lock is beside its target
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return res, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	unlock, err := t.lockZip(ctx, file)
	if err != nil {
		return res, err
	}
	defer unlock()
	leftover.ClearDead(filepath.Dir(file))
	n, err := newZip(file)
	if err != nil {
		return res, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	defer n.discard()
	known, err := n.copyOld(ctx)
	if err != nil {
		return res, err
	}
	var taken []held // moved runs, which stay locked until the file is complete
	defer func() {
		for _, h := range taken {
			release(h.lock)
		}
	}()
	res, err = t.each(ctx, list, func(r *runs.Run) error {
		if known[r.ID] {
			return errExists
		}
		lock, err := hold(r)
		if err != nil {
			return err
		}
		if t.Move {
			taken = append(taken, held{r, lock})
		} else {
			defer release(lock)
		}
		t.announce(r)
		n.changed = true
		left, err := t.walk(ctx, r.Dir, &packer{ctx, n.zip, r.ID, t.Progress})
		if err != nil {
			return fmt.Errorf("cannot write run %s to %s: %w", r.ShortID(), file, err)
		}
		return t.leave(r, left)
	})
	switch {
	case err != nil:
		return Result{}, err
	case !n.changed:
		return res, nil
	}
	if err := n.finish(); err != nil {
		return Result{}, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	if err := t.removePacked(ctx, s, taken, file); err != nil {
		return res, err
	}
	return res, nil
}

// held is a run and the lock that hold has taken.
type held struct {
	run  *runs.Run
	lock *runs.Lock
}

// lockZip takes the lock for writing to a zip file. The file itself is replaced by a rename, so a lock on it would be lost with it; the
// lock is on a separate file that is never removed. Then the directory is opened once, because an NFS client may have cached an old
// entry.
func (t *Transfer) lockZip(ctx context.Context, file string) (unlock func(), err error) {
	name := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".lock")
	l := flock.New(name, flock.SetFlag(os.O_RDWR|os.O_CREATE), flock.SetPermissions(0o666))
	got, err := l.TryLock()
	if err == nil && !got {
		t.note("Waiting for somebody else who writes to %s\n", file)
		const poll = 100 * time.Millisecond
		_, err = l.TryLockContext(ctx, poll)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s, as every process that writes to %s must: %w", name, file, err)
	}
	if dir, err := os.Open(filepath.Dir(file)); err == nil {
		_ = dir.Close()
	}
	return func() { _ = l.Close() }, nil
}

// removePacked removes the originals of moved runs, after it has read the zip file back and compared.
func (t *Transfer) removePacked(ctx context.Context, s *runs.Store, taken []held, file string) error {
	if len(taken) == 0 {
		return nil
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("read back %s, so that nothing is removed: %w", file, err)
	}
	defer func() { _ = z.Close() }()
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	for i, h := range taken {
		err := t.verify(ctx, h.run.Dir, zipCopy{h.run.ID, files})
		if err == nil {
			taken[i].lock = nil // released by the removal
			err = deleteHeld(s, h.run, h.lock)
		}
		if err != nil && !errors.Is(err, runs.ErrNotFound) {
			return fmt.Errorf("run %s was exported, and stays: %w", h.run.ShortID(), err)
		}
	}
	return nil
}

// newZipFile is a zip file under a temporary name that will replace file.
type newZipFile struct {
	file    string
	tmp     *os.File
	zip     *zip.Writer
	changed bool // it has more than the old file
}

func newZip(file string) (*newZipFile, error) {
	perm := fs.FileMode(0o666)
	if st, err := os.Stat(file); err == nil {
		perm = st.Mode().Perm()
	}
	tmp, err := os.OpenFile(filepath.Join(filepath.Dir(file), process.TempName(filepath.Base(file))), os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	return &newZipFile{file: file, tmp: tmp, zip: zip.NewWriter(tmp)}, nil
}

// finish syncs the file to the disk and renames it to its place.
func (n *newZipFile) finish() error {
	if err := errors.Join(n.zip.Close(), n.tmp.Sync(), n.tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(n.tmp.Name(), n.file); err != nil {
		return err
	}
	return sharedfs.SyncDir(filepath.Dir(n.file))
}

func (n *newZipFile) discard() {
	_ = n.tmp.Close()
	_ = os.Remove(n.tmp.Name()) // does not exist once it has been renamed
}

// copyOld copies the entries of the existing zip file, if there is one, and returns the ids of its runs.
func (n *newZipFile) copyOld(ctx context.Context) (known map[string]bool, err error) {
	known = map[string]bool{}
	z, err := zip.OpenReader(n.file)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("cannot write to %s: File is not a zip file", n.file)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write to %s: %w", n.file, err)
	}
	defer func() { _ = z.Close() }()
	if err := n.zip.SetComment(z.Comment); err != nil {
		return nil, fmt.Errorf("cannot copy what %s has: %w", n.file, err)
	}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := n.zip.Copy(f); err != nil {
			return nil, fmt.Errorf("cannot copy what %s has: %w", n.file, err)
		}
		id, _, _ := strings.Cut(f.Name, "/")
		known[id] = true
	}
	return known, nil
}

// packer is a sink that writes the files of a run to a zip file.
type packer struct {
	ctx      context.Context
	zip      *zip.Writer
	id       string
	progress Progress // may be nil
}

func (w *packer) create(name string, st os.FileInfo) (io.Writer, error) {
	h, err := zip.FileInfoHeader(st)
	if err != nil {
		return nil, err
	}
	h.Name = name
	if st.Mode().IsRegular() {
		h.Method = zip.Deflate
	}
	return w.zip.CreateHeader(h)
}

func (w *packer) dir(name string, st os.FileInfo) error {
	_, err := w.create(path.Join(w.id, name)+"/", st)
	return err
}

func (w *packer) endDir(string, os.FileInfo) error { return nil }

func (w *packer) link(name, text string, st os.FileInfo) error {
	to, err := w.create(path.Join(w.id, name), st)
	if err == nil {
		_, err = io.WriteString(to, text)
	}
	return err
}

func (w *packer) file(name string, in *os.File, st os.FileInfo) error {
	to, err := w.create(path.Join(w.id, name), st)
	if err == nil {
		_, err = io.Copy(to, reader{w.ctx, in, w.progress})
	}
	return err
}
