package sched

import (
	"os"
	"testing"
	"time"
)

// TestAttrsStamp: a change that is so young that another one could have the same time has no stamp.
func TestAttrsStamp(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "")
	if got := attrsStamp(r); !got.IsZero() {
		t.Errorf("a stamp of attributes that were just written: %v", got)
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(r.GuildPath("attrs"), old, old); err != nil {
		t.Fatal(err)
	}
	if got := attrsStamp(r); !got.Equal(old) {
		t.Errorf("stamp %v, not %v", got, old)
	}
	if err := os.RemoveAll(r.GuildPath("attrs")); err != nil {
		t.Fatal(err)
	}
	if got := attrsStamp(r); !got.IsZero() {
		t.Errorf("a stamp of attributes that are not there: %v", got)
	}
}
