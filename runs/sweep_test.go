package runs

import (
	"os"
	"slices"
	"testing"
	"time"
)

// copyRun copies a run directory as cp -r does.
func copyRun(t *testing.T, s *Store, from *Run, id string) *Run {
	t.Helper()
	if err := os.CopyFS(s.run(id).Dir, os.DirFS(from.Dir)); err != nil {
		t.Fatal(err)
	}
	return s.run(id)
}

func sweep(t *testing.T, s *Store, quiet time.Duration, seen map[string]bool) []string {
	t.Helper()
	found, err := s.Sweep(quiet, seen)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// runStaged claims, begins and ends a run.
func runStaged(t *testing.T, s *Store, id string) {
	t.Helper()
	c, err := s.Claim(id)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Lock.Close()
	if err := c.Lock.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	if err := c.Lock.Finish(0); err != nil {
		t.Fatal(err)
	}
}

// TestSweepFindsCopies sweeps over copies of a staged run, of one that is staged again, and of others.
func TestSweepFindsCopies(t *testing.T) {
	s := Open(t.TempDir())
	original := newRun(t, s, Staged)
	if err := s.Stage(original); err != nil {
		t.Fatal(err)
	}
	again := newRun(t, s, Staged)
	if err := s.Stage(again); err != nil {
		t.Fatal(err)
	}
	runStaged(t, s, again.ID)
	copyRun(t, s, again, "ended")
	l, err := again.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Restage(l); err != nil {
		t.Fatal(err)
	}
	first, second := copyRun(t, s, original, "first"), copyRun(t, s, again, "second")
	claim, err := s.Claim(original.ID)
	if err != nil {
		t.Fatal(err)
	}
	copyRun(t, s, original, "third") // of a run that is about to start
	seen := map[string]bool{}
	if got := sweep(t, s, time.Hour, seen); len(got) != 0 || len(seen) != 0 {
		t.Errorf("while they are copied: staged %q, dealt with %v", got, seen)
	}
	if got := sweep(t, s, 0, seen); !slices.Equal(got, []string{"first", "second", "third"}) {
		t.Errorf("staged %q", got)
	}
	if !seen["ended"] {
		t.Errorf("dealt with %v", seen)
	}
	if got := sweep(t, s, 0, nil); len(got) != 0 {
		t.Errorf("staged once more: %q", got)
	}
	if id, _ := first.AttrString("id"); id != "first" {
		t.Errorf("the copy records id %s", id)
	}
	runStaged(t, s, "first")
	runStaged(t, s, "second")
	if first.Status() != Completed || second.Status() != Completed || original.Status() != Staged || again.Status() != Staged {
		t.Errorf("%s, %s; originals %s, %s", first.Status(), second.Status(), original.Status(), again.Status())
	}
	if err := claim.Lock.Close(); err != nil { // its claimer was killed: its marker is in .claimed
		t.Fatal(err)
	}
	if got := sweep(t, s, 0, nil); len(got) != 0 {
		t.Errorf("staged a claimed run: %q", got)
	}
}

// TestSweepGoesOn finds a copy although another one cannot be read, and leaves runs alone that may be claimed.
func TestSweepGoesOn(t *testing.T) {
	s := Open(t.TempDir())
	original := newRun(t, s, Staged)
	if err := s.Stage(original); err != nil {
		t.Fatal(err)
	}
	broken := copyRun(t, s, original, "a")
	if err := os.Remove(broken.lockPath()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(broken.lockPath(), 0o777); err != nil {
		t.Fatal(err)
	}
	copyRun(t, s, original, "b")
	if got, err := s.Sweep(0, nil); err == nil || !slices.Equal(got, []string{"b"}) {
		t.Errorf("staged %q, %v", got, err)
	}
	copyRun(t, s, original, "c")
	if err := os.RemoveAll(s.claimedDir()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.claimedDir(), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Sweep(0, nil); err == nil || len(got) != 0 {
		t.Errorf("without a look at .claimed, staged %q, %v", got, err)
	}
}

// TestOwnACopy: a copy is started by hand, and not its original.
func TestOwnACopy(t *testing.T) {
	s := Open(t.TempDir())
	original := newRun(t, s, Staged)
	if err := s.Stage(original); err != nil {
		t.Fatal(err)
	}
	copyRun(t, s, original, "copy")
	l, claim, err := s.Own(At(s.run("copy").Dir))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Run().ID != "copy" || claimedID(claim) != "copy" {
		t.Errorf("owned %s by claim %s", l.Run().ID, claim)
	}
	if id := NewID(); At(copyRun(t, s, original, id).Dir).ID != id {
		t.Error("a copy has the id of its original")
	}
}

// TestSweepBesideClaims: the claim of another run does not hold up a run whose id stands somewhere in the name of that claim.
func TestSweepBesideClaims(t *testing.T) {
	s := Open(t.TempDir())
	original := newRun(t, s, Staged)
	if err := s.Stage(original); err != nil {
		t.Fatal(err)
	}
	claim, err := s.Claim(original.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = claim.Release() }()
	id := claim.Name()[len(claim.Name())-2:]
	copyRun(t, s, original, id)
	if got := sweep(t, s, 0, nil); !slices.Equal(got, []string{id}) {
		t.Errorf("claim %s, staged %q; want %s", claim.Name(), got, id)
	}
}
