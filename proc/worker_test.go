package proc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/catalog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newWorker returns a worker for a new run of a shell script.
func newWorker(t *testing.T, script string, change ...func(*recipe.Recipe)) *Worker {
	t.Helper()
	store := runs.Open(t.TempDir())
	d, err := store.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	rec := &recipe.Recipe{Command: opdef.Command{Args: []string{"sh", "-c", script}}}
	for _, c := range change {
		c(rec)
	}
	if err := d.SetAttrs(map[string]any{"op": rec.Data(), "flags": map[string]any{"x": 1.5}}); err != nil {
		t.Fatal(err)
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Close() })
	return &Worker{Store: store, Lock: lock}
}

func outputOf(t *testing.T, r *runs.Run) string {
	t.Helper()
	data, err := os.ReadFile(r.GuildPath("output"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOutcome(t *testing.T) {
	tests := []struct {
		script string
		exit   int
		status runs.Status
	}{
		{"true", 0, runs.Completed},
		{"exit 3", 3, runs.Error},
		{"kill -TERM $$", -15, runs.Terminated},
		{"kill -INT $$", -2, runs.Terminated},
		{"kill -KILL $$", -9, runs.Error},
		{"kill -SEGV $$", -11, runs.Error},
	}
	for _, tt := range tests {
		w := newWorker(t, tt.script)
		res, err := w.Run(context.Background())
		if err != nil || res.Exit != tt.exit {
			t.Errorf("%s: exit %d, %v; want %d", tt.script, res.Exit, err, tt.exit)
		}
		r := w.Lock.Run()
		if got := r.Status(); got != tt.status {
			t.Errorf("%s: status %s, want %s", tt.script, got, tt.status)
		}
		if exit, ok := r.AttrInt("exit_status"); !ok || exit != tt.exit {
			t.Errorf("%s: recorded exit status %d, %v", tt.script, exit, ok)
		}
		if start, stop := r.AttrTime("started"), r.AttrTime("stopped"); stop.Before(start) || start.IsZero() {
			t.Errorf("%s: started %v, stopped %v", tt.script, start, stop)
		}
	}
}

func TestOutputKeepsOrder(t *testing.T) {
	w := newWorker(t, `i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done`)
	if _, err := w.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := range 300 {
		fmt.Fprintf(&want, "out %d\nerr %d\n", i, i)
	}
	if d := cmp.Diff(want.String(), outputOf(t, w.Lock.Run())); d != "" {
		t.Error(d)
	}
}

func TestOutputIndex(t *testing.T) {
	for script, lines := range map[string]int{
		"":                          0,
		"echo a; echo b":            2,
		"printf 'a\\nb'":            2,
		"printf a; sleep 0; echo b": 1,
		"printf '\\n\\n\\n'":        3,
	} {
		w := newWorker(t, script)
		before := time.Now().UnixMilli()
		if _, err := w.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		index, err := os.ReadFile(w.Lock.Run().GuildPath("output.index"))
		if err != nil {
			t.Fatal(err)
		}
		if len(index) != 9*lines {
			t.Errorf("%q: %d bytes of index for %d lines", script, len(index), lines)
		}
		for i := 0; i+9 <= len(index); i += 9 {
			ms := int64(binary.BigEndian.Uint64(index[i:]))
			if ms < before || ms > time.Now().UnixMilli() || index[i+8] != 0 {
				t.Errorf("%q: entry %v", script, index[i:i+9])
			}
		}
	}
}

func TestEcho(t *testing.T) {
	w := newWorker(t, "echo one; printf two; echo; printf three")
	var console bytes.Buffer
	w.Echo = &console
	if _, err := w.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := console.String(), "one\ntwo\nthree"; got != want {
		t.Errorf("console has %q, want %q", got, want)
	}
}

// lineWriter records whether a write, except the last one, ends within a line.
type lineWriter struct {
	bytes.Buffer
	torn bool
}

func (l *lineWriter) Write(p []byte) (int, error) {
	if l.Len() > 0 && l.Bytes()[l.Len()-1] != '\n' {
		l.torn = true
	}
	return l.Buffer.Write(p)
}

func TestEchoWholeLines(t *testing.T) {
	line := strings.Repeat("x", 99)
	w := newWorker(t, `i=0; while [ $i -lt 200 ]; do printf `+line+`; echo; i=$((i+1)); done; printf end`)
	var console lineWriter
	w.Echo, w.WholeLines = &console, true
	if _, err := w.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat(line+"\n", 200) + "end"; console.String() != want {
		t.Errorf("console has %d bytes, want %d", console.Len(), len(want))
	}
	if console.torn {
		t.Error("a line was torn")
	}
}

func TestConsoleGoesAway(t *testing.T) {
	w := newWorker(t, `i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done`)
	r, closed := io.Pipe()
	r.Close()
	w.Echo = closed
	res, err := w.Run(context.Background())
	if err != nil || res.Exit != 0 {
		t.Errorf("exit %d, %v", res.Exit, err)
	}
	if n := strings.Count(outputOf(t, w.Lock.Run()), "\n"); n != 5000 {
		t.Errorf("%d lines recorded", n)
	}
}

// gate is a console that takes nothing until it is opened.
type gate struct{ open chan struct{} }

func (g gate) Write(p []byte) (int, error) {
	<-g.open
	return len(p), nil
}

func TestConsoleDoesNotRead(t *testing.T) {
	w := newWorker(t, `i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done`)
	g := gate{make(chan struct{})}
	w.Echo = g
	done := make(chan error, 1)
	go func() {
		_, err := w.Run(context.Background())
		done <- err
	}()
	// The outcome is recorded although the console has taken nothing.
	await(t, func() bool { return w.Lock.Run().Status() == runs.Completed })
	select {
	case err := <-done:
		t.Fatalf("the worker left its console behind: %v", err)
	default:
	}
	close(g.open)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// await waits for a condition on the disk, which raises no event.
func await(t *testing.T, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func ready(r *runs.Run) bool {
	data, _ := os.ReadFile(r.GuildPath("output"))
	return bytes.Contains(data, []byte("ready"))
}

// run starts the worker and returns its result, when there is one.
func run(w *Worker) <-chan Result {
	ch := make(chan Result, 1)
	go func() {
		res, _ := w.Run(context.Background())
		ch <- res
	}()
	return ch
}

func TestStopBySignal(t *testing.T) {
	tests := []struct {
		name, script string
		sig          os.Signal
		exit         int
	}{
		{"dies", "echo ready; exec sleep 100", syscall.SIGTERM, -15},
		{"ends in good order", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done", syscall.SIGTERM, -15},
		{"ends with a code", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done", syscall.SIGTERM, -15},
		{"interrupt is passed on as such", "trap 'echo got INT; exit 0' INT; echo ready; while :; do sleep 0.01; done", syscall.SIGINT, -2},
		{"hangs up with a code", "trap 'exit 7' HUP; echo ready; while :; do sleep 0.01; done", syscall.SIGHUP, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorker(t, tt.script)
			signals := make(chan os.Signal, 1)
			w.Signals = signals
			result := run(w)
			await(t, func() bool { return ready(w.Lock.Run()) })
			signals <- tt.sig
			res := <-result
			if res.Exit != tt.exit || !res.Stopped {
				t.Errorf("%+v, want exit %d", res, tt.exit)
			}
			if got := w.Lock.Run().Status(); got != runs.Terminated {
				t.Errorf("status %s", got)
			}
			if tt.sig == syscall.SIGINT && !strings.Contains(outputOf(t, w.Lock.Run()), "got INT") {
				t.Error("it was not an interrupt")
			}
		})
	}
}

func TestStoppable(t *testing.T) {
	w := newWorker(t, "echo ready; exec sleep 100", func(r *recipe.Recipe) { r.Stoppable = true })
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	result := run(w)
	await(t, func() bool { return ready(w.Lock.Run()) })
	signals <- syscall.SIGTERM
	if res := <-result; res.Exit != 0 {
		t.Errorf("%+v", res)
	}
}

func TestStopByFile(t *testing.T) {
	w := newWorker(t, "echo ready; exec sleep 100")
	result := run(w)
	r := w.Lock.Run()
	await(t, func() bool { return ready(r) })
	if err := r.RequestStop(false); err != nil {
		t.Fatal(err)
	}
	if res := <-result; res.Exit != -15 || !res.Stopped {
		t.Errorf("%+v", res)
	}
}

// TestStopUnreadable stops a run whose status cannot be read. It must count as running.
func TestStopUnreadable(t *testing.T) {
	r := runs.Named("r", t.TempDir())
	if err := os.WriteFile(r.GuildPath(), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := RequestStop(r, false); err == nil || errors.Is(err, ErrNotRunning) {
		t.Errorf("asked to stop: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := AwaitEnd(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("it has ended: %v", err)
	}
}

func TestStopKillsTheWholeGroup(t *testing.T) {
	w := newWorker(t, "trap '' TERM; (trap '' TERM; sleep 100) & echo $! > child; echo ready; wait; sleep 100")
	w.Grace = 50 * time.Millisecond
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	result := run(w)
	r := w.Lock.Run()
	await(t, func() bool { return ready(r) })
	data, err := os.ReadFile(r.Path("child"))
	if err != nil {
		t.Fatal(err)
	}
	var child int
	fmt.Sscan(string(data), &child)
	signals <- syscall.SIGTERM
	if res := <-result; res.Exit != -15 || !res.Stopped {
		t.Errorf("%+v, want one that was told to end", res)
	}
	await(t, func() bool { return dead(child) })
}

// TestStopOutsideGroup stops a run of which one process is in a session of its own and ignores SIGTERM.
func TestStopOutsideGroup(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell which processes belong to a run")
	}
	w := newWorker(t, `setsid sh -c "trap '' TERM; echo \$\$ > stray; sleep 100" & while [ ! -s stray ]; do sleep 0.01; done; echo ready; sleep 100`)
	w.Grace = 100 * time.Millisecond
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	result := run(w)
	r := w.Lock.Run()
	await(t, func() bool { return ready(r) })
	signals <- syscall.SIGTERM
	if res := <-result; res.Exit != -15 {
		t.Errorf("%+v", res)
	}
	data, err := os.ReadFile(r.Path("stray"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	fmt.Sscan(string(data), &pid)
	await(t, func() bool { return dead(pid) })
}

// TestEndLost expects that processes are killed if the worker of their run was lost, and not if the run is owned or has completed.
func TestEndLost(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell which processes belong to a run")
	}
	w := newWorker(t, "true")
	r := w.Lock.Run()
	gone := runs.Self()
	gone.Start = "another process had this pid"
	if err := w.Lock.Begin(gone); err != nil {
		t.Fatal(err)
	}
	leftIn := func(dir string) int { return leave(t, r, dir) }
	left := func() int { return leftIn(r.Dir) }
	first, copied := left(), leftIn(t.TempDir())
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.Dir, link); err != nil {
		t.Fatal(err)
	}
	linked := leftIn(link)
	endLost(r)
	if dead(first) {
		t.Error("a process of an owned run was killed")
	}
	if err := w.Lock.Close(); err != nil {
		t.Fatal(err)
	}
	EndLeft(w.Store)
	await(t, func() bool { return dead(first) && dead(linked) })
	if dead(copied) {
		t.Error("a process of a run with the same id in another store was killed")
	}
	second := left()
	var err error
	if w.Lock, err = r.TryLock(); err != nil {
		t.Fatal(err)
	}
	defer w.Lock.Close()
	if _, err := w.Run(context.Background()); err != nil { // the new start kills the remaining processes
		t.Fatal(err)
	}
	await(t, func() bool { return dead(second) })
	third := left()
	EndLeft(w.Store)
	if dead(third) {
		t.Error("a process that a completed run left behind was killed")
	}
}

// TestEndLostOfLiveWorker expects that nothing is killed if the worker lives and has only lost its lock.
func TestEndLostOfLiveWorker(t *testing.T) {
	w := newWorker(t, "true")
	r := w.Lock.Run()
	if err := errors.Join(w.Lock.Begin(runs.Self()), w.Lock.Close()); err != nil {
		t.Fatal(err)
	}
	pid := leave(t, r, r.Dir)
	endLost(r)
	if st := r.State(); st.Status != runs.Error || dead(pid) {
		t.Errorf("run is %s, its process is dead: %v", st.Status, dead(pid))
	}
}

// leave starts a process whose environment says that it belongs to the run in a directory.
func leave(t *testing.T, r *runs.Run, dir string) (pid int) {
	t.Helper()
	cmd := exec.Command("sleep", "100")
	cmd.Env = []string{"RUN_ID=" + r.ID, "RUN_DIR=" + dir}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process.Pid
}

// TestEndStrays has cases for what may have happened to a run before the death of its worker is noticed.
func TestEndStrays(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell which processes belong to a run")
	}
	elsewhere := runs.Self()
	elsewhere.Host, elsewhere.Boot = "elsewhere", "another"
	tests := []struct {
		name  string
		since func(*Worker) error
		left  bool
	}{
		{"started again here", func(w *Worker) error { return w.Lock.Begin(runs.Self()) }, true},
		{"started again elsewhere", func(w *Worker) error { return w.Lock.Begin(elsewhere) }, false},
		{"staged again", func(w *Worker) error { return w.Store.Restage(w.Lock) }, false},
		{"deleted", func(w *Worker) error {
			return errors.Join(w.Lock.Close(), w.Store.Delete(w.Lock.Run(), true))
		}, false},
	}
	for _, tt := range tests {
		w := newWorker(t, "true")
		r := w.Lock.Run()
		pid := leave(t, r, r.Dir)
		if err := tt.since(w); err != nil {
			t.Fatal(err)
		}
		EndStrays(r)
		if tt.left {
			if dead(pid) {
				t.Errorf("%s: a process of the new start was killed", tt.name)
			}
			continue
		}
		await(t, func() bool { return dead(pid) })
	}
}

// TestStopWaitsForTheGroup stops a run whose leader dies at once and whose child needs time to end.
func TestStopWaitsForTheGroup(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell which processes belong to a run")
	}
	w := newWorker(t, `(trap 'sleep 0.3; echo saved; exit 0' TERM; echo ready; while :; do sleep 0.01; done) & wait`)
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	result := run(w)
	await(t, func() bool { return ready(w.Lock.Run()) })
	signals <- syscall.SIGTERM
	if res := <-result; res.Exit != -15 {
		t.Errorf("%+v", res)
	}
	if got := outputOf(t, w.Lock.Run()); !strings.Contains(got, "saved") {
		t.Errorf("the child was not waited for: %q", got)
	}
}

// dead reports whether a process is gone, or a zombie that nobody has reaped yet.
func dead(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	out, _ := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return len(bytes.TrimSpace(out)) == 0 || bytes.HasPrefix(bytes.TrimSpace(out), []byte("Z"))
}

func TestSecondSignalKills(t *testing.T) {
	w := newWorker(t, "trap '' TERM; echo ready; while :; do sleep 0.01; done")
	signals := make(chan os.Signal, 2)
	w.Signals = signals
	result := run(w)
	await(t, func() bool { return ready(w.Lock.Run()) })
	signals <- syscall.SIGTERM
	signals <- syscall.SIGTERM
	if res := <-result; res.Exit != -15 || !res.Stopped {
		t.Errorf("%+v, want one that was told to end", res)
	}
	if st := w.Lock.Run().State(); st.Status != runs.Terminated || st.Reason != "" {
		t.Errorf("%+v", st)
	}
}

func TestProcessLeftBehindDoesNotHoldTheRun(t *testing.T) {
	w := newWorker(t, "sleep 100 & echo $! > child; echo started")
	res, err := w.Run(context.Background())
	if err != nil || res.Exit != 0 {
		t.Errorf("%+v, %v", res, err)
	}
	data, _ := os.ReadFile(w.Lock.Run().Path("child"))
	var child int
	if fmt.Sscan(string(data), &child); child > 0 {
		syscall.Kill(child, syscall.SIGKILL)
	}
	if got := outputOf(t, w.Lock.Run()); got != "started\n" {
		t.Errorf("output %q", got)
	}
}

func TestCannotStart(t *testing.T) {
	w := newWorker(t, "", func(r *recipe.Recipe) { r.Command.Args = []string{"no-such-program"} })
	res, err := w.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("error %v", err)
	}
	if got := w.Lock.Run().Status(); got != runs.Error || res.Exit != 1 {
		t.Errorf("status %s, %+v", got, res)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("FLAG_STALE", "from an outer run")
	t.Setenv("MY_API_KEY", "hidden")
	t.Setenv("PYTHONPATH", "/elsewhere")
	w := newWorker(t, `for v in RUN_ID RUN_DIR PROJECT_DIR CMD_DIR GUILD_HOME FLAG_X FLAG_STALE PYTHONPATH MY_API_KEY; do
		eval echo $v=\$$v; done; pwd`, func(r *recipe.Recipe) { r.ProjectDir, r.CmdDir = "/project", "/cmd" })
	if _, err := w.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	r := w.Lock.Run()
	dir, err := filepath.EvalSymlinks(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"RUN_ID=" + r.ID, "RUN_DIR=" + r.Dir, "PROJECT_DIR=/project", "CMD_DIR=/cmd", "GUILD_HOME=" + w.Store.Home(),
		"FLAG_X=1.5", "FLAG_STALE=", "PYTHONPATH=" + r.Dir + ":/elsewhere:LIBRARY", "MY_API_KEY=hidden", dir}
	library := regexp.MustCompile(regexp.QuoteMeta(w.Store.CacheDir("python")) + "/[0-9a-f]+") // of the program, see package python
	if d := cmp.Diff(want, strings.Fields(library.ReplaceAllString(outputOf(t, r), "LIBRARY"))); d != "" {
		t.Error(d)
	}
	env, err := r.Attr("env")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := env.(map[string]any)["MY_API_KEY"]; ok {
		t.Error("a secret was recorded")
	}
	if got := env.(map[string]any)["RUN_ID"]; got != r.ID {
		t.Errorf("recorded RUN_ID is %v", got)
	}
}

func TestDeleteOnSuccess(t *testing.T) {
	for script, deleted := range map[string]bool{"true": true, "false": false} {
		w := newWorker(t, script, func(r *recipe.Recipe) { r.DeleteOnSuccess = true })
		res, err := w.Run(context.Background())
		if err != nil || res.Deleted != deleted {
			t.Errorf("%s: %+v, %v", script, res, err)
		}
		left, err := catalog.New(w.Store, nil).List()
		if err != nil || len(left) == 1 == deleted {
			t.Errorf("%s: %d runs left, %v", script, len(left), err)
		}
		if gone, err := w.Store.Deleted(); err != nil || len(gone) == 1 != deleted {
			t.Errorf("%s: %d runs in the trash, %v", script, len(gone), err)
		}
	}
}

// TestLostLock expects that a worker records no outcome after another owner has taken its lock, as can happen over NFS.
func TestLostLock(t *testing.T) {
	w := newWorker(t, "echo ready; while [ ! -e go ]; do sleep 0.01; done")
	done := make(chan error, 1)
	go func() {
		_, err := w.Run(context.Background())
		done <- err
	}()
	r := w.Lock.Run()
	await(t, func() bool { return ready(r) })
	if err := unix.Flock(int(w.Lock.File().Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	other, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := os.WriteFile(r.Path("go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, runs.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	if _, ok := r.AttrInt("exit_status"); ok {
		t.Error("a superseded owner wrote an outcome")
	}
}
