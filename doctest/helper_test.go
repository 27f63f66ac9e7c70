package doctest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// testConfig is an environment without anything of the user's.
func testConfig(t *testing.T) Config {
	t.Helper()
	return Config{Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}}
}

// runText runs a document of the given text.
func runText(t *testing.T, cfg Config, lines ...string) *Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "doc.md")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	return Run(context.Background(), cfg, path)
}

// expectOK fails the test with the report of a document that is not ok.
func expectOK(t *testing.T, r *Result) {
	t.Helper()
	if r.Outcome != OK || r.Warning != nil {
		var b strings.Builder
		if err := r.Report(&b); err != nil {
			t.Fatal(err)
		}
		t.Errorf("not ok:\n%s", b.String())
	}
}

// expectBroken fails the test unless the document cannot be run for the reason.
func expectBroken(t *testing.T, r *Result, reason string) {
	t.Helper()
	if r.Outcome != Broken || r.Err == nil || !strings.Contains(r.Err.Error(), reason) {
		t.Errorf("got outcome %d with error %v, want a broken document because of %q", r.Outcome, r.Err, reason)
	}
}

// newTestSession returns a session in a directory of its own, closed at the end of the test.
func newTestSession(t *testing.T) *session {
	t.Helper()
	s, err := newSession(context.Background(), testConfig(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// script writes an executable shell script.
func script(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
}

func mkfifo(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}
