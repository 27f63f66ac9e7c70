package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"guild/runs/opref"
	"guild/runs/process"
)

// guildAIStatus returns the status of a run as Guild AI determines it, from the files named in its documentation, in their order.
func guildAIStatus(dir string) string {
	has := func(elem ...string) bool {
		_, err := os.Stat(filepath.Join(append([]string{dir, ".guild"}, elem...)...))
		return err == nil
	}
	switch {
	case has("LOCK.remote"):
		return "running"
	case has("PENDING"):
		return "pending"
	case has("STAGED"):
		return "staged"
	}
	if data, err := os.ReadFile(filepath.Join(dir, ".guild", "attrs", "exit_status")); err == nil {
		exit, _ := strconv.Atoi(strings.TrimSpace(string(data)))
		switch {
		case exit == 0:
			return "completed"
		case exit < 0:
			return "terminated"
		}
		return "error"
	}
	data, _ := os.ReadFile(filepath.Join(dir, ".guild", "LOCK"))
	if pid, err := strconv.Atoi(strings.TrimSpace(string(data[:min(len(data), 10)]))); err == nil {
		if _, err := os.Stat(fmt.Sprint("/proc/", pid)); err == nil {
			return "running"
		}
	}
	return "error"
}

// inGuildAI returns the status that Guild AI should see for a status. It must see no staged runs of this program, since its queues would
// start them.
func inGuildAI(s Status) string {
	if s == Staged {
		s = Pending
	}
	return string(s)
}

