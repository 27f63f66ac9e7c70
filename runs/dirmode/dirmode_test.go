package dirmode

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestMakeAll makes directories as open as the nearest existing parent, and never more open.
func TestMakeAll(t *testing.T) {
	for _, c := range []struct {
		above fs.FileMode
		umask int
		want  fs.FileMode
	}{
		{0o755, 0o022, 0o755},
		{0o700, 0o022, 0o700},
		{0o755, 0o077, 0o700}, // a private umask is respected
		{fs.ModeSetgid | 0o775, 0o022, fs.ModeSetgid | 0o775},
		{fs.ModeSetgid | 0o770, 0o077, fs.ModeSetgid | 0o770},
		{fs.ModeSticky | 0o777, 0o022, 0o755}, // as in /tmp: a user's files there are private
	} {
		top := t.TempDir()
		if err := os.Chmod(top, c.above); err != nil {
			t.Fatal(err)
		}
		low := filepath.Join(top, "a", "b")
		old := syscall.Umask(c.umask)
		err := errors.Join(MakeAll(low), MakeAll(low))
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{filepath.Dir(low), low} {
			if st, err := os.Stat(dir); err != nil || st.Mode()&(fs.ModePerm|fs.ModeSetgid) != c.want {
				t.Errorf("%v with umask %o: %v, %v, want %v", c.above, c.umask, st.Mode(), err, c.want)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := MakeAll(filepath.Join(file, "sub")); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("below a file: %v", err)
	}
}
