package scalars

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWriterFiles: a writer makes one file, at the first value that is flushed, and only writers of system figures make files of these.
func TestWriterFiles(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewSystemWriter(r)
	if err := w.Flush(); err != nil || w.File() != nil {
		t.Fatalf("a file without values: %v, %v", w.File(), err)
	}
	at := time.Unix(1_700_000_000, 0)
	for step := range 3 {
		w.Scalar("sys/cpu", float64(step), int64(step), at)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if w.File() == nil {
		t.Error("the file is not open")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(r.GuildPath("*.tfevents.*"))
	if err != nil || len(files) != 1 || !IsSystemFile(filepath.Base(files[0])) {
		t.Fatalf("%v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || strings.Count(string(data), "brain.Event:2") != 1 {
		t.Errorf("%d headers, %v", strings.Count(string(data), "brain.Event:2"), err)
	}
	list, err := Read(r)
	if err != nil || len(list) != 1 || !list[0].IsSystem() || list[0].Count != 3 || list[0].Last.Step != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := NewWriter(r).Close(); err != nil {
		t.Errorf("a writer that wrote nothing: %v", err)
	}
}

func TestIsSystem(t *testing.T) {
	for name, want := range map[string]bool{"events.out.tfevents.1.h.2.sys": true, "events.out.tfevents.1.h.2": false, "x.sys": false,
		".events.out.tfevents.1.sys": false} {
		if IsSystemFile(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if (&Summary{Tag: "system/cpu"}).IsSystem() {
		t.Error("a tag of the user is taken for one of guild")
	}
}

func TestClear(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewAttrsWriter(r)
	w.Text("a", "b", time.Now())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	writeTo(t, r.GuildPath("notes.txt"), []byte("x"))
	writeTo(t, filepath.Join(r.Dir, filePrefix+"1.host"), []byte("x"))
	if err := Clear(r); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(r.GuildPath())
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if err != nil || !slices.Equal(names, []string{"attrs", "notes.txt", "opref"}) {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := os.Stat(filepath.Join(r.Dir, filePrefix+"1.host")); err != nil {
		t.Errorf("a file of the operation is removed: %v", err)
	}
	if err := os.RemoveAll(r.GuildPath()); err != nil {
		t.Fatal(err)
	}
	if err := Clear(r); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "remove old scalars: ") {
		t.Error(err)
	}
}
