package plainfile_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
)

// TestHostile opens files that would block a reader or have no end: each gives an error at once.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := unix.Mkfifo(path("fifo"), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", path("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, to := range map[string]string{"zero": "/dev/zero", "tty": "/dev/tty", "to-fifo": "fifo", "loop": "loop"} {
		if err := os.Symlink(to, path(name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"fifo", "socket", "zero", "to-fifo", "loop"} {
		_, err := plainfile.Read(path(name))
		_, openErr := plainfile.Open(path(name))
		_, writeErr := plainfile.OpenFile(path(name), os.O_WRONLY|os.O_CREATE, 0o666)
		for _, err := range []error{err, openErr, writeErr} {
			if !errors.Is(err, plainfile.ErrNotRegular) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := plainfile.OpenIn(root, name); err == nil {
			t.Errorf("%s is opened below a root", name)
		}
		if _, err := plainfile.OpenDir(path(name)); err == nil {
			t.Errorf("%s is a directory", name)
		}
	}
	if _, err := plainfile.Open(path("tty")); err == nil {
		t.Error("a terminal is a file")
	}
	if _, err := plainfile.Read(dir); !errors.Is(err, unix.EISDIR) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := plainfile.Read(path("none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

// TestRead reads files of all sizes up to the limit, including files whose stat size is 0.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	const limit = 2000
	for _, size := range []int{0, 1, 511, 512, 513, 1023, 1024, 1025, limit - 1, limit, limit + 1} {
		if err := os.WriteFile(path, make([]byte, size), 0o666); err != nil {
			t.Fatal(err)
		}
		data, err := plainfile.ReadUpTo(path, limit)
		if tooLarge := errors.Is(err, plainfile.ErrTooLarge); tooLarge != (size > limit) || !tooLarge && (err != nil || len(data) != size) {
			t.Fatalf("%d bytes: %d, %v", size, len(data), err)
		}
	}
	if err := os.Truncate(path, plainfile.MaxRead+1); err != nil { // sparse: it takes no space
		t.Fatal(err)
	}
	if _, err := plainfile.Read(path); !errors.Is(err, plainfile.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if data, err := plainfile.Read("/proc/self/status"); err == nil && len(data) == 0 {
		t.Error("a file of the system is empty")
	}
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if f, err := plainfile.Open(link); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	if _, err := plainfile.OpenFile(link, os.O_RDONLY|unix.O_NOFOLLOW, 0); !errors.Is(err, plainfile.ErrNotRegular) {
		t.Errorf("a link that is not to be followed: %v", err)
	}
}
