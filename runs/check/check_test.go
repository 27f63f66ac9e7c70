package check

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/enginejob"
	"guild/runs/opref"
	"guild/runs/process"
)

func ok(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func draft(t *testing.T, s *runs.Store) *runs.Draft {
	t.Helper()
	d, err := s.Draft("")
	ok(t, err)
	ok(t, d.SetOpref(opref.Ref{PkgType: opref.Builtin, Op: "x"}), os.WriteFile(filepath.Join(d.Dir(), "file"), []byte("of a user"), 0o666))
	return d
}

func newRun(t *testing.T, s *runs.Store, status runs.Status) *runs.Run {
	t.Helper()
	r, err := draft(t, s).Commit(status)
	ok(t, err)
	return r
}

func staged(t *testing.T, s *runs.Store) *runs.Run {
	t.Helper()
	r, err := s.CommitStaged(draft(t, s))
	ok(t, err)
	return r
}

func claim(t *testing.T, s *runs.Store, r *runs.Run) *runs.Claim {
	t.Helper()
	c, err := s.Claim(r.ID)
	ok(t, err)
	t.Cleanup(func() { c.Lock.Close() })
	return c
}

func ended(t *testing.T, s *runs.Store, exit int) *runs.Run {
	t.Helper()
	l, err := draft(t, s).CommitOwned(runs.Pending)
	ok(t, err)
	ok(t, l.Begin(runs.Self()), l.Finish(exit), l.Close())
	return l.Run()
}

// queued returns a run that waits in an engine.
func queued(t *testing.T, s *runs.Store, job enginejob.Job) *runs.Run {
	t.Helper()
	c := claim(t, s, staged(t, s))
	ok(t, c.Queue(job))
	return c.Run
}

// healthy returns a store with runs of all kinds, some of which are under way.
func healthy(t *testing.T) *runs.Store {
	t.Helper()
	s := runs.Open(t.TempDir())
	newRun(t, s, runs.Pending)
	newRun(t, s, runs.Completed)
	ended(t, s, 0)
	ended(t, s, 1)
	ok(t, s.Delete(ended(t, s, -15), false))
	staged(t, s)
	claim(t, s, staged(t, s))
	scheduler := claim(t, s, staged(t, s))
	ok(t, scheduler.Lock.Begin(runs.Self()))
	queued(t, s, enginejob.Job{Kind: "slurm", Scheduler: scheduler.Run.ID, Survives: true})
	draft(t, s)
	ok(t, os.Mkdir(filepath.Join(s.Root(), "foreign"), 0o777))
	return s
}

func find(t *testing.T, s *runs.Store) []Problem {
	t.Helper()
	found, err := Store(t.Context(), s)
	ok(t, err)
	return found
}

func kinds(problems []Problem) []Kind {
	var list []Kind
	for _, p := range problems {
		list = append(list, p.Kind)
	}
	return list
}

func TestHealthy(t *testing.T) {
	if found := find(t, healthy(t)); found != nil {
		t.Errorf("found %+v", found)
	}
	home := filepath.Join(t.TempDir(), "home")
	if found := find(t, runs.Open(home)); found != nil {
		t.Errorf("in no store: %+v", found)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("examining makes a store")
	}
}

// old returns the name of an old temporary file of a process on another host.
func old(t *testing.T, path string) {
	t.Helper()
	past := time.Now().Add(-25 * time.Hour)
	for _, p := range []string{path, filepath.Join(path, ".guild"), filepath.Join(path, ".guild", "attrs")} {
		if err := os.Chtimes(p, past, past); p == path {
			ok(t, err)
		}
	}
}

const elsewhere = "elsewhere-12-0123456789abcdef-3-"

// faults are the possible faults of a store. spoil returns the affected run, which may be nil.
var faults = map[string]struct {
	kind   Kind
	spoil  func(*testing.T, *runs.Store) *runs.Run
	status runs.Status // afterwards
}{
	"half a draft": {Leftover, func(t *testing.T, s *runs.Store) *runs.Run {
		d := draft(t, s)
		path := filepath.Join(s.Root(), ".tmp-"+elsewhere+d.ID())
		ok(t, os.Rename(d.Dir(), path))
		old(t, path)
		return nil
	}, ""},
	"half a file": {Leftover, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 0)
		path := r.GuildPath("attrs", ".tmp-"+elsewhere+"exit_status")
		ok(t, os.WriteFile(path, nil, 0o666))
		old(t, path)
		return r
	}, runs.Completed},
	"half a file in the trash": {Leftover, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 0)
		path := r.GuildPath(".tmp-" + elsewhere + "status")
		ok(t, os.WriteFile(path, nil, 0o666))
		old(t, path)
		ok(t, s.Delete(r, false))
		return nil
	}, ""},
	"half removed": {Leftover, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 0)
		path := filepath.Join(s.Root(), ".purged-"+elsewhere+r.ID)
		ok(t, os.Rename(r.Dir, path))
		old(t, path)
		return nil
	}, ""},
	"marker of a run that was not made": {Leftover, func(t *testing.T, s *runs.Store) *runs.Run {
		ok(t, os.WriteFile(filepath.Join(s.Root(), ".staged", "."+runs.NewID()), nil, 0o666))
		return nil
	}, ""},
	"marker without a run": {StrayMarker, func(t *testing.T, s *runs.Store) *runs.Run {
		ok(t, os.WriteFile(filepath.Join(s.Root(), ".staged", runs.NewID()), nil, 0o666))
		return nil
	}, ""},
	"marker of an ended run": {StrayMarker, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 1)
		ok(t, os.WriteFile(filepath.Join(s.Root(), ".staged", r.ID), nil, 0o666))
		return r
	}, runs.Error},
	"no marker": {NoMarker, func(t *testing.T, s *runs.Store) *runs.Run { return newRun(t, s, runs.Staged) }, runs.Staged},
	"claimed and not started": {AbandonedClaim, func(t *testing.T, s *runs.Store) *runs.Run {
		c := claim(t, s, staged(t, s))
		ok(t, c.Lock.Close())
		return c.Run
	}, runs.Staged},
	"claim of an ended run": {AbandonedClaim, func(t *testing.T, s *runs.Store) *runs.Run {
		c := claim(t, s, staged(t, s))
		ok(t, c.Lock.Begin(runs.Self()), c.Lock.Finish(0), c.Lock.Close())
		return c.Run
	}, runs.Completed},
	"claim without a run": {AbandonedClaim, func(t *testing.T, s *runs.Store) *runs.Run {
		c := claim(t, s, staged(t, s))
		ok(t, os.RemoveAll(c.Run.Dir))
		return nil
	}, ""},
	"job without a scheduler": {OrphanedJob, func(t *testing.T, s *runs.Store) *runs.Run {
		return queued(t, s, enginejob.Job{Kind: "slurm", Scheduler: runs.NewID(), Survives: true})
	}, runs.Pending},
	"job that goes with its scheduler": {AbandonedClaim, func(t *testing.T, s *runs.Store) *runs.Run {
		return queued(t, s, enginejob.Job{Kind: "dask", Scheduler: runs.NewID()})
	}, runs.Staged},
	"lost owner": {LostOwner, func(t *testing.T, s *runs.Store) *runs.Run {
		l, err := draft(t, s).CommitOwned(runs.Pending)
		ok(t, err)
		ok(t, l.Begin(runs.Self()), l.Close())
		return l.Run()
	}, runs.Error},
	"lost before it began": {LostOwner, func(t *testing.T, s *runs.Store) *runs.Run { return newRun(t, s, runs.Running) }, runs.Error},
	"late writes": {StaleFiles, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 3)
		ok(t, os.WriteFile(r.GuildPath("status"), []byte("completed\n"), 0o666), r.SetAttr("exit_status", 0), r.DeleteAttr("stopped"))
		return r
	}, runs.Error},
	"broken attribute": {BadAttribute, func(t *testing.T, s *runs.Store) *runs.Run {
		r := ended(t, s, 0)
		ok(t, os.WriteFile(r.GuildPath("attrs", "label"), []byte("a: [\n"), 0o666))
		return r
	}, runs.Completed},
	"broken status": {BadStatus, func(t *testing.T, s *runs.Store) *runs.Run {
		r := newRun(t, s, runs.Pending)
		ok(t, os.WriteFile(r.GuildPath("status"), []byte("wombat\n"), 0o666))
		return r
	}, runs.Error},
	"status that is gone": {BadStatus, func(t *testing.T, s *runs.Store) *runs.Run {
		r := newRun(t, s, runs.Pending)
		ok(t, os.Remove(r.GuildPath("status")))
		return r
	}, runs.Error},
	"no record": {NoRecord, func(t *testing.T, s *runs.Store) *runs.Run {
		ok(t, os.Mkdir(filepath.Join(s.Root(), runs.NewID()), 0o777))
		return nil
	}, ""},
}

