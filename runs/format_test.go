package runs

import (
	"errors"
	"os"
	"strings"
	"testing"

	"guild/runs/phase"
	"guild/runs/rootformat"
)

// TestNewerPhase: a run in a phase of a later version is left alone, and the error names that version.
func TestNewerPhase(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Staged)
	if err := s.Stage(r); err != nil {
		t.Fatal(err)
	}
	const name = ".phase.9.abcd.17.held.x"
	if err := os.Rename(r.GuildPath(phase.First.Name()), r.GuildPath(name)); err != nil {
		t.Fatal(err)
	}
	format := rootformat.Path(s.Root())
	if err := os.WriteFile(format, []byte("format: 3\nguild: 7.1.0\nmore: x\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func() error{
		"claim": func() error { _, err := s.Claim(r.ID); return err },
		"own":   func() error { _, _, err := s.Own(r); return err },
		"begin": func() error {
			l, err := r.TryLock()
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			return l.Begin(Self())
		},
		"delete":  func() error { return s.Delete(r, false) },
		"purge":   func() error { return s.Delete(r, true) },
		"stop":    func() error { _, err := r.EndQueued(-15); return err },
		"state":   func() error { return r.State().Err },
		"inspect": func() error { _, err := r.Inspect(); return err },
		"abandon": r.Abandon,
		"sweep":   func() error { _, err := s.Sweep(0, nil); return err },
		"recover": func() error { _, err := s.RecoverClaims(); return err },
		"format":  s.CheckFormat,
	} {
		if err := call(); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "install guild 7.1.0 or later") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := os.Stat(r.GuildPath(name)); err != nil {
		t.Error(err)
	}
	if markers, err := s.Staged(nil); err != nil || len(markers) != 1 {
		t.Errorf("markers %v, %v", markers, err)
	}
	// Without the file the version is unknown.
	if err := os.Remove(format); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(r.ID); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "the version of guild that the other hosts have") {
		t.Error(err)
	}
}

// TestNewerClaim: a staged run is not staged twice if a later version holds it by another kind of claim.
func TestNewerClaim(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Staged)
	if err := s.MakeDir(s.claimedDir()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.claimedPath(".later!"+r.ID), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Sweep(0, nil); err != nil || len(found) != 0 {
		t.Errorf("staged %v, %v", found, err)
	}
	if _, err := s.RecoverClaims(); err != nil || !s.HasClaim(".later!"+r.ID) {
		t.Errorf("the claim is gone, %v", err)
	}
}

// TestFormat: the format is written once, when the first run is queued.
func TestFormat(t *testing.T) {
	s := Open(t.TempDir())
	path := rootformat.Path(s.Root())
	newRun(t, s, Pending)
	if _, err := os.Stat(path); err == nil {
		t.Error("a format is written before it is needed")
	}
	for range 2 {
		queue(t, s, slurmJob)
		if f, err := rootformat.Read(s.Root()); err != nil || f != rootformat.Own {
			t.Errorf("format %+v, %v", f, err)
		}
	}
	if err := os.WriteFile(path, nil, 0o666); err != nil { // a full disk
		t.Fatal(err)
	}
	if err := s.CheckFormat(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("format: 3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := s.raiseFormat(); err != nil {
		t.Error(err)
	}
	if f, err := rootformat.Read(s.Root()); err != nil || f.Number != 3 {
		t.Errorf("a later format became %+v, %v", f, err)
	}
}
