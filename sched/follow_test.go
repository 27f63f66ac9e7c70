package sched

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAsking: an engine is asked soon after changes, however many follow each other, but not more often than askAtMost; and less and less
// often while nothing changes.
func TestAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a pollSchedule
		begun := time.Now()
		next := func(want time.Duration) {
			t.Helper()
			<-a.due()
			if got := time.Since(begun); !a.isTime() || got != want {
				t.Errorf("asked after %s, want %s", got, want)
			}
			a.begin()
			if a.isTime() {
				t.Error("asked twice")
			}
		}
		for range 4 { // a run is submitted each second
			a.soon()
			time.Sleep(time.Second)
		}
		a.soon()
		next(askAtMost)
		a.now() // it was asked just now
		next(2 * askAtMost)
		a.later()
		next(4 * askAtMost)
		a.later()
		next(8 * askAtMost)
		a.later()
		time.Sleep(6 * time.Second)
		a.now() // it was asked long ago
		next(8*askAtMost + 6*time.Second)
		a.soon()
		next(9*askAtMost + 6*time.Second)
	})
}
