package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/catalog"
)

// smallDisk returns a home on a file system of its own that is soon full.
func smallDisk(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	err := unix.Mount("guild", home, "tmpfs", 0, "size=1m")
	if errors.Is(err, unix.EPERM) {
		t.Skip("only root may mount")
	}
	ok(t, err)
	t.Cleanup(func() { ok(t, unix.Unmount(home, unix.MNT_DETACH)) })
	return home
}

// fill fills the disk; the returned function frees space again.
func fill(t *testing.T, home string) (empty func()) {
	t.Helper()
	path := filepath.Join(home, "big")
	f, err := os.Create(path)
	ok(t, err)
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			if !errors.Is(err, unix.ENOSPC) {
				t.Fatal(err)
			}
			return func() { ok(t, os.Remove(path)) }
		}
	}
}

// fails checks that an error is one line with a reason.
func fails(t *testing.T, what string, err error, why error) {
	t.Helper()
	if !errors.Is(err, why) || strings.Contains(fmt.Sprint(err), "\n") {
		t.Errorf("%s: %v, want %v", what, err, why)
	}
}

func TestFullDisk(t *testing.T) {
	s := runs.Open(smallDisk(t))
	waiting := claim(t, s, staged(t, s))
	pending := newRun(t, s, runs.Pending)
	ok(t, pending.SetAttr("label", "old"))
	running, err := draft(t, s).CommitOwned(runs.Pending)
	ok(t, err)
	defer running.Close()
	ok(t, running.Begin(runs.Self()))
	r := running.Run()
	empty := fill(t, s.Home())

	d, err := s.Draft("")
	if err == nil { // directories take no space here
		_, err = s.CommitStaged(d)
	}
	fails(t, "stage", err, unix.ENOSPC)
	fails(t, "start", waiting.Lock.Begin(runs.Self()), unix.ENOSPC)
	fails(t, "label", pending.SetAttr("label", "new"), unix.ENOSPC)
	fails(t, "stop", r.RequestStop(false), unix.ENOSPC)
	fails(t, "finish", running.Finish(0), unix.ENOSPC)
	if waiting.Run.Status() != runs.Staged || pending.Label() != "old" || r.Status() != runs.Completed {
		t.Errorf("%s, %q, %s", waiting.Run.Status(), pending.Label(), r.Status())
	}
	ok(t, waiting.Release(), running.Close())
	empty()
	found := find(t, s)
	if len(found) != 1 || found[0].Kind != StaleFiles || found[0].Run != r.ID {
		t.Errorf("found %+v", found)
	}
	_, err = Repair(t.Context(), s, found)
	ok(t, err)
	agrees(t, s, r.ID)
	if o, ended := r.Outcome(); !ended || o.Exit != 0 {
		t.Errorf("outcome %+v, %v", o, ended)
	}
	if markers, err := s.Staged(nil); err != nil || len(markers) != 1 {
		t.Errorf("staged: %v, %v", markers, err)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	s := runs.Open(smallDisk(t))
	waiting := staged(t, s)
	r := ended(t, s, 3)
	l, err := draft(t, s).CommitOwned(runs.Pending)
	ok(t, err)
	defer l.Close()
	ok(t, l.Begin(runs.Self()), s.Delete(newRun(t, s, runs.Pending), false))
	// Seen through another mount, everything is read-only.
	view := t.TempDir()
	ok(t, unix.Mount(s.Home(), view, "", unix.MS_BIND, ""))
	t.Cleanup(func() { ok(t, unix.Unmount(view, unix.MNT_DETACH)) })
	ok(t, unix.Mount("", view, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	s = runs.Open(view)
	fd, err := unix.Dup(int(l.File().Fd()))
	ok(t, err)
	waiting, r = viewed(t, s, waiting), viewed(t, s, r)
	running, err := runs.AdoptLock(viewed(t, s, l.Run()), uintptr(fd))
	ok(t, err)
	defer running.Close()
	_, err = s.Draft("")
	fails(t, "draft", err, unix.EROFS)
	_, err = s.Claim(waiting.ID)
	fails(t, "claim", err, unix.EROFS)
	fails(t, "delete", s.Delete(r, false), unix.EROFS)
	fails(t, "label", r.SetAttr("label", "x"), unix.EROFS)
	fails(t, "finish", running.Finish(0), unix.EROFS)
	deleted, err := s.Deleted()
	ok(t, err)
	_, err = s.Restore(deleted[0])
	fails(t, "restore", err, unix.EROFS)
	fails(t, "purge", s.Purge(deleted[0]), unix.EROFS)
	// Everything can be read, and nothing has changed.
	list, err := catalog.New(s, nil).List()
	ok(t, err)
	if len(list) != 3 || waiting.Status() != runs.Staged || r.Status() != runs.Error || running.Run().Status() != runs.Running {
		t.Errorf("%d runs, %s, %s, %s", len(list), waiting.Status(), r.Status(), running.Run().Status())
	}
	if found := find(t, s); found != nil {
		t.Errorf("found %+v", found)
	}
}

// viewed returns a run as another store sees it.
func viewed(t *testing.T, s *runs.Store, r *runs.Run) *runs.Run {
	t.Helper()
	r, err := s.Get(r.ID)
	ok(t, err)
	return r
}

// If a root disappears under an owner, because it is unmounted or moved, there are errors, and afterwards everything is as before.
func TestVanishedRoot(t *testing.T) {
	s := runs.Open(filepath.Join(t.TempDir(), "home"))
	waiting := staged(t, s)
	running, err := draft(t, s).CommitOwned(runs.Pending)
	ok(t, err)
	defer running.Close()
	ok(t, running.Begin(runs.Self()), os.Rename(s.Home(), s.Home()+".away"))
	fails(t, "finish", running.Finish(0), runs.ErrNotFound)
	fails(t, "touch", running.Touch(), fs.ErrNotExist)
	_, err = s.Claim(waiting.ID)
	fails(t, "claim", err, runs.ErrNotFound)
	fails(t, "delete", s.Delete(waiting, false), runs.ErrNotFound)
	ok(t, os.Rename(s.Home()+".away", s.Home()))
	if running.Run().Status() != runs.Running || waiting.Status() != runs.Staged {
		t.Errorf("%s, %s", running.Run().Status(), waiting.Status())
	}
	ok(t, running.Touch(), running.Finish(0))
	if got := running.Run().Status(); got != runs.Completed {
		t.Error(got)
	}
}
