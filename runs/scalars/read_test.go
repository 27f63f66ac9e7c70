package scalars

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNoEventFiles: files with names of event files that are none are not read, and none blocks.
func TestNoEventFiles(t *testing.T) {
	r := newRun(t, t.TempDir())
	writeTo(t, r.Path("events.out.tfevents.1.h"), appendRecord(nil, summaryEvent(time.Now(), 1, scalarValue("x", 1))))
	if err := os.Mkdir(r.Path("events.out.tfevents.2.h"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(r.Path("events.out.tfevents.3.h"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), r.Path("events.out.tfevents.4.h")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r); len(got) != 1 || got["x"] == "" {
		t.Errorf("%v", got)
	}
	fail := func(event) { t.Error("an event") }
	for _, name := range []string{"events.out.tfevents.2.h", "events.out.tfevents.3.h", "events.out.tfevents.4.h", "events.out.tfevents.5.h"} {
		if err := readFile(r.Path(name), fail); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]bool{"events.out.tfevents.1": true, "x.tfevents.y": true, ".events.out.tfevents.1": false, "tfevents": false} {
		if IsEventFile(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
