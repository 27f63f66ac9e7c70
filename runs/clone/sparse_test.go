package clone

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// taken returns how many bytes a file takes on the disk.
func taken(t testing.TB, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Sys().(*syscall.Stat_t).Blocks * 512
}

// TestHoles copies a sparse file of 1 GiB with few blocks.
func TestHoles(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "from")
	f, err := os.Create(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 1 << 30
	for at, text := range map[int64]string{0: "first", 300 << 20: "middle", size - 100<<20: "late"} {
		if _, err := f.WriteAt([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if taken(t, from) > 1<<20 {
		t.Skip("the file system knows no holes")
	}
	to := filepath.Join(dir, "to")
	if err := File(from, to); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(to)
	if err != nil || st.Size() != size || taken(t, to) > 1<<20 {
		t.Errorf("size %d, on disk %d, %v", st.Size(), taken(t, to), err)
	}
	g, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	got := make([]byte, 6)
	if _, err := g.ReadAt(got, 300<<20); err != nil || string(got) != "middle" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestSameBytes: holes do not change the content.
func TestSameBytes(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		var want []byte
		for _, n := range rapid.SliceOfN(rapid.IntRange(-20<<10, 20<<10), 0, 8).Draw(rt, "parts") {
			want = append(want, bytes.Repeat([]byte{byte(min(1, max(n, 0)))}, max(n, -n))...)
		}
		out, err := os.CreateTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if n, err := FromReader(out, bytes.NewReader(want)); err != nil || n != int64(len(want)) {
			rt.Errorf("%d, %v", n, err)
		}
		copied := out.Name() + ".copy"
		if err := File(out.Name(), copied); err != nil {
			rt.Error(err)
		}
		for _, name := range []string{out.Name(), copied} {
			if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
				rt.Errorf("%s: %d bytes in place of %d, %v", name, len(got), len(want), err)
			}
			_ = os.Remove(name)
		}
	})
}
