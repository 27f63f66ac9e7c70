package sched

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestTurn: a queue that waits for running runs gives its turn back when it finds one, says so once, and looks only at what it found.
func TestTurn(t *testing.T) {
	f := newFixture(t)
	if err := os.WriteFile(f.self.GuildPath("opref"), []byte("builtin:guild '' '' queue"), 0o666); err != nil {
		t.Fatal(err)
	}
	s := f.opened(func(o *Options) { o.Kind, o.Workers, o.WaitForRunning = Queue, 1, true })
	hand := f.stage("hand", "")
	c, err := f.store.Claim(hand.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.stage("next", "")
	for range 2 { // the second look would find the turn taken if the first had kept it
		f.wantLook(s)
		if !s.retry.at.IsZero() {
			t.Error("another scheduler seems to have the turn")
		}
	}
	if n := strings.Count(f.log.String(), "waiting for runs to finish: hand"); n != 1 {
		t.Errorf("the reason is logged %d times:\n%s", n, f.log.String())
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	f.wantLook(s, "hand") // it is staged again
}

// TestLookAgain: the earliest planned look counts, and one that is over counts no more.
func TestLookAgain(t *testing.T) {
	s := &Scheduler{}
	for _, tt := range []struct {
		after time.Duration
		moves bool
	}{{time.Hour, true}, {2 * time.Hour, false}, {time.Minute, true}, {time.Hour, false}} {
		before := s.retry
		s.lookAgain(tt.after)
		if moved := s.retry != before; moved != tt.moves {
			t.Errorf("a look after %v: planned %t", tt.after, moved)
		}
		if left := time.Until(s.retry.at); left <= 0 || tt.moves && (left > tt.after || left < tt.after-time.Minute/2) {
			t.Errorf("a look after %v is planned in %v", tt.after, left)
		}
	}
	s.retry.at = time.Now().Add(-time.Second)
	if s.lookAgain(time.Hour); time.Until(s.retry.at) < time.Minute {
		t.Error("a look that is over was taken for one to come")
	}
}
