package unpack

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func open(t *testing.T, size int64) (*Dir, string) {
	t.Helper()
	outer := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(outer, "secret"), []byte("secret"), 0o666), os.Mkdir(filepath.Join(outer, "in"), 0o777)); err != nil {
		t.Fatal(err)
	}
	limit, err := NewLimit("x.zip", size)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(filepath.Join(outer, "in"), limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, filepath.Join(outer, "in")
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestInnerLinks(t *testing.T) {
	d, dir := open(t, 1)
	ok(t, d.File("sub/file", 0o644, strings.NewReader("x")))
	ok(t, d.Mkdir("a/b", 0))
	for name, target := range map[string]string{
		"good": "sub/file", "way": "sub", "sub/up": "../sub/file", "a/b/here": ".", // these stay
		"secret": "../secret", "absolute": "/etc/hostname", "nowhere": "nothing", "over": "secret",
		"hop": "a/b/here/../../../secret", // as text within the archive, but through the link outside
	} {
		ok(t, d.Symlink(name, target))
	}
	left, err := d.MakeInnerLinks()
	ok(t, err)
	slices.Sort(left)
	if got := strings.Join(left, " "); got != "absolute hop nowhere over secret" {
		t.Errorf("left out: %s", got)
	}
	for _, name := range []string{"good", "way/file", "sub/up", "a/b/here/here"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestOutside: no name leads out of the directory.
func TestOutside(t *testing.T) {
	d, dir := open(t, 1)
	ok(t, os.Symlink("..", filepath.Join(dir, "way")))
	for _, name := range []string{"../out", "a/../../out", "/out", "way/out"} {
		if d.File(name, 0o666, strings.NewReader("x")) == nil || d.Mkdir(name, 0) == nil || d.Hardlink(name, "way") == nil {
			t.Errorf("%s is made", name)
		}
	}
	if d.Hardlink("stolen", "way/secret") == nil {
		t.Error("a file from outside has a name inside")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "out")); err == nil {
		t.Error("written outside")
	}
}

func TestLimits(t *testing.T) {
	t.Setenv(BytesVariable, "1000")
	t.Setenv(FilesVariable, "3")
	d, _ := open(t, 1)
	ok(t, d.File("a", 0o666, bytes.NewReader(make([]byte, 600))))
	if err := d.File("b", 0o666, bytes.NewReader(make([]byte, 401))); err == nil || !strings.Contains(err.Error(),
		"x.zip holds more than 1000 bytes") || !strings.Contains(err.Error(), BytesVariable) {
		t.Errorf("%v", err)
	}
	ok(t, d.Mkdir("c", 0))
	if err := d.Mkdir("d", 0); err == nil || !strings.Contains(err.Error(), "more than 3 files") || !strings.Contains(err.Error(), FilesVariable) {
		t.Errorf("%v", err)
	}
	t.Setenv(FilesVariable, "many")
	if _, err := NewLimit("x", 1); err == nil {
		t.Error("a limit that is no number")
	}
}

// TestZeros: zeros take no space.
func TestZeros(t *testing.T) {
	d, dir := open(t, 1)
	ok(t, d.File("zeros", 0o666, bytes.NewReader(make([]byte, 4<<20))))
	st, err := os.Stat(filepath.Join(dir, "zeros"))
	ok(t, err)
	if st.Size() != 4<<20 || st.Sys().(*syscall.Stat_t).Blocks > 100 {
		t.Errorf("%d bytes in %d blocks", st.Size(), st.Sys().(*syscall.Stat_t).Blocks)
	}
}
