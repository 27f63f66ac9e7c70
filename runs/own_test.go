package runs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"guild/runs/opref"
)

func TestOwn(t *testing.T) {
	tests := []struct {
		name   string
		status Status
		left   func(*Store, *Run) error // what a partial staging leaves
		claims bool
	}{
		{"pending", Pending, nil, false},
		{"ended", Completed, nil, false},
		{"staged", Staged, (*Store).Stage, true},
		{"staged, killed before the marker", Staged, nil, true},
		{"staged, killed with the claim", Staged, func(s *Store, r *Run) error {
			if err := s.Stage(r); err != nil {
				return err
			}
			c, err := s.Claim(r.ID)
			if err != nil {
				return err
			}
			return c.Lock.Close()
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Open(t.TempDir())
			r := newRun(t, s, tt.status)
			if tt.left != nil {
				if err := tt.left(s, r); err != nil {
					t.Fatal(err)
				}
			}
			l, claim, err := s.Own(r)
			if err != nil || (claim != "") != tt.claims {
				t.Fatalf("claim %q, %v", claim, err)
			}
			if _, _, err := s.Own(r); !errors.Is(err, ErrBusy) {
				t.Errorf("owned twice: %v", err)
			}
			if err := s.PutBack(l, claim); err != nil {
				t.Fatal(err)
			}
			if r.Status() != tt.status {
				t.Errorf("put back: %s", r.Status())
			}
			markers, err := s.Staged(nil)
			if err != nil || (len(markers) == 1) != tt.claims {
				t.Errorf("put back: markers %v, %v", markers, err)
			}
		})
	}
	if _, _, err := Open(t.TempDir()).Own(Named("none", "/none")); !errors.Is(err, ErrNotFound) {
		t.Errorf("no run: %v", err)
	}
}

func TestOwnOutsideOfTheStore(t *testing.T) {
	d, err := DraftAt(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(Staged) // no scheduler sees it
	if err != nil {
		t.Fatal(err)
	}
	l, claim, err := Open(t.TempDir()).Own(r)
	if err != nil || claim != "" {
		t.Fatalf("claim %q, %v", claim, err)
	}
	l.Close()
}

func TestRestage(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Begin(Self()), r.RequestStop(false), l.Finish(-15), s.Restage(l)); err != nil {
		t.Fatal(err)
	}
	_, stop := r.StopRequested()
	if _, ok := r.AttrInt("exit_status"); ok || r.Status() != Staged || stop {
		t.Errorf("status %s, outcome left %v, stop left %v", r.Status(), ok, stop)
	}
	c, err := s.Claim(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.Lock.Close()
}

// TestRestageAlmost: a run is staged again although the files for users cannot be written, and schedulers must see it.
func TestRestageAlmost(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Completed)
	if err := os.Remove(r.GuildPath("status")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(r.GuildPath("status"), 0o777); err != nil {
		t.Fatal(err)
	}
	l, _, err := s.Own(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Restage(l); err == nil {
		t.Error("the status could not be written, and there is no error")
	}
	markers, err := s.Staged(nil)
	if err != nil || len(markers) != 1 || r.Status() != Staged {
		t.Errorf("markers %v, %v; the run is %s", markers, err, r.Status())
	}
	if c, err := s.Claim(r.ID); err != nil {
		t.Error(err)
	} else {
		_ = c.Lock.Close()
	}
}

// TestRestoreStaged: a staged run is restored when no marker can be made. It stays in the trash, since in the root no scheduler would see
// it.
func TestRestoreStaged(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Staged)
	if err := s.Delete(r, false); err != nil {
		t.Fatal(err)
	}
	trashed, err := s.Deleted()
	if err != nil || len(trashed) != 1 {
		t.Fatalf("%v, %v", trashed, err)
	}
	if err := os.WriteFile(s.stagedDir(), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Restore(trashed[0]); err == nil {
		t.Error("it was restored without a marker")
	}
	if ids, err := s.IDs(); err != nil || len(ids) != 0 {
		t.Errorf("runs %v, %v", ids, err)
	}
	if err := os.Remove(s.stagedDir()); err != nil {
		t.Fatal(err)
	}
	// A run whose status is unknown stays there too.
	status, aside := trashed[0].GuildPath("status"), trashed[0].GuildPath("status.aside")
	if err := errors.Join(os.Rename(status, aside), os.Mkdir(status, 0o777)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Restore(trashed[0]); err == nil {
		t.Error("it was restored unread")
	}
	if err := errors.Join(os.Remove(status), os.Rename(aside, status)); err != nil {
		t.Fatal(err)
	}
	back, err := s.Restore(trashed[0])
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.Claim(back.ID); err != nil {
		t.Error(err)
	} else {
		_ = c.Lock.Close()
	}
}

func TestProto(t *testing.T) {
	s := Open(t.TempDir())
	d := mustDraft(t, s)
	p, err := d.Proto()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.Dir(), "file"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.SetOpref(opref.Ref{PkgType: opref.Script, Op: "a"}), p.SetAttrs(map[string]any{"flags": map[string]any{"x": 1}}), p.Seal()); err != nil {
		t.Fatal(err)
	}
	batch, err := d.Commit(Pending)
	if err != nil {
		t.Fatal(err)
	}
	proto := At(batch.ProtoPath())
	if !batch.IsBatch() || proto.Status() != Pending {
		t.Errorf("batch %v, prototype %s", batch.IsBatch(), proto.Status())
	}
}
