package manifest_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/manifest"
)

// run makes a directory that is a run without a manifest.
func run(t *testing.T) *runs.Run {
	t.Helper()
	r := runs.At(t.TempDir())
	if err := os.MkdirAll(r.GuildPath(), 0o777); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFIFO: a manifest that is a FIFO does not block the reader.
func TestFIFO(t *testing.T) {
	r := run(t)
	if err := unix.Mkfifo(r.GuildPath("manifest"), 0o666); err != nil {
		t.Fatal(err)
	}
	if entries, err := manifest.Of(r); err == nil {
		t.Errorf("entries %v", entries)
	}
}

func TestOf(t *testing.T) {
	r := run(t)
	if got, err := manifest.Of(r); err != nil || len(got) != 0 {
		t.Errorf("none: %v, %v", got, err)
	}
	text := "s a/b.py 12ab a/b.py\n\nd 'x y' 34 file:z.zip 'x y'\nbroken 'line\nd\nd dir/\ni link '' step\r\n"
	if err := os.WriteFile(r.GuildPath("manifest"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	want := []manifest.Entry{
		{Kind: manifest.Source, Path: "a/b.py", Digest: "12ab", Source: []string{"a/b.py"}},
		{Kind: manifest.Dependency, Path: "x y", Digest: "34", Source: []string{"file:z.zip", "x y"}},
		{Kind: manifest.Dependency, Path: "dir"},
		{Kind: "i", Path: "link", Source: []string{"step"}},
	}
	if got, err := manifest.Of(r); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte("s a 1 b\nd 'c d' 2 e\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := run(t)
		if err := os.WriteFile(r.GuildPath("manifest"), data, 0o666); err != nil {
			t.Fatal(err)
		}
		entries, _ := manifest.Of(r)
		for _, e := range entries {
			if e.Kind == "" || e.Path == "" || strings.HasSuffix(e.Path, "/") {
				t.Errorf("%q has the entry %+v", data, e)
			}
		}
	})
}

// TestAppendLine parses what AppendLine writes.
func TestAppendLine(t *testing.T) {
	r := run(t)
	want := []manifest.Entry{
		{Kind: manifest.Source, Path: "it's a.py", Digest: "12ab", Source: []string{"it's a.py"}},
		{Kind: manifest.Dependency, Path: "x", Source: []string{"operation:prep", ""}},
	}
	var lines []byte
	for _, e := range want {
		lines = manifest.AppendLine(lines, e)
	}
	if err := os.WriteFile(r.GuildPath("manifest"), lines, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := manifest.Of(r); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as %+v, %v", lines, got, err)
	}
}
