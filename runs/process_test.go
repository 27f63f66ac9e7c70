package runs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs/opref"
)

// roleVar makes the test binary act as another process: its value is a role and its parameters, one per line.
const roleVar = "GUILD_TEST_ROLE"

func TestMain(m *testing.M) {
	role, arg, _ := strings.Cut(os.Getenv(roleVar), "\n")
	var err error
	switch role {
	case "":
		os.Exit(m.Run())
	case "work":
		err = work(Open(arg))
	case "hold":
		err = hold(Open(arg))
	case "adopt":
		err = adopt(arg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// peer is the test binary in a role.
type peer struct {
	*exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner // of its output
}

func start(t *testing.T, role, arg string, files ...*os.File) *peer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+role+"\n"+arg)
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = files
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &peer{cmd, in, bufio.NewScanner(out)}
}

// next waits for n lines.
func (p *peer) next(t *testing.T, n int) {
	t.Helper()
	for range n {
		if !p.lines.Scan() {
			t.Fatalf("process %d ended: %v", p.Process.Pid, p.lines.Err())
		}
	}
}

// end waits for the end of the process and reports whether it was successful.
func (p *peer) end() error {
	for p.lines.Scan() {
	}
	return p.Wait()
}

// witness creates a directory for each start, with a unique name: a second start is found by counting.
func witness(s *Store, id string) error {
	return os.Mkdir(filepath.Join(s.Home(), "witness", id+"."+NewID()), 0o777)
}

func startClaimed(s *Store, c *Claim) error {
	o := Self()
	o.Claim = c.Name()
	if err := c.Lock.Begin(o); err != nil {
		return err
	}
	return witness(s, c.Run.ID)
}

// work claims, starts and finishes staged runs, and prints a line per run, until there are none.
func work(s *Store) error {
	for {
		markers, err := s.Staged(nil)
		if err != nil || len(markers) == 0 {
			return err
		}
		for _, m := range markers {
			c, err := s.Claim(m.ID)
			if errors.Is(err, ErrBusy) || errors.Is(err, ErrNotStaged) {
				continue
			}
			if err != nil {
				return err
			}
			err = errors.Join(startClaimed(s, c), c.Lock.Finish(0), s.DropClaim(c.Name()), c.Lock.Close())
			if err != nil {
				return err
			}
			fmt.Println(m.ID)
		}
	}
}

const heldRuns, startedRuns = 10, 2

// hold claims some runs, starts a few of them, and waits for its end.
func hold(s *Store) error {
	markers, err := s.Staged(nil)
	if err != nil {
		return err
	}
	for i, m := range markers[:heldRuns] {
		c, err := s.Claim(m.ID)
		if err != nil {
			return err
		}
		if i < startedRuns {
			if err := startClaimed(s, c); err != nil {
				return err
			}
		}
	}
	fmt.Println("holding")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func stageMany(t *testing.T, s *Store, n int) []string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(s.Home(), "witness"), 0o777); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range n {
		r := newRun(t, s, Staged)
		if err := s.Stage(r); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// newRun makes a run of some operation.
func newRun(t *testing.T, s *Store, status Status) *Run {
	t.Helper()
	d, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetOpref(opref.Ref{PkgType: opref.Builtin, Op: "x"}); err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(status)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// starts counts the witnesses by run.
func starts(t *testing.T, s *Store) map[string]int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.Home(), "witness"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range entries {
		count[claimedID(e.Name())]++
	}
	return count
}

func TestClaimersInProcesses(t *testing.T) {
	s := Open(t.TempDir())
	ids := stageMany(t, s, 200)

	holder := start(t, "hold", s.Home())
	holder.next(t, 1)
	victim := start(t, "work", s.Home())
	victim.next(t, 1)
	var workers []*peer
	for range 3 {
		workers = append(workers, start(t, "work", s.Home()))
	}
	for _, p := range []*peer{holder, victim} { // one killed at a known point, one anywhere
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.end() // its error is that it was killed
	}
	for _, p := range workers {
		if err := p.end(); err != nil {
			t.Fatal(err)
		}
	}

	again, err := s.RecoverClaims()
	if err != nil {
		t.Fatal(err)
	}
	// The runs that the holder did not start, and the one that the victim had just claimed, if any.
	if n := len(again); n < heldRuns-startedRuns || n > heldRuns-startedRuns+1 {
		t.Errorf("%d runs are staged again", n)
	}
	last := start(t, "work", s.Home())
	if err := last.end(); err != nil {
		t.Fatal(err)
	}

	count := starts(t, s)
	lost := 0
	for _, id := range ids {
		r := s.run(id)
		state := r.State()
		switch {
		case count[id] > 1:
			t.Errorf("run %s was started %d times", id, count[id])
		case state.Status == Completed && count[id] == 1:
		case state.Status == Error && state.Owner.PID != os.Getpid() && strings.Contains(state.Reason, "ended without an outcome"):
			lost++ // its owner was killed after the start, or during it
		default:
			t.Errorf("run %s: %+v, started %d times", id, state, count[id])
		}
		// The recovery has left no contradiction.
		if in, err := r.Inspect(); err != nil || in.Lost || len(in.Stale) > 0 {
			t.Errorf("run %s: %+v, %v", id, in, err)
		}
	}
	if lost < startedRuns || lost > startedRuns+1 {
		t.Errorf("%d runs are lost", lost)
	}
	if again, err := s.RecoverClaims(); err != nil || len(again) > 0 {
		t.Errorf("recovered again: %q, %v", again, err)
	}
	if entries, err := os.ReadDir(s.claimedDir()); err != nil || len(entries) > 0 {
		t.Errorf("%d claims are left, %v", len(entries), err)
	}
}

// Claims that several processes release again and again are not lost, nor are runs that are started.
func TestClaimedIsStagedOrHeld(t *testing.T) {
	s := Open(t.TempDir())
	ids := stageMany(t, s, heldRuns)
	holder := start(t, "hold", s.Home())
	holder.next(t, 1)
	if again, err := s.RecoverClaims(); err != nil || len(again) > 0 {
		t.Errorf("recovered from the living: %q, %v", again, err)
	}
	for _, id := range ids {
		if _, err := s.Claim(id); !errors.Is(err, ErrBusy) {
			t.Errorf("claim of what is held: %v", err)
		}
	}
	holder.stdin.Close()
	if err := holder.end(); err != nil {
		t.Fatal(err)
	}
	again, err := s.RecoverClaims()
	if err != nil || len(again) != heldRuns-startedRuns {
		t.Errorf("recovered from the dead: %q, %v", again, err)
	}
	markers, err := s.Staged(nil)
	if err != nil || len(markers) != heldRuns-startedRuns {
		t.Errorf("staged: %v, %v", markers, err)
	}
	for _, m := range markers {
		if !slices.Contains(again, m.ID) {
			t.Errorf("run %s is staged and was not recovered", m.ID)
		}
	}
}

// adopt owns the run in dir by the lock on descriptor 3 until its input ends.
func adopt(dir string) error {
	l, err := AdoptLock(At(dir), 3)
	if err != nil {
		return err
	}
	if err := l.Begin(Self()); err != nil {
		return err
	}
	fmt.Println("owning")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return l.Finish(0)
}

func TestInheritedLock(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	child := start(t, "adopt", r.Dir, l.File())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if owned, err := r.Owned(); err != nil || !owned {
		t.Errorf("after the parent closed its descriptor: owned %v, %v", owned, err)
	}
	child.next(t, 1)
	state := r.State()
	if state.Status != Running || state.Owner.PID != child.Process.Pid || !state.Owner.Alive() {
		t.Errorf("while the child runs: %+v", state)
	}
	if _, err := r.TryLock(); !errors.Is(err, ErrBusy) {
		t.Errorf("lock while the child runs: %v", err)
	}
	child.stdin.Close()
	if err := child.end(); err != nil {
		t.Fatal(err)
	}
	if owned, err := r.Owned(); err != nil || owned {
		t.Errorf("after the child ended: owned %v, %v", owned, err)
	}
	if state := r.State(); state.Status != Completed {
		t.Errorf("after the child ended: %+v", state)
	}
	if state.Owner.Alive() {
		t.Error("an owner that ended is alive")
	}
}
