package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guild/runs/process"
)

// foreign makes a run directory as Guild AI does: no status file, marker files in its place.
func foreign(t *testing.T, s *Store, id string, files map[string]string) *Run {
	t.Helper()
	r := s.run(id)
	files["opref"] = "guildfile:/p/guild.yml abc '' train"
	files["attrs/id"] = id + "\n"
	for name, text := range files {
		path := r.GuildPath(filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

var foreignRuns = []struct {
	name  string
	files map[string]string
	want  Status
}{
	{"staged", map[string]string{"STAGED": ""}, Staged},
	{"pending", map[string]string{"PENDING": ""}, Pending},
	{"pending and staged", map[string]string{"PENDING": "", "STAGED": ""}, Pending},
	{"running here", map[string]string{"LOCK": fmt.Sprint(os.Getpid()), "attrs/host": process.Hostname() + "\n"}, Running},
	{"running elsewhere or not", map[string]string{"LOCK": fmt.Sprint(os.Getpid()), "attrs/host": "elsewhere\n"}, Error},
	{"killed", map[string]string{"LOCK": "999999999", "attrs/host": process.Hostname() + "\n"}, Error},
	{"on a remote", map[string]string{"LOCK.remote": "there"}, Running},
	{"completed", map[string]string{"attrs/exit_status": "0\n"}, Completed},
	{"failed", map[string]string{"attrs/exit_status": "1\n"}, Error},
	{"terminated", map[string]string{"attrs/exit_status": "-15\n"}, Terminated},
	{"killed, which Guild AI calls terminated", map[string]string{"attrs/exit_status": "-9\n"}, Terminated},
	{"no outcome", map[string]string{}, Error},
}

func TestForeignStatus(t *testing.T) {
	s := Open(t.TempDir())
	for i, tt := range foreignRuns {
		files := map[string]string{"attrs/started": fmt.Sprintf("%d\n", 1_700_000_000_000_000-i)}
		for name, text := range tt.files {
			files[name] = text
		}
		foreign(t, s, fmt.Sprintf("%032x", i), files)
	}
	list, err := s.List()
	if err != nil || len(list) != len(foreignRuns) {
		t.Fatalf("%d runs, %v", len(list), err)
	}
	for i, r := range list {
		if got := r.State(); got.Status != foreignRuns[i].want {
			t.Errorf("%s: %+v, want %s", foreignRuns[i].name, got, foreignRuns[i].want)
		}
		if r.OpSpec() != "train" {
			t.Errorf("%s: operation %q", foreignRuns[i].name, r.OpSpec())
		}
	}
}

// A run that Guild AI staged is started like others, and a running one is left alone.
func TestForeignRunsAreHandled(t *testing.T) {
	s := Open(t.TempDir())
	staged := foreign(t, s, "aa", map[string]string{"STAGED": ""})
	running := foreign(t, s, "bb", map[string]string{"LOCK": fmt.Sprint(os.Getpid()), "attrs/host": process.Hostname()})
	found, err := s.Sweep(0, nil)
	if err != nil || !slices.Equal(found, []string{"aa"}) {
		t.Fatalf("swept %q, %v", found, err)
	}
	c, err := s.Claim("aa")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Lock.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	if err := c.Lock.Finish(0); err != nil {
		t.Fatal(err)
	}
	c.Lock.Close()
	if got := staged.State(); got.Status != Completed {
		t.Errorf("after it ran: %+v", got)
	}
	if _, err := os.Stat(staged.GuildPath("STAGED")); err == nil {
		t.Error("it is staged for Guild AI")
	}
	if err := s.Delete(running, false); !errors.Is(err, ErrBusy) {
		t.Errorf("delete: %v", err)
	}
}

func TestState(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Running)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(r.GuildPath(filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.State(); got.Status != Error || got.Reason != "its process ended without an outcome" {
		t.Errorf("no owner ever: %+v", got)
	}
	write("LOCK", "host: far\npid: 7\nboot: b\n")
	if got := r.State(); got.Status != Error || got.Owner.Host != "far" ||
		got.Reason != "its process (pid 7 on far) ended without an outcome" {
		t.Errorf("owner lost: %+v", got)
	}
	// Killed after the outcome was written, before the status: the outcome counts.
	for exit, want := range map[string]Status{"0": Completed, "2": Error, "-15": Terminated} {
		write("attrs/exit_status", exit+"\n")
		if got := r.State(); got.Status != want || got.Reason != "" || got.Lost {
			t.Errorf("exit status %s: %+v", exit, got)
		}
	}
	write("attrs/exit_status", "0\n")
	for _, tt := range []struct {
		text string
		want Status
	}{{"staged", Staged}, {" completed \n", Completed}, {"nonsense\n", Completed}, {"", Completed}} {
		write("status", tt.text)
		if got := r.Status(); got != tt.want {
			t.Errorf("status file %q: %s", tt.text, got)
		}
	}
}

func TestStatusFor(t *testing.T) {
	for exit, want := range map[int]Status{0: Completed, 1: Error, 127: Error, -15: Terminated} {
		if got := StatusFor(exit); got != want || !got.Ended() {
			t.Errorf("%d: %s", exit, got)
		}
	}
	for _, s := range []Status{Pending, Staged, Running} {
		if s.Ended() {
			t.Errorf("%s has ended", s)
		}
	}
}

func TestStop(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	if req, ok := r.StopRequested(); ok {
		t.Errorf("a stop that nobody asked for: %+v", req)
	}
	for _, force := range []bool{false, true} {
		err := r.RequestStop(force)
		if req, ok := r.StopRequested(); err != nil || !ok || req.Force != force || req.Host != process.Hostname() || req.Time.IsZero() {
			t.Errorf("requested: %+v, %v, %v", req, ok, err)
		}
	}
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	// A stop request is for one start: it does not stop the next one.
	if err := l.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	if req, ok := r.StopRequested(); ok {
		t.Errorf("after the next start: %+v", req)
	}
	if err := s.run("none").RequestStop(false); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("stop of no run: %v", err)
	}
}
