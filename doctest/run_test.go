package doctest

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the reports of failing documents anew")

// realPython returns the Python 3 on PATH, or what a wrapper there starts, for that takes as long as Python itself.
var realPython = sync.OnceValues(func() (string, error) {
	path, err := FindPython()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, "-I", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out)), err
})

// testConfig returns an environment without anything of the user's. Without Python 3 the test is skipped.
func testConfig(t *testing.T) Config {
	t.Helper()
	python, err := realPython()
	if err != nil {
		t.Skip("no Python 3: ", err)
	}
	// pyenv finds its interpreters in HOME, which is another one here.
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir(), "PYENV_ROOT=" + os.Getenv("PYENV_ROOT")}
	return Config{Python: python, Env: env}
}

// runText runs a document of the given lines.
func runText(t *testing.T, cfg Config, lines ...string) *Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "doc.md")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	return Run(t.Context(), cfg, path)
}

func report(t *testing.T, r *Result) string {
	t.Helper()
	var b strings.Builder
	if err := r.Report(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// expectOK fails the test with the report of a document that is not ok.
func expectOK(t *testing.T, r *Result) {
	t.Helper()
	if r.Outcome != OK || r.Warning != nil {
		t.Errorf("not ok:\n%s", report(t, r))
	}
}

// expectBroken fails the test unless the document cannot be run for the reason.
func expectBroken(t *testing.T, r *Result, reason string) {
	t.Helper()
	if r.Outcome != Broken || r.Err == nil || !strings.Contains(r.Err.Error(), reason) {
		t.Errorf("got outcome %d with error %v, want a broken document because of %q", r.Outcome, r.Err, reason)
	}
}

// script writes an executable shell script and returns its path.
func script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDocuments runs the documents that must pass, one for each part of the runner.
func TestDocuments(t *testing.T) {
	paths, err := filepath.Glob("testdata/ok/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			expectOK(t, Run(t.Context(), testConfig(t), path))
		})
	}
}

// TestReports compares the reports of documents that fail with those on record.
func TestReports(t *testing.T) {
	paths, err := filepath.Glob("testdata/failing/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := report(t, Run(t.Context(), testConfig(t), path))
			golden := strings.TrimSuffix(path, ".md") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestPrograms runs the unit tests of the program, and a document, with each version of Python that is at hand.
func TestPrograms(t *testing.T) {
	cfg := testConfig(t)
	pythons, err := filepath.Glob(filepath.Join(os.Getenv("PYENV_ROOT"), "versions", "3.*", "bin", "python3"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(pythons, cfg.Python) {
		pythons = append(pythons, cfg.Python)
	}
	for _, python := range pythons {
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(python))), func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(t)
			cfg.Python = python
			if out, err := exec.Command(python, "-c", "import sys; sys.exit(sys.version_info < (3, 8))").CombinedOutput(); err != nil {
				expectBroken(t, runText(t, cfg, ">>> 1", "1"), "Python 3.8 or later is needed, and python3 is 3.")
				t.Skipf("too old: %s", out)
			}
			if out, err := exec.Command(python, "-I", "-B", "python/tests").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			expectOK(t, Run(t.Context(), cfg, "testdata/ok/errors.md"))
		})
	}
}

// TestNothingIsLeft checks that documents share nothing and leave no temporary directory.
func TestNothingIsLeft(t *testing.T) {
	cfg := testConfig(t)
	temp := t.TempDir()
	cfg.Env = append(cfg.Env, "TMPDIR="+temp)
	expectOK(t, runText(t, cfg, `>>> set_guild_home(mkdtemp())`, `>>> write(path(guild_home(), "a"), "")`, `>>> cd(mkdtemp())`,
		`>>> use_project(mkdtemp())`, `>>> p = 1`, `>>> os.environ["LEFT"] = "x"`))
	expectOK(t, runText(t, cfg, `>>> p`, "Traceback (most recent call last):", "NameError: name 'p' is not defined", "", `>>> os.getenv("LEFT")`))
	if os.Getenv("LEFT") != "" {
		t.Error("the environment of this process was changed")
	}
	entries, err := os.ReadDir(temp)
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}

