package doctest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestProcessIsLeftAlone checks that a document changes neither directory nor environment of the process, and leaves no
// temporary directory.
func TestProcessIsLeftAlone(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	temp := t.TempDir()
	cfg.Env = append(cfg.Env, "TMPDIR="+temp)
	expectOK(t, runText(t, cfg,
		`>>> set_guild_home("/x")`, `>>> tmp = mkdtemp()`, `>>> cd(tmp)`, `>>> ensure_dir("a/b")`, `>>> write("a/b/c", "")`,
		`>>> use_project(mkdtemp())`, `>>> p = Project(".")`))
	if now, err := os.Getwd(); err != nil || now != dir {
		t.Errorf("directory is %s with error %v, was %s", now, err, dir)
	}
	if os.Getenv("GUILD_HOME") == "/x" {
		t.Error("GUILD_HOME of the process was changed")
	}
	entries, err := os.ReadDir(temp)
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}

func TestGuildHome(t *testing.T) {
	t.Run("own", func(t *testing.T) {
		cfg := testConfig(t)
		expectOK(t, runText(t, cfg, `>>> exists(path(guild_home(), ".guild-nocopy")), os.getenv("GUILD_HOME") == guild_home()`, "(True, True)"))
	})
	t.Run("given", func(t *testing.T) {
		cfg := testConfig(t)
		home := t.TempDir()
		cfg.Env = append(cfg.Env, "GUILD_HOME="+home)
		expectOK(t, runText(t, cfg, `>>> touch(path(guild_home(), "here"))`))
		if _, err := os.Stat(filepath.Join(home, "here")); err != nil {
			t.Errorf("the home that was given was not used or not kept: %v", err)
		}
	})
}

func TestExamplesAndSamples(t *testing.T) {
	cfg := testConfig(t)
	cfg.Examples, cfg.Samples = "/the/examples", "/the/samples"
	cfg.Env = append(cfg.Env, "EXAMPLES=/others")
	expectOK(t, runText(t, cfg, `>>> example("a"), sample("b"), samples_dir(), os.getenv("EXAMPLES")`,
		"('/the/examples/a', '/the/samples/b', '/the/samples', '/the/examples')"))
}

func TestConstants(t *testing.T) {
	cfg := testConfig(t)
	cfg.Env = append(cfg.Env, "WORKSPACE=/w")
	expectOK(t, runText(t, cfg, ">>> WORKSPACE", "'/w'", "", ">>> INDEX", "Traceback (most recent call last):",
		"NameError: name 'INDEX' is not defined"))
}

func TestFailFast(t *testing.T) {
	cfg := testConfig(t)
	cfg.FailFast = true
	r := runText(t, cfg, ">>> 1", "2", "", ">>> 3", "4")
	if r.Outcome != Failed || r.Attempted != 1 || len(r.Failures) != 1 {
		t.Errorf("got %d failures of %d examples, outcome %d", len(r.Failures), r.Attempted, r.Outcome)
	}
}

func TestUDiff(t *testing.T) {
	cfg := testConfig(t)
	cfg.UDiff = true
	r := runText(t, cfg, ">>> 1", "2")
	var b strings.Builder
	if err := r.Report(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "-2\n    +1\n") {
		t.Errorf("no difference in the report:\n%s", b.String())
	}
}

func TestReportOnlyFirstFromEnvironment(t *testing.T) {
	cfg := testConfig(t)
	cfg.Env = append(cfg.Env, "REPORT_ONLY_FIRST_FAILURE=1")
	r := runText(t, cfg, ">>> 1", "2", "", ">>> 3", "4")
	var b strings.Builder
	if err := r.Report(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "failed example"); n != 1 || len(r.Failures) != 2 {
		t.Errorf("%d of %d failures shown, want 1 of 2", n, len(r.Failures))
	}
}

func TestNotFound(t *testing.T) {
	r := Run(t.Context(), testConfig(t), filepath.Join(t.TempDir(), "no.md"))
	if r.Outcome != NotFound || r.Success() {
		t.Errorf("got outcome %d, success %v", r.Outcome, r.Success())
	}
}

func TestBroken(t *testing.T) {
	expectBroken(t, runText(t, testConfig(t), ">>>a"), "line 1: lacks blank after >>>")
	expectBroken(t, runText(t, testConfig(t), "", ">>> import guild"), "line 2: not runnable: import of guild is not supported")
	expectBroken(t, Run(t.Context(), testConfig(t), t.TempDir()), "is a directory")
	expectOK(t, runText(t, testConfig(t), ">>> import guild  # doctest: +SKIP"))
}

// TestInterrupt checks that a document that is stopped ends at once, with its command.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	mkfifo(t, fifo)
	ctx, cancel := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted by the user")
	go func() {
		// The command writes when it runs.
		if f, err := os.Open(fifo); err == nil {
			_ = f.Close()
		}
		cancel(interrupted)
	}()
	path := filepath.Join(dir, "doc.md")
	text := "\n>>> run(\"echo started > '" + fifo + "'; sleep 600\")\n\n>>> print('never')\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	r := Run(ctx, testConfig(t), path)
	if !errors.Is(r.Err, interrupted) || r.Outcome != Broken || r.Attempted != 0 {
		t.Errorf("got outcome %d, error %v, %d examples", r.Outcome, r.Err, r.Attempted)
	}
}

// TestTimeoutIsNotHeldUp checks that a process which left the group of its command cannot hold up the end.
func TestTimeoutIsNotHeldUp(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("no setsid")
	}
	s := newTestSession(t)
	s.grace = 10 * time.Millisecond
	out, code, err := s.exec(command{text: "echo started; setsid sleep 20 & sleep 20", timeout: 200 * time.Millisecond})
	if err != nil || code != -9 || string(out) != "started\n" {
		t.Errorf("got %q, exit code %d, error %v", out, code, err)
	}
}

func TestInterruptSleepAndLoop(t *testing.T) {
	for _, source := range []string{"sleep(600)", "while True: pass"} {
		ctx, cancel := context.WithCancel(t.Context())
		cfg := testConfig(t)
		path := filepath.Join(t.TempDir(), "doc.md")
		if err := os.WriteFile(path, []byte(">>> "+source+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		done := make(chan *Result)
		go func() { done <- Run(ctx, cfg, path) }()
		cancel()
		if r := <-done; r.Outcome != Broken || !errors.Is(r.Err, context.Canceled) {
			t.Errorf("%s: got outcome %d, error %v", source, r.Outcome, r.Err)
		}
	}
}
