package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
)

func newRun(t *testing.T) *runs.Run {
	t.Helper()
	r := runs.Named("r", t.TempDir())
	if err := os.Mkdir(r.GuildPath(), 0o777); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWrite(t *testing.T) {
	r := newRun(t)
	if _, err := Read(r); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read before it was written: %v", err)
	}
	for _, want := range []*State{{Kind: "queue", PID: 7, Resources: map[string]float64{"ram": 8}}, {Kind: "queue"}} {
		if err := Write(r, want); err != nil {
			t.Fatal(err)
		}
		got, err := Read(r)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

// TestWriteFails: no file is left of a state that could not be written.
func TestWriteFails(t *testing.T) {
	r := newRun(t)
	inTheWay := r.GuildPath(File)
	if err := os.Mkdir(inTheWay, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Write(r, &State{}); err == nil {
		t.Error("a directory was replaced")
	}
	left, err := filepath.Glob(r.GuildPath(".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