func TestGuildHome(t *testing.T) {
	t.Run("own", func(t *testing.T) {
		expectOK(t, runText(t, testConfig(t), `>>> exists(path(guild_home(), ".guild-nocopy")), os.getenv("GUILD_HOME") == guild_home()`, "(True, True)"))
	})
	t.Run("given", func(t *testing.T) {
		cfg, home := testConfig(t), t.TempDir()
		cfg.Env = append(cfg.Env, "GUILD_HOME="+home)
		expectOK(t, runText(t, cfg, `>>> touch(path(guild_home(), "here"))`))
		if _, err := os.Stat(filepath.Join(home, "here")); err != nil {
			t.Errorf("the home that was given was not used or not kept: %v", err)
		}
	})
}

// TestEnvironment checks that programs of a document get the environment as it was given, and that what it says to Python
// does not reach the program that runs the document.
func TestEnvironment(t *testing.T) {
	cfg := testConfig(t)
	hostile := t.TempDir()
	for _, name := range []string{"doctest.py", "sitecustomize.py", "json.py"} {
		if err := os.WriteFile(filepath.Join(hostile, name), []byte("raise SystemExit('taken for a module of Python')\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	given := []string{"PYTHONPATH=" + hostile, "PYTHONHOME=" + hostile, "PYTHONSTARTUP=/no", "PYTHONIOENCODING=latin-1", "PYTHONHASHSEED=many",
		"FORCE_COLOR=1", "PYTHON_COLORS=1", "LANG=C", "ODD=\xff=", "PATH=/bin:/usr/bin", "GUILD_HOME=/home", "PWD=" + hostile}
	cfg.Env = append([]string{"TMPDIR=" + t.TempDir()}, given...)
	out := filepath.Join(t.TempDir(), "out")
	expectOK(t, runText(t, cfg, ">>> quiet('/usr/bin/env -0 > "+out+"')", ">>> print('é')", "é"))
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, entry := range strings.Split(string(data), "\x00") {
		got[entry] = true
	}
	for _, entry := range given[:len(given)-1] { // the shell sets PWD
		if !got[entry] {
			t.Errorf("%q has not come, but %q", entry, data)
		}
	}
	for _, name := range []string{"LC_CTYPE=", "PYTHONUTF8=", "PYENV_VERSION="} {
		if strings.Contains(string(data), "\x00"+name) {
			t.Errorf("%s came in addition: %q", name, data)
		}
	}
}

// TestPathFirst checks that the directory of the guild under test comes first.
func TestPathFirst(t *testing.T) {
	cfg, other := testConfig(t), t.TempDir()
	cfg.Guild = script(t, t.TempDir(), "guild", "echo under test")
	script(t, other, "guild", "echo another")
	cfg.Env = append(cfg.Env, "PATH="+other+":/bin:/usr/bin")
	expectOK(t, runText(t, cfg, `>>> run("guild")`, "under test", "", `>>> which("guild") == "`+cfg.Guild+`"`, "True"))
}

func TestExamplesAndSamples(t *testing.T) {
	cfg := testConfig(t)
	cfg.Examples, cfg.Samples = "/the/examples", "/the/samples"
	cfg.Env = append(cfg.Env, "EXAMPLES=/others", "WORKSPACE=/w")
	expectOK(t, runText(t, cfg, `>>> example("a"), sample("b"), samples_dir(), os.getenv("EXAMPLES"), WORKSPACE`,
		"('/the/examples/a', '/the/samples/b', '/the/samples', '/the/examples', '/w')",
		`>>> INDEX`, "Traceback (most recent call last):", "NameError: name 'INDEX' is not defined"))
}

func TestOutcomes(t *testing.T) {
	fixme := []string{"---", "doctest: +FIXME", "---", ">>> 1", "2"}
	twoFail := []string{">>> 1", "2", "", ">>> 3", "4"}
	tests := []struct {
		name      string
		change    func(*Config)
		lines     []string
		outcome   Outcome
		attempted int
		failures  int // shown
	}{
		{"skipped examples", nil, []string{">>> 1  # doctest: +SKIP", "2", "", ">>> 1  # doctest: +WINDOWS_ONLY", "2", "", ">>> 1", "1"}, OK, 1, 0},
		{"skipped document", nil, fixme, Skipped, 0, 0},
		{"forced", func(c *Config) { c.Force = true }, fixme, Failed, 1, 1},
		{"forced by the environment", func(c *Config) { c.Env = append(c.Env, "FORCE_TEST=1") }, fixme, Failed, 1, 1},
		{"options of a document are no defaults", nil, []string{"---", "doctest: -ELLIPSIS +STRICT", "---", ">>> 'abc'", "'a...c'"}, OK, 1, 0},
		{"failures", nil, twoFail, Failed, 2, 2},
		{"fail fast", func(c *Config) { c.FailFast = true }, twoFail, Failed, 1, 1},
		{"only the first", func(c *Config) { c.Env = append(c.Env, "REPORT_ONLY_FIRST_FAILURE=1") }, twoFail, Failed, 2, 1},
		{"any module", nil, []string{">>> import textwrap", ">>> textwrap.dedent('  a')", "'a'"}, OK, 2, 0},
		{"exit is an error", nil, []string{">>> import sys; sys.exit(3)", "Traceback (most recent call last):", "SystemExit: 3", ">>> 1", "1"}, OK, 2, 0},
		{"nothing", nil, nil, OK, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(t)
			if tt.change != nil {
				tt.change(&cfg)
			}
			r := runText(t, cfg, tt.lines...)
			if r.Outcome != tt.outcome || r.Attempted != tt.attempted || len(r.Failures) != tt.failures {
				t.Errorf("got outcome %d, %d examples, %d failures: %v\n%s", r.Outcome, r.Attempted, len(r.Failures), r.Err, report(t, r))
			}
		})
	}
}

func TestBroken(t *testing.T) {
	cfg := testConfig(t)
	expectBroken(t, runText(t, cfg, "---", "a: 1", "---", ">>>a"), "line 4: lacks blank after >>>")
	expectBroken(t, runText(t, cfg, "", ">>> a  # doctest: +NOPE"), "line 2: has an invalid option: '+NOPE'")
	expectBroken(t, runText(t, cfg, "---", "doctest: SKIP", "---"), "front matter has an invalid option: 'SKIP'")
	expectBroken(t, runText(t, cfg, "---", "doctest: [", "---"), "line 1: front matter is not YAML")
	expectBroken(t, Run(t.Context(), cfg, t.TempDir()), "is a directory")
	expectBroken(t, runText(t, cfg, ">>> os._exit(0)"), "the document ended the process that runs it")
	expectBroken(t, runText(t, cfg, ">>> os._exit(3)"), "ended before the document did: exit status 3")
	cfg.Python = script(t, t.TempDir(), "python3", "exit 127") // such as a wrapper without an interpreter
	expectBroken(t, runText(t, cfg, ">>> 1", "1"), "ended before the document did: exit status 127")
	if r := Run(t.Context(), cfg, filepath.Join(t.TempDir(), "no.md")); r.Outcome != NotFound || r.Success() {
		t.Errorf("got outcome %d, success %v", r.Outcome, r.Success())
	}
}

// TestInterrupt checks that a document that is stopped ends at once, whatever it does, with the commands that it runs.
func TestInterrupt(t *testing.T) {
	// Each example, and what it starts, holds the pipe open for as long as it lives.
	for name, source := range map[string]string{
		"command": `run("exec 9> pipe; echo started >&9; sleep 600")`,
		"sleep":   `f = open("pipe", "w"); print("started", file=f, flush=True); sleep(600)`,
		"loop":    `f = open("pipe", "w"); print("started", file=f, flush=True)` + "\n>>> while True: pass",
		"other":   `import subprocess; subprocess.run("echo started; sleep 600", shell=True, stdout=open("pipe", "w"))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, dir := testConfig(t), t.TempDir()
			pipe := filepath.Join(dir, "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "doc.md")
			if err := os.WriteFile(path, []byte(">>> "+source+"\n\n>>> print('never')\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			interrupted := errors.New("interrupted by the user")
			ended := make(chan error, 1)
			go func() {
				f, err := os.Open(pipe)
				if err == nil {
					_, err = io.ReadFull(f, make([]byte, len("started\n")))
					cancel(interrupted)
				}
				if err == nil {
					_, err = io.Copy(io.Discard, f)
				}
				ended <- err
			}()
			r := Run(ctx, cfg, path)
			if !errors.Is(r.Err, interrupted) || r.Outcome != Broken || r.Warning != nil {
				t.Errorf("got outcome %d, error %v, warning %v", r.Outcome, r.Err, r.Warning)
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(time.Minute):
				t.Error("what the document started still runs")
			}
		})
	}
}
