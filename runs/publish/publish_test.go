package publish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"guild/runs"
)

// TestInterrupted: an interrupted report leaves the earlier one, and no other files.
func TestInterrupted(t *testing.T) {
	d, err := runs.Open(t.TempDir()).Draft("a")
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(runs.Completed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Path("plot.png"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	template, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	report := Report{Run: r, Files: []File{{Path: "plot.png", Copy: true}, {Path: "gone", Copy: true}}, Template: template}
	dir := t.TempDir()
	if err := report.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := report.Write(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a", "runfiles", "plot.png")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 { // and .guild-nocopy
		t.Errorf("%v, %v", entries, err)
	}
}