// userFiles returns all files in a home that are not ours.
func userFiles(t *testing.T, home string) int {
	t.Helper()
	n := 0
	ok(t, filepath.WalkDir(home, func(_ string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "file" {
			n++
		}
		return err
	}))
	return n
}

func TestFaults(t *testing.T) {
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := healthy(t)
			r := f.spoil(t, s)
			files := userFiles(t, s.Home())
			found := find(t, s)
			if len(found) != 1 || found[0].Kind != f.kind || found[0].Text == "" || r != nil && found[0].Run != r.ID && f.kind != Leftover {
				t.Fatalf("found %+v", found)
			}
			if again := find(t, s); !slices.Equal(kinds(again), kinds(found)) {
				t.Errorf("examining changes something: then found %+v", again)
			}
			after, err := Repair(t.Context(), s, found)
			ok(t, err)
			if len(after) != 1 || after[0].Mended != found[0].Mendable() {
				t.Errorf("repaired: %+v", after)
			}
			if left := find(t, s); len(left) > 0 == found[0].Mendable() {
				t.Errorf("left: %+v", left)
			}
			if r != nil && r.Status() != f.status {
				t.Errorf("the run is %s", r.Status())
			}
			if n := userFiles(t, s.Home()); n != files && name != "half removed" {
				t.Errorf("of %d files of users %d are there", files, n)
			}
		})
	}
}

