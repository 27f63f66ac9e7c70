package runs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFIFOs replaces each file of a staged run by a FIFO, or by a link to an endless file. Nothing that looks at the run blocks or reads
// on, and the other runs are listed and claimed as usual.
func TestFIFOs(t *testing.T) {
	for _, name := range []string{"status", "opref", "LOCK", "stop", "EDIT", "output", "proto", "LOCK.remote", "attrs/tags", "attrs/label",
		"attrs/flags", "attrs/started", "attrs/exit_status", "attrs", "../../.staged/ID", "../../.staged/.ID", "../../.staged", "../../.claimed"} {
		for _, kind := range []string{"fifo", "/dev/zero"} {
			s := Open(t.TempDir())
			r, err := s.CommitStaged(mustDraft(t, s))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(r.GuildPath(), strings.ReplaceAll(name, "ID", r.ID))
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if kind == "fifo" {
				err = unix.Mkfifo(path, 0o666)
			} else {
				err = os.Symlink(kind, path)
			}
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				lookAtAll(s, r)
			}()
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Fatalf("%s as %s: somebody waits", name, kind)
			}
		}
	}
}

// lookAtAll does with a run everything that schedulers, listings and users do. Other tests check the results.
func lookAtAll(s *Store, r *Run) {
	r.State()
	r.Owner()
	r.Tags()
	r.Label()
	r.Comments()
	r.StopRequested()
	_, _ = r.ReadFlags()
	_, _ = r.Inspect()
	if names, err := r.AttrNames(); err == nil {
		for _, name := range names {
			_, _ = r.Attr(name)
		}
	}
	_, _ = s.List()
	_, _ = s.Staged(nil)
	_, _ = s.Claims()
	_, _ = s.Sweep(0, nil)
	_, _ = s.Leftovers()
	_ = r.Edit(func() error { return r.SetLabel("x") })
	_ = r.RequestStop(false)
	if c, err := s.Claim(r.ID); err == nil {
		if err := c.Lock.Begin(Self()); err == nil {
			_ = c.Lock.Finish(0)
		}
		c.Lock.Close()
	}
	_, _ = s.RecoverClaims()
	if l, _, err := s.Own(r); err == nil {
		_ = s.Restage(l)
	}
	_ = s.Stage(r)
	_ = s.Delete(r, false)
}
