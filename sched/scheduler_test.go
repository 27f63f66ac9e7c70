package sched

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"guild/proc/pool"
	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/state"
)

// TestMain lets schedulers start the test binary as a worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == "sys" && os.Args[2] == "worker" && os.Args[3] == "--serve" {
		os.Exit(work(os.Args[4]))
	}
	goleak.VerifyTestMain(m)
}

func work(home string) int {
	if os.Getenv("TEST_WORKER_DIES") != "" {
		return 1
	}
	if err := pool.Serve(context.Background(), runs.Open(home), nil, false); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// logBuffer is a log that a test can wait for.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// lines returns the lines of the log without level and time.
func (l *logBuffer) lines() []string {
	text := regexp.MustCompile(`(?m)^\w+: \[guild\] \S+ \S+ `).ReplaceAllString(l.String(), "")
	return strings.Split(strings.TrimSpace(text), "\n")
}

type fixture struct {
	t     *testing.T
	store *runs.Store
	self  *runs.Run
	log   logBuffer
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, store: runs.Open(t.TempDir())}
	t.Setenv("GUILD_GPU_LOCKS", t.TempDir())
	d, err := f.store.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := d.CommitOwned(runs.Running)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Close() })
	f.self = lock.Run()
	return f
}

// stage stages a run of a shell script.
func (f *fixture) stage(id, script string, tags ...string) *runs.Run {
	f.t.Helper()
	d, err := f.store.Draft(id)
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := map[string]any{"cmd-args": []string{"sh", "-c", script}}
	err = d.SetAttrs(map[string]any{"op": map[string]any{"op-cmd": cmd}, "flags": map[string]any{}, "tags": tags})
	if err == nil {
		_, err = f.store.CommitStaged(d)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	r, err := f.store.Get(d.ID())
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fixture) scheduler(change func(*Options)) *Scheduler {
	o := Options{Kind: Dask, Workers: 2, PollInterval: time.Hour, Dashboard: "no", RunOnce: true}
	change(&o)
	return New(catalog.New(f.store, nil), f.self, o, NewLogger(&f.log, zerolog.InfoLevel))
}

func (f *fixture) runOnce(change func(*Options)) {
	f.t.Helper()
	if err := f.scheduler(change).Run(context.Background()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) wantStatus(r *runs.Run, want runs.Status) {
	f.t.Helper()
	if got := r.Status(); got != want {
		f.t.Errorf("run %s is %s, want %s", r.ID, got, want)
	}
}

func (f *fixture) await(what string, cond func() bool) {
	f.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !cond() {
		if time.Now().After(deadline) {
			f.t.Fatalf("%s did not happen; log:\n%s", what, f.log.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// inOrder fails unless the log has a line that starts with each of the texts, in their order.
func (f *fixture) inOrder(texts ...string) {
	f.t.Helper()
	lines := f.log.lines()
	for _, text := range texts {
		for len(lines) > 0 && !strings.HasPrefix(lines[0], text) {
			lines = lines[1:]
		}
		if len(lines) == 0 {
			f.t.Fatalf("no line %q where it belongs in\n%s", text, f.log.String())
		}
		lines = lines[1:]
	}
}

func TestRunOnce(t *testing.T) {
	f := newFixture(t)
	a, b, c := f.stage("a", "exit 0"), f.stage("b", "exit 3"), f.stage("c", "kill -TERM $$")
	f.runOnce(func(o *Options) { o.WorkersGiven = true })
	f.wantStatus(a, runs.Completed)
	f.wantStatus(b, runs.Error)
	f.wantStatus(c, runs.Terminated)
	f.inOrder("Starting Dask scheduler", "Initializing cluster with 2 workers", "Dashboard link: <disabled>",
		"Processing staged runs", "Starting staged run a", "Starting staged run b", "Starting staged run c",
		"Dask scheduler processed 3 run(s)", "Stopping Dask scheduler", "Stopping Dask cluster")
	if !strings.Contains(f.log.String(), "Run b failed (exit status 3)") {
		t.Errorf("the failure is not in the log:\n%s", f.log.String())
	}
	st, err := state.Read(f.self)
	if err != nil || st.Done != 1 || st.Failed != 2 || !st.Stopping {
		t.Errorf("published %+v, %v", st, err)
	}
}

func TestRunOnceWithNothingStaged(t *testing.T) {
	f := newFixture(t)
	f.runOnce(func(o *Options) { o.Kind = Queue; o.Workers = 1 })
	f.inOrder("Starting queue", "Processing staged runs", "Queue processed 0 run(s)", "Stopping queue")
}

// TestRunOnceCannotLook: claims cannot be listed, so a run may be among them that was never started, and run-once fails.
func TestRunOnceCannotLook(t *testing.T) {
	f := newFixture(t)
	if err := os.WriteFile(filepath.Join(f.store.Root(), ".claimed"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	err := f.scheduler(func(*Options) {}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), ".claimed") {
		t.Errorf("%v", err)
	}
}

// TestRunOnceFindsCopies: a staged run without a marker, such as a copy, is found.
func TestRunOnceFindsCopies(t *testing.T) {
	f := newFixture(t)
	r := f.stage("copy", "exit 0")
	if err := os.Remove(f.store.Root() + "/.staged/copy"); err != nil {
		t.Fatal(err)
	}
	s := f.scheduler(func(*Options) {})
	s.sweeper.quiet = 0
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.wantStatus(r, runs.Completed)
}

// TestRunOnceTakesWhatIsStagedMeanwhile: a run stages another one.
func TestRunOnceTakesWhatIsStagedMeanwhile(t *testing.T) {
	f := newFixture(t)
	late := f.stage("late", "exit 0")
	marker := f.store.Root() + "/.staged/late"
	if err := os.Rename(marker, f.store.Root()+"/late/marker"); err != nil {
		t.Fatal(err)
	}
	f.stage("early", "mv "+f.store.Root()+"/late/marker "+marker)
	f.runOnce(func(*Options) {})
	f.wantStatus(late, runs.Completed)
}

// TestAllAreClaimedBeforeAnyStarts: each run sees that all runs have been claimed.
func TestAllAreClaimedBeforeAnyStarts(t *testing.T) {
	f := newFixture(t)
	var all []*runs.Run
	for i := range 4 {
		all = append(all, f.stage(fmt.Sprint("r", i), "ls "+f.store.Root()+"/.staged | wc -l; ls "+f.store.Root()+"/.claimed | wc -l"))
	}
	f.runOnce(func(o *Options) { o.Workers = 3 })
	for _, r := range all[:3] {
		data, _ := os.ReadFile(r.GuildPath("output"))
		if staged := strings.Fields(string(data))[0]; staged != "1" && staged != "0" {
			t.Errorf("when run %s ran, %s were staged: others of the first look were not claimed yet", r.ID, staged)
		}
	}
	f.inOrder("Starting staged run r0", "Starting staged run r1", "Starting staged run r2", "Starting staged run r3")
}

func TestWakesOnStaging(t *testing.T) {
	f := newFixture(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := f.scheduler(func(o *Options) { o.RunOnce = false })
	go func() { done <- s.Run(ctx) }()
	f.await("waiting", func() bool { return strings.Contains(f.log.String(), "Waiting for staged runs") })
	r := f.stage("r", "exit 0") // the next poll is an hour away
	f.await("the run", func() bool { return r.Status() == runs.Completed })
	f.await("waiting again", func() bool { return strings.Count(f.log.String(), "Waiting for staged runs") == 2 })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestStopLeavesTheRest: a scheduler is stopped with one run under way and one staged.
func TestStopLeavesTheRest(t *testing.T) {
	f := newFixture(t)
	busy := f.stage("busy", "echo $PPID > worker; while [ ! -e go ]; do sleep 0.01; done")
	rest := f.stage("rest", "exit 0")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := f.scheduler(func(o *Options) { o.Workers = 1 })
	go func() { done <- s.Run(ctx) }()
	f.await("the start", func() bool { return busy.Status() == runs.Running })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	f.wantStatus(busy, runs.Running)
	f.wantStatus(rest, runs.Staged)
	if markers, err := f.store.Staged(nil); err != nil || len(markers) != 1 || markers[0].ID != "rest" {
		t.Errorf("markers %v, %v", markers, err)
	}
	if !strings.Contains(f.log.String(), "Runs under way go on without the scheduler") {
		t.Errorf("the log does not say what goes on:\n%s", f.log.String())
	}
	if err := os.WriteFile(busy.Path("go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f.await("the end of the run", func() bool { return busy.Status() == runs.Completed })
	data, err := os.ReadFile(busy.Path("worker"))
	if err != nil {
		t.Fatal(err)
	}
	var worker int
	fmt.Sscan(string(data), &worker)
	f.await("the end of its worker", func() bool { // a child of this process, which must reap it once the scheduler has left it
		_, _ = syscall.Wait4(worker, nil, syscall.WNOHANG, nil)
		return syscall.Kill(worker, 0) == syscall.ESRCH
	})
}

func TestResources(t *testing.T) {
	f := newFixture(t)
	f.stage("a", "while [ ! -e ../b/.guild/output ]; do sleep 0.01; done", "dask:foo=5")
	f.stage("b", "exit 0", "dask:foo=2")
	wait := f.stage("c", "exit 0", "dask:foo=6")
	never := f.stage("d", "exit 0", "dask:bar=1")
	toomuch := f.stage("e", "exit 0", "dask:foo=8")
	odd := f.stage("f", "exit 0", "dask:bar")
	f.runOnce(func(o *Options) { o.Workers = 9; o.Resources = map[string]float64{"foo": 7} })
	f.wantStatus(wait, runs.Completed)
	f.wantStatus(never, runs.Staged)
	f.wantStatus(toomuch, runs.Staged)
	f.wantStatus(odd, runs.Completed)
	log := f.log.String()
	for _, want := range []string{
		"Starting staged run a (requires foo=5)",
		"Found staged run c (waiting for resource foo)",
		"Ignoring staged run d (requires resources not defined for cluster: bar)",
		"Ignoring staged run e (requires foo=8 and the cluster has 7)",
		"Ignoring invalid dask resources spec 'bar': parts must be in format KEY=VAL",
	} {
		if strings.Count(log, want) != 1 {
			t.Errorf("the log has %q %d times:\n%s", want, strings.Count(log, want), log)
		}
	}
	f.inOrder("Starting staged run a", "Starting staged run b", "Starting staged run f", "Starting staged run c")
}

// TestNeedsThatCannotBeRead: runs whose tags or GPUs cannot be read must not start as if they required nothing.
func TestNeedsThatCannotBeRead(t *testing.T) {
	f := newFixture(t)
	tags, gpus, fine := f.stage("tags", "exit 0", "dask:foo=9"), f.stage("gpus", "exit 0"), f.stage("fine", "exit 0")
	damaged := []byte("a: [")
	for _, path := range []string{tags.GuildPath("attrs", "tags"), gpus.GuildPath("attrs", "run_params")} {
		if err := os.WriteFile(path, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f.runOnce(func(o *Options) {
		o.PollInterval, o.GPUs, o.Resources = time.Millisecond, "1", map[string]float64{"foo": 7}
	})
	f.wantStatus(fine, runs.Completed)
	for _, r := range []*runs.Run{tags, gpus} {
		f.wantStatus(r, runs.Staged)
		f.inOrder("Found staged run "+r.ID+" (what it requires is not known: read attribute ",
			"Ignoring staged run "+r.ID+" (it could not be started)")
	}
}

func TestGPUs(t *testing.T) {
	f := newFixture(t)
	none, same, other := f.stage("none", "echo =$CUDA_VISIBLE_DEVICES="), f.stage("same", "exit 0"), f.stage("other", "exit 0")
	for r, gpus := range map[*runs.Run]string{same: "1", other: "2"} {
		if err := r.SetAttr("run_params", map[string]any{"gpus": gpus}); err != nil {
			t.Fatal(err)
		}
	}
	f.runOnce(func(o *Options) { o.Kind = Queue; o.Workers = 1; o.GPUs = "1" })
	f.wantStatus(none, runs.Completed)
	f.wantStatus(same, runs.Completed)
	f.wantStatus(other, runs.Staged)
	if data, _ := os.ReadFile(none.GuildPath("output")); string(data) != "=1=\n" {
		t.Errorf("the run saw %q", data)
	}
	if !strings.Contains(f.log.String(), "GPU spec mismatch: run is 2, queue is 1") {
		t.Errorf("log:\n%s", f.log.String())
	}
}

func TestWaitForRunning(t *testing.T) {
	f := newFixture(t)
	// The fixture's own run counts as a scheduler only if its reference says so.
	if err := os.WriteFile(f.self.GuildPath("opref"), []byte("builtin:guild '' '' queue"), 0o666); err != nil {
		t.Fatal(err)
	}
	d, err := f.store.Draft("other")
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.CommitOwned(runs.Running)
	if err != nil {
		t.Fatal(err)
	}
	r := f.stage("r", "exit 0")
	done := make(chan error, 1)
	s := f.scheduler(func(o *Options) {
		o.Kind = Queue
		o.Workers = 1
		o.WaitForRunning = true
		o.PollInterval = 5 * time.Millisecond
	})
	go func() { done <- s.Run(context.Background()) }()
	f.await("the wait", func() bool { return strings.Contains(f.log.String(), "waiting for runs to finish: other") })
	f.wantStatus(r, runs.Staged)
	if err := other.Finish(0); err != nil {
		t.Fatal(err)
	}
	other.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	f.wantStatus(r, runs.Completed)
	if n := strings.Count(f.log.String(), "waiting for runs to finish"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// TestWorkerDiesBeforeItBegins: the run is neither lost nor tried without end.
func TestWorkerDiesBeforeItBegins(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "exit 0")
	t.Setenv("TEST_WORKER_DIES", "1")
	f.runOnce(func(*Options) {})
	f.wantStatus(r, runs.Staged)
	if n := strings.Count(f.log.String(), "Starting staged run r"); n != maxFailures {
		t.Errorf("tried %d times:\n%s", n, f.log.String())
	}
	f.wantCounts("0 run(s); 1 left staged (it could not be started)", 0, 0)
	os.Unsetenv("TEST_WORKER_DIES")
	f.runOnce(func(*Options) {})
	f.wantStatus(r, runs.Completed)
}

func TestWorkerIsKilled(t *testing.T) {
	for name, before := range map[string]string{
		"":                                 "",
		"and another host drops its claim": "rm ../.claimed/*;",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			r := f.stage("r", "sleep 100 & echo $! >child; "+before+" kill -KILL $PPID; sleep 100")
			f.runOnce(func(*Options) {})
			f.wantStatus(r, runs.Error)
			if reason := r.State().Reason; !strings.Contains(reason, "ended without an outcome") {
				t.Errorf("reason %q", reason)
			}
			if entries, err := os.ReadDir(f.store.Root() + "/.claimed"); err != nil || len(entries) != 0 {
				t.Errorf("claims left: %v, %v", entries, err)
			}
			if runtime.GOOS != "linux" { // other systems do not show which processes belong to a run
				return
			}
			child, err := os.ReadFile(r.Path("child"))
			if err != nil {
				t.Fatal(err)
			}
			f.await("the end of what the operation had started", func() bool {
				stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(child)) + "/stat")
				return err != nil || strings.Contains(string(stat), ") Z ")
			})
		})
	}
}

// TestTwoSchedulers drains one queue with two schedulers.
func TestTwoSchedulers(t *testing.T) {
	f := newFixture(t)
	const n = 30
	for i := range n {
		f.stage(fmt.Sprintf("r%02d", i), "echo ran >> count")
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := f.scheduler(func(*Options) {}).Run(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range n {
		r, err := f.store.Get(fmt.Sprintf("r%02d", i))
		if err != nil {
			t.Fatal(err)
		}
		f.wantStatus(r, runs.Completed)
		if data, _ := os.ReadFile(r.Path("count")); string(data) != "ran\n" {
			t.Errorf("run %s: %q", r.ID, data)
		}
	}
}

// TestStopSignalIsNotForWorkers: a signal to the scheduler's process group does not reach workers, which are in sessions of their own.
func TestStopSignalIsNotForWorkers(t *testing.T) {
	f := newFixture(t)
	r := f.stage("r", "echo $PPID > worker; while [ ! -e go ]; do sleep 0.01; done")
	done := make(chan struct{})
	go func() {
		f.runOnce(func(*Options) {})
		close(done)
	}()
	f.await("the start", func() bool { _, err := os.Stat(r.Path("worker")); return err == nil })
	var worker int
	f.await("the pid", func() bool {
		data, _ := os.ReadFile(r.Path("worker"))
		n, _ := fmt.Sscan(string(data), &worker)
		return n == 1
	})
	if pgid, err := syscall.Getpgid(worker); err != nil || pgid == syscall.Getpgrp() {
		t.Errorf("worker is in group %d, %v", pgid, err)
	}
	if err := os.WriteFile(r.Path("go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	<-done
	f.wantStatus(r, runs.Completed)
}