// foreignRun makes a run as Guild AI does; names are relative to .guild.
func foreignRun(t *testing.T, s *Store, id string, files map[string]string) *Run {
	t.Helper()
	r := s.run(id)
	files["opref"], files["attrs/id"], files["attrs/initialized"] = "script:/p '' '' a.py", id, "1000000"
	for name, text := range files {
		path := r.GuildPath(filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// guildAIStarts does to a run what Guild AI does when it starts it, with a process that has ended.
func guildAIStarts(t *testing.T, r *Run, exit int) {
	t.Helper()
	now := Micros(time.Now())
	err := errors.Join(os.RemoveAll(r.GuildPath(pendingMarker)), os.RemoveAll(r.GuildPath(stagedMarker)), os.RemoveAll(r.lockPath()),
		os.WriteFile(r.GuildPath("attrs", "started"), fmt.Appendln(nil, now), 0o666),
		os.WriteFile(r.GuildPath("attrs", "exit_status"), fmt.Appendln(nil, exit), 0o666),
		os.WriteFile(r.GuildPath("attrs", "stopped"), fmt.Appendln(nil, now+1), 0o666))
	if err != nil {
		t.Fatal(err)
	}
}

// TestInGuildAI: in each stage of a run's life, Guild AI sees the right status, does not take the run for failed, and does not start it.
func TestInGuildAI(t *testing.T) {
	s := Open(t.TempDir())
	d := mustDraft(t, s)
	if err := d.SetOpref(opref.Ref{PkgType: opref.Script, Op: "a.py"}); err != nil {
		t.Fatal(err)
	}
	r, err := s.CommitStaged(d)
	if err != nil {
		t.Fatal(err)
	}
	var l *Lock
	steps := []struct {
		name string
		do   func() error
		want Status
	}{
		{"staged", func() error { return nil }, Staged},
		{"claimed", func() error {
			c, err := s.Claim(r.ID)
			if err == nil {
				l = c.Lock
			}
			return err
		}, Staged},
		{"started", func() error { return l.Begin(Self()) }, Running},
		{"not started after all", func() error { return s.Unstart(l, "") }, Staged},
		{"started again", func() (err error) {
			if l, err = r.TryLock(); err != nil {
				return err
			}
			return l.Begin(Self())
		}, Running},
		{"ended", func() error { return l.Finish(0) }, Completed},
		{"staged again", func() error { return s.Restage(l) }, Staged},
		{"failed", func() error {
			c, err := s.Claim(r.ID)
			if err != nil {
				return err
			}
			return errors.Join(c.Lock.Begin(Self()), c.Lock.Finish(1), c.Lock.Close())
		}, Error},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := guildAIStatus(r.Dir); got != inGuildAI(step.want) || r.Status() != step.want {
			t.Errorf("%s: %s, and %s in Guild AI", step.name, r.Status(), got)
		}
	}
	data, err := os.ReadFile(r.GuildPath("status"))
	if err != nil || string(data) != "error\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestClearAfterLoss: Guild AI sees the loss of a run's owner after a sweep.
func TestClearAfterLoss(t *testing.T) {
	for name, o := range map[string]Owner{
		"an owner of this host": {Identity: process.Identity{Host: process.Hostname(), Boot: process.Self().Boot, PIDNS: process.Self().PIDNS, PID: os.Getpid(), Start: "earlier"}},
		"one of another host":   {Identity: process.Identity{Host: "elsewhere", Boot: "b", PID: 1, Start: "x"}},
	} {
		s := Open(t.TempDir())
		r, err := mustDraft(t, s).Commit(Pending)
		if err != nil {
			t.Fatal(err)
		}
		l, err := r.TryLock()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(l.Begin(o), l.Close()); err != nil {
			t.Fatal(err)
		}
		if got := guildAIStatus(r.Dir); got != "running" {
			t.Errorf("%s: %s before the sweep", name, got)
		}
		if _, err := s.Sweep(0, map[string]bool{}); err != nil {
			t.Error(err)
		}
		if got, st := guildAIStatus(r.Dir), r.State(); got != "error" || !st.Lost {
			t.Errorf("%s: %s in Guild AI, %+v", name, got, st)
		}
	}
}

// TestMarkersNotBelieved: markers that a crash can leave in a run of this program have no effect.
func TestMarkersNotBelieved(t *testing.T) {
	for _, markers := range [][]string{{remoteMarker}, {pendingMarker}, {remoteMarker, pendingMarker}, {pendingMarker, stagedMarker}} {
		s := Open(t.TempDir())
		ended, err := mustDraft(t, s).Commit(Pending)
		if err != nil {
			t.Fatal(err)
		}
		l, err := ended.TryLock()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(l.Begin(Self()), l.Finish(0), l.Close()); err != nil {
			t.Fatal(err)
		}
		staged, err := s.CommitStaged(mustDraft(t, s))
		if err != nil {
			t.Fatal(err)
		}
		for r, want := range map[*Run]Status{ended: Completed, staged: Staged} {
			for _, name := range markers {
				if err := createMarker(r.GuildPath(name)); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.Status(); got != want {
				t.Errorf("%s run with %q is %s", want, markers, got)
			}
		}
		if c, err := s.Claim(staged.ID); err != nil {
			t.Errorf("claim with %q: %v", markers, err)
		} else {
			_ = c.Lock.Close()
		}
		in, err := ended.Inspect()
		if err != nil || len(in.Stale) == 0 {
			t.Errorf("%q: nothing stale: %+v, %v", markers, in, err)
		}
	}
}

func TestStageMarked(t *testing.T) {
	started := fmt.Sprintln(Micros(time.Now()))
	for name, tt := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"staged by Guild AI":                   {map[string]string{"STAGED": "", "attrs/started": started}, true},
		"staged again by Guild AI":             {map[string]string{"STAGED": "", "attrs/started": started, "attrs/exit_status": "1"}, true},
		"a takeover that was killed":           {map[string]string{"STAGED": "", "PENDING": "", "attrs/started": started}, true},
		"a takeover that was killed after it":  {map[string]string{"STAGED": "", "PENDING": "", ".phase.0": "", "attrs/started": started}, true},
		"taken by a queue of Guild AI":         {map[string]string{"PENDING": "", "attrs/started": started}, false},
		"a run that Guild AI ended":            {map[string]string{"attrs/exit_status": "0", "attrs/started": started}, false},
		"a run of this program that has ended": {map[string]string{"STAGED": "", ".phase.1.n.5.ended.0.7": "", "attrs/started": "5", "status": "completed"}, true},
		"one that was lost":                    {map[string]string{"STAGED": "", ".phase.1.n.5.lost": "", "attrs/started": "5", "status": "error"}, true},
		"one that is running":                  {map[string]string{"STAGED": "", ".phase.1.n.5.running": "", "attrs/started": "5", "status": "running"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := Open(t.TempDir())
			r := foreignRun(t, s, "aaaa", tt.files)
			before := guildAIStatus(r.Dir)
			if _, fresh, err := s.StageMarked(time.Hour); err != nil || (fresh == 1) != tt.want || guildAIStatus(r.Dir) != before {
				t.Errorf("a run that has just changed: %d, %v, %s", fresh, err, guildAIStatus(r.Dir))
			}
			got, fresh, err := s.StageMarked(0)
			if err != nil || fresh != 0 || (len(got) == 1) != tt.want {
				t.Fatalf("staged %q, %d, %v", got, fresh, err)
			}
			if !tt.want {
				return
			}
			if status := guildAIStatus(r.Dir); status != "pending" {
				t.Errorf("%s in Guild AI, whose queues start what is staged", status)
			}
			c, err := s.Claim(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.Lock.Begin(Self()), c.Lock.Finish(3), s.DropClaim(c.Name()), c.Lock.Close()); err != nil {
				t.Fatal(err)
			}
			if r.Status() != Error || guildAIStatus(r.Dir) != "error" {
				t.Errorf("%s, %s in Guild AI", r.Status(), guildAIStatus(r.Dir))
			}
			if again, _, err := s.StageMarked(0); err != nil || len(again) > 0 {
				t.Errorf("staged %q again, %v", again, err)
			}
		})
	}
}

// TestStageMarkedByOne: a queue of Guild AI and this program choose a run at the same time.
func TestStageMarkedByOne(t *testing.T) {
	s := Open(t.TempDir())
	r := foreignRun(t, s, "aaaa", map[string]string{"STAGED": "", "attrs/started": "5"})
	if err := os.MkdirAll(s.LocksDir(), 0o777); err != nil {
		t.Fatal(err)
	}
	queue := flock.New(filepath.Join(s.LocksDir(), "run-status"))
	if err := queue.Lock(); err != nil {
		t.Fatal(err)
	}
	got := make(chan []string)
	go func() {
		ids, _, err := s.StageMarked(0)
		if err != nil {
			t.Error(err)
		}
		got <- ids
	}()
	// Whether it already waits for the lock or not, it must not take the queue's run.
	if err := errors.Join(createMarker(r.GuildPath(pendingMarker)), os.Remove(r.GuildPath(stagedMarker)), queue.Unlock()); err != nil {
		t.Fatal(err)
	}
	if ids := <-got; len(ids) > 0 {
		t.Errorf("both have taken the run: %q", ids)
	}
}

// TestStartedByGuildAI: after Guild AI has started a run of this program, Guild AI's records determine its state.
func TestStartedByGuildAI(t *testing.T) {
	make := map[string]func(t *testing.T, s *Store) *Run{
		"ended": func(t *testing.T, s *Store) *Run {
			r, err := mustDraft(t, s).Commit(Pending)
			if err != nil {
				t.Fatal(err)
			}
			l, err := r.TryLock()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(l.Begin(Self()), l.Finish(0), l.Close()); err != nil {
				t.Fatal(err)
			}
			return r
		},
		"staged": func(t *testing.T, s *Store) *Run {
			r, err := s.CommitStaged(mustDraft(t, s))
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
	}
	for name, newRun := range make {
		t.Run(name, func(t *testing.T) {
			s := Open(t.TempDir())
			r := newRun(t, s)
			guildAIStarts(t, r, 3)
			if o, ok := r.Outcome(); r.Status() != Error || !ok || o.Exit != 3 {
				t.Errorf("%s, %+v, %v", r.Status(), o, ok)
			}
			if c, err := s.Claim(r.ID); err == nil {
				_ = c.Lock.Close()
				t.Error("it is started twice")
			}
			l, err := r.LockWait()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(l.Settle(), l.Close()); err != nil {
				t.Fatal(err)
			}
			if exit, _ := r.AttrInt("exit_status"); exit != 3 || r.Status() != Error {
				t.Errorf("after a repair: %d, %s", exit, r.Status())
			}
			if in, err := r.Inspect(); err != nil || len(in.Stale) > 0 {
				t.Errorf("%+v, %v", in, err)
			}
			again, _, err := s.Own(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(again.Begin(Self()), again.Finish(0), again.Close()); err != nil {
				t.Fatal(err)
			}
			if r.Status() != Completed {
				t.Errorf("started again: %s", r.Status())
			}
		})
	}
}

// TestRunningInGuildAI: a run that Guild AI is running is not started.
func TestRunningInGuildAI(t *testing.T) {
	s := Open(t.TempDir())
	r, err := s.CommitStaged(mustDraft(t, s))
	if err != nil {
		t.Fatal(err)
	}
	guildAIStarts(t, r, 0)
	err = errors.Join(os.Remove(r.GuildPath("attrs", "exit_status")), os.WriteFile(r.lockPath(), fmt.Append(nil, os.Getpid()), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	if st := r.State(); st.Status != Running || !st.Foreign {
		t.Errorf("%+v", st)
	}
	if _, _, err := s.Own(r); !errors.Is(err, ErrBusy) {
		t.Errorf("own: %v", err)
	}
	if _, err := s.Claim(r.ID); !errors.Is(err, ErrNotStaged) {
		t.Errorf("claim: %v", err)
	}
}
