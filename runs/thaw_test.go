package runs_test

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
)

// loseLock takes a lock away from its owner without notice, as a file server does with the locks of a silent host.
func loseLock(t *testing.T, l *runs.Lock) {
	t.Helper()
	if err := unix.Flock(int(l.File().Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
}

// TestThawedClaim: a host freezes between claiming a run and starting it, for so long that the run is staged again. When it continues it
// must not start the run, whether the run waits, is running or has ended by then.
func TestThawedClaim(t *testing.T) {
	tests := []struct {
		name      string
		meanwhile func(t *testing.T, s *runs.Store, r *runs.Run)
		want      runs.Status
	}{
		{"waits", func(*testing.T, *runs.Store, *runs.Run) {}, runs.Staged},
		{"runs", func(t *testing.T, s *runs.Store, r *runs.Run) {
			c := begin(t, s, r)
			t.Cleanup(func() { c.Lock.Close() })
		}, runs.Running},
		{"has ended", func(t *testing.T, s *runs.Store, r *runs.Run) {
			c := begin(t, s, r)
			if err := errors.Join(c.Lock.Finish(0), s.DropClaim(c.Name()), c.Lock.Close()); err != nil {
				t.Fatal(err)
			}
		}, runs.Completed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := runs.Open(t.TempDir())
			d, err := s.Draft("")
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.CommitStaged(d)
			if err != nil {
				t.Fatal(err)
			}
			frozen, err := s.Claim(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer frozen.Lock.Close()
			loseLock(t, frozen.Lock)
			if again, err := s.RecoverClaims(); err != nil || len(again) != 1 {
				t.Fatalf("recovered %v, %v", again, err)
			}
			tt.meanwhile(t, s, r)
			if err := frozen.Lock.Begin(ownerOf(frozen)); !errors.Is(err, runs.ErrBusy) {
				t.Errorf("started a second time: %v", err)
			}
			if got := r.Status(); got != tt.want {
				t.Errorf("status %s, want %s", got, tt.want)
			}
			if tt.want != runs.Staged {
				return
			}
			frozen.Lock.Close()
			if _, err := s.Claim(r.ID); err != nil {
				t.Errorf("the run that waits cannot be claimed: %v", err)
			}
		})
	}
}

func begin(t *testing.T, s *runs.Store, r *runs.Run) *runs.Claim {
	t.Helper()
	c, err := s.Claim(r.ID)
	if err == nil {
		err = c.Lock.Begin(ownerOf(c))
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ownerOf(c *runs.Claim) runs.Owner {
	o := runs.Self()
	o.Claim = c.Name()
	return o
}