// All faults at once, twenty times.
func TestManyFaults(t *testing.T) {
	s := healthy(t)
	want := 0
	for range 20 {
		for _, name := range slices.Sorted(maps.Keys(faults)) {
			faults[name].spoil(t, s)
			want++
		}
	}
	found := find(t, s)
	if len(found) != want {
		t.Errorf("found %d of %d", len(found), want)
	}
	after, err := Repair(t.Context(), s, found)
	ok(t, err)
	for _, p := range after {
		if p.Mended != p.Mendable() {
			t.Errorf("repaired: %+v", p)
		}
	}
	if list, err := s.Deleted(); err != nil || len(list) != 1+2*20 { // the one of the healthy store, drafts, and a deleted run
		t.Errorf("%d in the trash, %v", len(list), err)
	}
}

// Runs and files that a process is working on are left alone.
func TestBusy(t *testing.T) {
	s := runs.Open(t.TempDir())
	r := faults["late writes"].spoil(t, s)
	found := find(t, s)
	l, err := r.TryLock()
	ok(t, err)
	after, err := Repair(t.Context(), s, found)
	ok(t, err)
	if exit, _ := r.AttrInt("exit_status"); exit != 0 || len(after) != 1 {
		t.Errorf("files of an owned run were changed: %+v", after)
	}
	ok(t, l.Close())
	if found := find(t, s); len(found) != 1 {
		t.Errorf("then found %+v", found)
	}
}

// A marker that is being written is not a problem: it exists at the second look.
func TestSecondLook(t *testing.T) {
	s := runs.Open(t.TempDir())
	r := newRun(t, s, runs.Staged)
	done := make(chan []Problem)
	go func() {
		found, _ := Store(t.Context(), s)
		done <- found
	}()
	ok(t, s.Stage(r))
	if found := <-done; found != nil {
		t.Errorf("found %+v", found)
	}
}

// Problems of an unreadable run are found once it can be read, and not dropped while it cannot.
func TestReadableAgain(t *testing.T) {
	s := runs.Open(t.TempDir())
	r := newRun(t, s, runs.Staged)
	left, fresh, err := again(t.Context(), s, []Problem{{Kind: Unreadable, Run: r.ID, Path: r.Dir}})
	if err != nil || left != nil || len(fresh) != 1 || fresh[0].Kind != NoMarker {
		t.Errorf("left %+v, fresh %+v, %v", left, fresh, err)
	}
	if left, fresh, err = again(t.Context(), s, fresh); err != nil || len(left) != 1 || fresh != nil {
		t.Errorf("then left %+v, fresh %+v, %v", left, fresh, err)
	}
	ok(t, os.RemoveAll(r.GuildPath("attrs")))
	ok(t, os.WriteFile(r.GuildPath("attrs"), nil, 0o666))
	if left, fresh, err = again(t.Context(), s, left); err != nil || len(left) != 1 || len(fresh) != 1 || fresh[0].Kind != Unreadable {
		t.Errorf("in the end left %+v, fresh %+v, %v", left, fresh, err)
	}
}

func TestText(t *testing.T) {
	s := runs.Open(t.TempDir())
	for name, want := range map[string]string{
		"late writes":      "it is error, which attrs/stopped, attrs/exit_status, status in .guild do not say",
		"broken status":    "write one of pending, staged, running, completed, error, terminated into it",
		"broken attribute": "attribute label cannot be read",
		"lost owner":       fmt.Sprintf("(pid %d on %s)", os.Getpid(), process.Hostname()),
	} {
		r := faults[name].spoil(t, s)
		for _, p := range find(t, s) {
			if p.Run == r.ID && !strings.Contains(p.Text, want) {
				t.Errorf("%s: %q", name, p.Text)
			}
		}
	}
}
