package plainfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSame(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const piece = 1 << 16
	long := bytes.Repeat([]byte("x"), 2*piece)
	other := bytes.Clone(long)
	other[len(other)-1] = 'y'
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o666); err != nil {
		t.Fatal(err)
	}
	a, empty, longer := file("a", long), file("empty", nil), file("longer", append(bytes.Clone(long), '1'))
	for _, tt := range []struct {
		name, b string
		want    bool
	}{
		{"a copy", file("copy", long), true}, {"the last byte", file("other", other), false}, {"shorter", file("short", long[:piece]), false},
		{"none", filepath.Join(dir, "none"), false}, {"a directory", dir, false},
	} {
		if Same(a, tt.b) != tt.want || Same(tt.b, a) != tt.want {
			t.Errorf("%s: not %v", tt.name, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{file("1", []byte("1")), file("one", []byte("1")), true}, {filepath.Join(dir, "1"), file("2", []byte("2")), false},
		{filepath.Join(dir, "1"), empty, false}, {empty, empty, true}, {longer, file("longer2", append(bytes.Clone(long), '2')), false},
		{longer, a, false}, {filepath.Join(dir, "none"), filepath.Join(dir, "1"), false},
	} {
		if Same(tt.a, tt.b) != tt.want {
			t.Errorf("%s, %s: not %v", tt.a, tt.b, tt.want)
		}
	}
	if !Same(empty, file("empty2", nil)) || Same(empty, fifo) || Same(fifo, empty) {
		t.Error("empty files and a FIFO")
	}
}
