package runs

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Directories of a store are never open to more users than its root, and as open as the root if several users share it.
func TestModes(t *testing.T) {
	for _, c := range []struct {
		root  fs.FileMode
		umask int
		want  fs.FileMode
	}{
		{0o755, 0o022, 0o755},
		{0o700, 0o022, 0o700},
		{0o750, 0o022, 0o750},
		{0o755, 0o077, 0o700}, // a private umask is respected
		{0o755, 0o000, 0o755},
		{fs.ModeSetgid | 0o775, 0o022, fs.ModeSetgid | 0o775},
		{fs.ModeSetgid | 0o770, 0o077, fs.ModeSetgid | 0o770},
		{0o775, 0o022, 0o775},
		{fs.ModeSticky | 0o777, 0o022, 0o755}, // as in /tmp: a user's files there are private
	} {
		s := Open(filepath.Join(t.TempDir(), "home"))
		if err := os.MkdirAll(s.Root(), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{s.Home(), s.Root()} {
			if err := os.Chmod(dir, c.root); err != nil {
				t.Fatal(err)
			}
		}
		old := syscall.Umask(c.umask)
		d, err := s.Draft("a")
		if err != nil {
			t.Fatal(err)
		}
		proto, err := d.Proto()
		if err != nil {
			t.Fatal(err)
		}
		err = proto.Seal()
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.CommitStaged(d)
		if err != nil {
			t.Fatal(err)
		}
		claim, err := s.Claim("a")
		if err != nil {
			t.Fatal(err)
		}
		claim.Lock.Close()
		if err := s.Delete(s.run("a"), false); err != nil {
			t.Fatal(err)
		}
		syscall.Umask(old)
		trashed := filepath.Join(s.TrashDir(), r.ID)
		for _, dir := range []string{s.stagedDir(), s.claimedDir(), s.TrashDir(), filepath.Dir(s.TrashDir()), trashed, trashed + "/.guild",
			trashed + "/.guild/attrs", trashed + "/.guild/proto/.guild/attrs"} {
			st, err := os.Stat(dir)
			if err != nil {
				t.Fatal(err)
			}
			// A directory inherits the set-group-id bit from its parent.
			if got := st.Mode() &^ fs.ModeDir; got != c.want {
				t.Errorf("root %v, umask %03o: %s has %v, want %v", c.root, c.umask, dir, got, c.want)
			}
		}
	}
}

// A directory outside of a store sets no mode: a --run-dir may be in /tmp.
func TestModeOutsideOfAStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	d, err := DraftAt(filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(d.Dir())
	if err != nil || st.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}
