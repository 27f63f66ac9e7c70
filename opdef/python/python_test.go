package python_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/python"
)

// found is the real interpreter, empty if there is none. Asking for it by way of a shim takes its time.
var found = sync.OnceValue(func() string {
	exe, err := python.Find()
	if err != nil {
		return ""
	}
	info, err := python.Probe(context.Background(), exe, "")
	if err != nil {
		return ""
	}
	return info.Exe
})

// interpreter returns the real interpreter; it skips the test if there is none.
func interpreter(t *testing.T) string {
	t.Helper()
	if found() == "" {
		t.Skip("Python is not installed")
	}
	return found()
}

// counting returns an interpreter that counts its starts, and the count.
func counting(t *testing.T) (exe string, count func() int) {
	t.Helper()
	real := interpreter(t)
	dir := t.TempDir()
	exe = filepath.Join(dir, "python")
	log := filepath.Join(dir, "log")
	script := "#!/bin/sh\necho x >> '" + log + "'\nexec '" + real + "' \"$@\"\n"
	if err := os.WriteFile(exe, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return exe, func() int {
		data, _ := os.ReadFile(log)
		return strings.Count(string(data), "x")
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want %q in it", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %v", err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv(python.ExeVariable, "")
	_, err := python.Find()
	wantError(t, err, "there is no python3 on PATH", python.ExeVariable)
	for _, name := range []string{"python", "python3"} {
		path := write(t, filepath.Join(dir, name), "")
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if got, err := python.Find(); err != nil || got != path {
			t.Errorf("found %s, %v; want %s", got, err, path)
		}
	}
	t.Setenv(python.ExeVariable, "python")
	if got, err := python.Find(); err != nil || got != filepath.Join(dir, "python") {
		t.Errorf("found %s, %v", got, err)
	}
	t.Setenv(python.ExeVariable, "nothing")
	_, err = python.Find()
	wantError(t, err, "'nothing', which is not a program")
}

func TestProbe(t *testing.T) {
	exe, count := counting(t)
	cache := t.TempDir()
	t.Chdir(t.TempDir())
	for range 2 {
		info, err := python.Probe(t.Context(), exe, cache)
		if err != nil {
			t.Fatal(err)
		}
		if info.Exe == exe || !filepath.IsAbs(info.Exe) || info.Bits != 64 && info.Bits != 32 ||
			!strings.HasPrefix(info.Full, info.Version) || len(info.SiteDirs) == 0 {
			t.Errorf("info is %+v", info)
		}
	}
	if n := count(); n != 1 {
		t.Errorf("Python was started %d times", n)
	}
	// A shim may choose another interpreter when a version file changes.
	write(t, ".python-version", "other\n")
	if _, err := python.Probe(t.Context(), exe, cache); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 2 {
		t.Errorf("Python was started %d times", n)
	}
	t.Setenv("PATH", filepath.Dir(exe)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if info, err := python.Probe(t.Context(), "python", cache); err != nil || !filepath.IsAbs(info.Exe) {
		t.Errorf("python by its name: %+v, %v", info, err)
	}
	_, err := python.Probe(t.Context(), filepath.Join(cache, "nothing"), cache)
	wantError(t, err, "there is no Python at")
	_, err = python.Probe(t.Context(), "/bin/echo", cache)
	wantError(t, err, "/bin/echo is not Python 3")
	_, err = python.Probe(t.Context(), "/bin/false", cache)
	wantError(t, err, "does not start")
}

func TestPackages(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, name := range []string{"PyYAML-6.0.1.dist-info", "b_c-1.dist-info", "a-1.0-py3.8.egg-info", "py-pylib-2.egg-info", "torch",
		"~ip-23.dist-info", "broken.dist-info", "x.py"} {
		write(t, filepath.Join(first, name, "METADATA"), "")
	}
	write(t, filepath.Join(second, "pyyaml-5.dist-info", "METADATA"), "")
	write(t, filepath.Join(second, "z-3.egg-info"), "")
	got := python.Packages(python.Info{SiteDirs: []string{first, filepath.Join(first, "none"), second}})
	if d := cmp.Diff([]string{"a==1.0", "b_c==1", "py==pylib-2", "PyYAML==6.0.1", "z==3"}, got); d != "" {
		t.Error(d)
	}
}

func TestMainFile(t *testing.T) {
	cache := t.TempDir()
	path, err := python.Main(cache)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, "broken")
	if again, err := python.Main(cache); err != nil || again != path {
		t.Errorf("second path is %s, %v", again, err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) == "broken" {
		t.Error("a damaged file is left as it is")
	}
	_, err = python.Main(filepath.Join(path, "below a file"))
	wantError(t, err, "write the start file")
}

// run starts a script through the start file and returns its output.
func run(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	path, err := python.Main(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(interpreter(t), append([]string{"-u", path}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestHandOver(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sub", "s.py"), `"""A script"""
from __future__ import division
import sys, os, helper
i = 1
f: float = 0.5
a = b = 3
t = (1, 2)
l = [1]
learning_rate = 0.1
n = None
untouched = 7
print(i, f, a, b, t, l, learning_rate, n, untouched, sys.argv, __name__, os.path.basename(__file__), helper.x)
i = 99
print(i, __import__("__main__").i)
`)
	write(t, filepath.Join(dir, "sub", "helper.py"), "x = 5\n")
	out, err := run(t, dir, "globals", `{"i": 2, "f": 1e-3, "b": "x", "t": [3, 4], "l": [{"k": [1.5, Infinity]}], "learning-rate": 1.0, "n": true, "gone": 1}`,
		"sub/s.py", "arg", "--x")
	if want := "2 0.001 3 x (3, 4) [{'k': [1.5, inf]}] 1.0 True 7 ['sub/s.py', 'arg', '--x'] __main__ s.py 5\n99 99\n"; err != nil || out != want {
		t.Errorf("%v: %s", err, out)
	}

	write(t, filepath.Join(dir, "pkg", "__init__.py"), "")
	write(t, filepath.Join(dir, "pkg", "v.py"), "v = 4\n")
	write(t, filepath.Join(dir, "pkg", "mod.py"), "from . import v\nx = 1\nprint(x, v.v, __package__)\n")
	if out, err = run(t, dir, "globals", `{"x": 3}`, "-m", "pkg.mod"); err != nil || out != "3 4 pkg\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestHandOverErrors(t *testing.T) {
	dir := t.TempDir()
	script := write(t, filepath.Join(dir, "s.py"), "x = 1\n\ndef f():\n    raise ValueError(x)\n\nf()\n")
	out, err := run(t, dir, "globals", `{"x": 2}`, "s.py")
	if err == nil || !strings.HasPrefix(out, "Traceback (most recent call last):\n  File \""+script+"\", line 6, in <module>\n") ||
		!strings.HasSuffix(out, "ValueError: 2\n") || strings.Contains(out, "guild_main") {
		t.Errorf("%v: %s", err, out)
	}
	write(t, script, "x = (\n")
	if out, err = run(t, dir, "globals", `{"x": 2}`, "s.py"); err == nil || strings.Contains(out, "guild_main") || !strings.Contains(out, "SyntaxError") {
		t.Errorf("%v: %s", err, out)
	}
	write(t, script, "import sys\nsys.exit(3)\n")
	var exit *exec.ExitError
	if out, err = run(t, dir, "globals", `{}`, "s.py"); !errors.As(err, &exit) || exit.ExitCode() != 3 || out != "" {
		t.Errorf("%v: %s", err, out)
	}
	if out, err = run(t, dir, "globals", `{}`, "-m", "no_such_module"); err == nil || !strings.Contains(out, "no module named no_such_module") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestHandOverSpawn: processes that multiprocessing spawns see the values too.
func TestHandOverSpawn(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s.py"), `import multiprocessing, sys
x = 1
def work(i):
    return x + i
if __name__ == "__main__":
    for method in sys.argv[1:]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(work, [1, 2]))
`)
	if out, err := run(t, dir, "globals", `{"x": 10}`, "s.py", "spawn", "forkserver"); err != nil || out != "[11, 12]\n[11, 12]\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestHandOverParams(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s.py"), `import sys
from types import SimpleNamespace
params = other = {
    "i": 1, "d": {"x": 1, "y": 2}, "t": (1, 2), "a.b": 3, "ns": SimpleNamespace(z=1)}
print(params, other is params)
params = {}
print(params)
space = SimpleNamespace(i=1, l=[1])
print(space)
number = 1
print(number, sys.argv)
def fail():
    raise ValueError(1)
if len(sys.argv) > 1:
    fail()
`)
	const values = `{"i": 5, "d.x": 7, "d.z.w": 8, "t": [3], "a.b": 4, "ns.z": 9, "new.k": 1}`
	out, err := run(t, dir, "global:params", values, "s.py")
	want := "{'i': 5, 'd': {'x': 7, 'y': 2, 'z': {'w': 8}}, 't': (3,), 'a.b': 4, 'ns': namespace(z=9), 'new': {'k': 1}} True\n{}\n"
	if err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("%v: %s", err, out)
	}
	out, err = run(t, dir, "global:space", `{"i": 2, "l": [3, "x"]}`, "s.py", "arg")
	if err == nil || !strings.Contains(out, "namespace(i=2, l=[3, 'x'])\n1 ['s.py', 'arg']\n") || strings.Contains(out, "guild_main") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err = run(t, dir, "global:gone", `{"i": 2}`, "s.py"); err != nil || !strings.Contains(out, "namespace(i=1, l=[1])") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err = run(t, dir, "global:params", `{"i": 5, "i.j": 2}`, "s.py"); err == nil || !strings.Contains(out, "'i.j' cannot be set in 'params': 'i' is 5") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err = run(t, dir, "global:number", `{"i": 2}`, "s.py"); err == nil || !strings.Contains(out, "'number' is neither a dict nor a namespace") {
		t.Errorf("%v: %s", err, out)
	}
	write(t, filepath.Join(dir, "spawn.py"), `import multiprocessing
params = {"x": 1}
def work(i):
    return params["x"] + i
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [1, 2]))
`)
	if out, err := run(t, dir, "global:params", `{"x": 10}`, "spawn.py"); err != nil || out != "[11, 12]\n" {
		t.Errorf("%v: %s", err, out)
	}
}
