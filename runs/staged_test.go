package runs

import (
	"os"
	"testing"
	"time"

	"guild/runs/leftover"
)

// TestStagingIsNotLost simulates crashes between the steps of staging.
func TestStagingIsNotLost(t *testing.T) {
	s := Open(t.TempDir())
	// Before the run exists: nothing is staged, and the marker is a leftover.
	d, err := s.Draft("early")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.prepareMarker("early", 0); err != nil {
		t.Fatal(err)
	}
	if markers, err := s.Staged(nil); err != nil || len(markers) != 0 {
		t.Errorf("staged: %v, %v", markers, err)
	}
	if left, err := s.preparedLeftovers(time.Now()); err != nil || len(left) != 0 {
		t.Errorf("a run is being made, and its marker is called a leftover: %v, %v", left, err)
	}
	d.Discard()
	left, err := s.Leftovers()
	if err != nil || len(left) != 1 || left[0].Kind != leftover.Marker {
		t.Fatalf("leftovers %v, %v", left, err)
	}
	if err := s.ClearLeftover(left[0]); err != nil {
		t.Fatal(err)
	}
	// After it: the next look finds it staged.
	d, err = s.Draft("late")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.prepareMarker("late", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Commit(Staged); err != nil {
		t.Fatal(err)
	}
	markers, err := s.Staged(nil)
	if err != nil || len(markers) != 1 || markers[0].ID != "late" {
		t.Fatalf("staged: %v, %v", markers, err)
	}
	c, err := s.Claim("late")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Lock.Close()
	if entries, err := os.ReadDir(s.stagedDir()); err != nil || len(entries) != 0 {
		t.Errorf("markers left: %v, %v", entries, err)
	}
	if left, err := s.Leftovers(); err != nil || len(left) != 0 {
		t.Errorf("leftovers %v, %v", left, err)
	}
}

// TestStagingAgainIsGivenUp simulates a crash of a process that was about to stage an ended run again.
func TestStagingAgainIsGivenUp(t *testing.T) {
	s := Open(t.TempDir())
	d, err := s.Draft("r")
	if err != nil {
		t.Fatal(err)
	}
	l, err := d.CommitOwned(Completed)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.prepareMarker("r", 0); err != nil {
		t.Fatal(err)
	}
	marker := leftover.Leftover{Kind: leftover.Marker, Path: s.preparedPath("r")}
	if left, err := s.Leftovers(); err != nil || len(left) != 0 {
		t.Errorf("the run is owned, and its marker is called a leftover: %v, %v", left, err)
	}
	if err := s.ClearLeftover(marker); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Leftovers(); err != nil || len(left) != 1 || left[0] != marker {
		t.Fatalf("leftovers %v, %v: it was cleared in the hands of an owner, or is not found without one", left, err)
	}
	// It is staged again after all, just before the marker is cleared.
	if l, err = s.run("r").TryLock(); err != nil {
		t.Fatal(err)
	}
	if err := l.stagedAgain(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.ClearLeftover(marker); err != nil {
		t.Fatal(err)
	}
	c, err := s.claimByHand(s.run("r"))
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
	if err := s.prepareMarker("r", 0); err != nil {
		t.Fatal(err)
	}
	if err := c.Lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.ClearLeftover(marker); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Leftovers(); err != nil || len(left) != 0 {
		t.Errorf("leftovers %v, %v", left, err)
	}
}
