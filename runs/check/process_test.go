package check

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

// roleVar makes the test binary act as another process: its value has the role, the home and the run, one per line.
const roleVar = "GUILD_CHECK_ROLE"

// roles are the roles of other processes.
var roles = map[string]func(s *runs.Store, id string) error{
	"work":   work,
	"trash":  trash,
	"repair": repair,
}

func role(name string, s *runs.Store, id string) string { return name + "\n" + s.Home() + "\n" + id }

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	f := strings.Split(role, "\n")
	if err := roles[f[0]](runs.Open(f[1]), f[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// witnesses returns the directory with an entry for each start, whose name no other start has.
func witnesses(s *runs.Store) string { return filepath.Join(s.Home(), "witness") }

// work starts and ends staged runs, and prints a line per run, until it is killed.
func work(s *runs.Store, _ string) error {
	for {
		if _, err := s.RecoverClaims(); err != nil {
			return err
		}
		markers, err := s.Staged(nil)
		if err != nil {
			return err
		}
		if len(markers) == 0 {
			fmt.Println("idle")
		}
		for _, m := range markers {
			c, err := s.Claim(m.ID)
			if err != nil {
				if err = ignore(err, runs.ErrBusy, runs.ErrNotStaged, runs.ErrNotFound); err != nil {
					return err
				}
				continue
			}
			o := runs.Self()
			o.Claim = c.Name()
			err = errors.Join(c.Lock.Begin(o), os.Mkdir(filepath.Join(witnesses(s), m.ID+"."+runs.NewID()), 0o777),
				c.Lock.Finish(0), s.DropClaim(c.Name()), c.Lock.Close())
			if err != nil {
				return err
			}
			fmt.Println(m.ID)
		}
	}
}

// trash deletes runs and restores them.
func trash(s *runs.Store, _ string) error {
	for {
		all, err := catalog.New(s, nil).List()
		if err != nil {
			return err
		}
		if len(all) > 0 {
			r := all[rand.IntN(len(all))]
			if err := ignore(s.Delete(r, false), runs.ErrBusy, runs.ErrNotFound, nil); err != nil {
				return err
			}
			fmt.Println(r.ID)
		}
		deleted, err := s.Deleted()
		if err != nil {
			return err
		}
		for _, r := range deleted {
			if _, err := s.Restore(r); ignore(err, runs.ErrBusy, runs.ErrNotFound, nil) != nil {
				return err
			}
		}
	}
}

// repair repairs the store until it is killed.
func repair(s *runs.Store, _ string) error {
	for {
		found, err := examine(context.Background(), s, time.Millisecond)
		if err != nil {
			return err
		}
		if _, err := Repair(context.Background(), s, found); err != nil {
			return err
		}
		fmt.Println("mended")
	}
}

// Schedulers, users who delete and restore runs, and repairs work at the same time, and all are killed at random moments: every run is
// started once and nothing is lost.
func TestAtTheSameTime(t *testing.T) {
	s := runs.Open(t.TempDir())
	ok(t, os.MkdirAll(witnesses(s), 0o777))
	var ids []string
	for range 150 {
		ids = append(ids, staged(t, s).ID)
	}
	kills := 0
	for _, name := range []string{"work", "trash", "work", "repair", "work", "trash", "repair", "work"} {
		// This process and a scheduler run until they have done something; then they are killed at an arbitrary point.
		lines := make(chan string)
		procs := []*peer{start(t, name, s, lines), start(t, "work", s, lines)}
		for range 1 + rand.IntN(5) {
			if line := <-lines; len(line) != 32 && line != "idle" && line != "mended" {
				t.Fatalf("%s or a scheduler has ended: %s", name, line)
			}
		}
		for _, p := range procs {
			ok(t, p.Process.Kill())
			kills++
		}
		for _, p := range procs {
			for open := true; open; {
				select {
				case <-lines:
				case <-p.read:
					open = false
				}
			}
			if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
				t.Fatalf("a process ended by itself: %v", err)
			}
		}
	}
	settleAll(t, s)
	count := map[string]int{}
	entries, err := os.ReadDir(witnesses(s))
	ok(t, err)
	for _, e := range entries {
		count[e.Name()[:32]]++
	}
	lost := 0
	for _, id := range ids {
		r, err := s.Get(id)
		if err != nil {
			t.Errorf("run %s is gone", id)
			continue
		}
		o, ended := r.Outcome()
		switch st := r.State(); {
		case count[id] > 1:
			t.Errorf("run %s was started %d times", id, count[id])
		case st.Status == runs.Completed && ended && o.Exit == 0 && count[id] == 1:
		case st.Lost && !ended:
			lost++
		default:
			t.Errorf("run %s: %+v, started %d times", id, st, count[id])
		}
		agrees(t, s, id)
	}
	if lost > kills {
		t.Errorf("%d runs lost their owners by %d kills", lost, kills)
	}
	t.Logf("%d runs, %d kills, %d owners lost, %d starts", len(ids), kills, lost, len(entries))
}

// settleAll completes everything: runs leave the trash, are repaired and started.
func settleAll(t *testing.T, s *runs.Store) {
	t.Helper()
	deleted, err := s.Deleted()
	ok(t, err)
	for _, r := range deleted {
		_, err := s.Restore(r)
		ok(t, err)
	}
	_, err = s.RecoverClaims()
	ok(t, err)
	found, err := examine(t.Context(), s, 0)
	ok(t, err)
	_, err = Repair(t.Context(), s, found)
	ok(t, err)
	for {
		markers, err := s.Staged(nil)
		ok(t, err)
		if len(markers) == 0 {
			break
		}
		for _, m := range markers {
			c, err := s.Claim(m.ID)
			ok(t, err)
			ok(t, c.Lock.Begin(runs.Self()), os.Mkdir(filepath.Join(witnesses(s), m.ID+"."+runs.NewID()), 0o777), c.Lock.Finish(0),
				s.DropClaim(c.Name()), c.Lock.Close())
		}
	}
	if left := find(t, s); left != nil {
		t.Errorf("in the end: %+v", left)
	}
}

// peer is another process; read is closed when all of its output has been passed on.
type peer struct {
	*exec.Cmd
	read chan struct{}
}

// start starts a process and sends the lines that it prints.
func start(t *testing.T, name string, s *runs.Store, lines chan<- string) *peer {
	t.Helper()
	p := &peer{exec.CommandContext(t.Context(), os.Args[0]), make(chan struct{})}
	p.Env = append(os.Environ(), roleVar+"="+role(name, s, ""))
	out, err := p.StdoutPipe()
	ok(t, err)
	ok(t, p.Start())
	go func() {
		for sc := bufio.NewScanner(out); sc.Scan(); {
			lines <- sc.Text()
		}
		close(p.read)
	}()
	return p
}

// agrees compares the files for users and Guild AI with the true state.
func agrees(t *testing.T, s *runs.Store, id string) {
	t.Helper()
	r, err := s.Get(id)
	if err != nil {
		return
	}
	data, _ := os.ReadFile(r.GuildPath("status"))
	exit, isThere := r.AttrInt("exit_status")
	o, ended := r.Outcome()
	if string(data) != string(r.Status())+"\n" || isThere != ended || exit != o.Exit {
		t.Errorf("the run is %s %+v, its files say %q %d", r.Status(), o, data, exit)
	}
}
