package python_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guild/opdef/python"
)

// TestOpMain runs scripts by `python -um guild.op_main`, for which python_test.go and opdef.TestOpMainValues check the rest.
func TestOpMain(t *testing.T) {
	exe, dir := interpreter(t), t.TempDir()
	library, err := python.LibraryPath(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	script := write(t, filepath.Join(dir, "sub", "s.py"), `import os, sys, helper
x = 1
print(x, sys.argv, __name__, __spec__, sys.path[0], "guild" in sys.modules)
`)
	write(t, filepath.Join(dir, "sub", "helper.py"), "")
	write(t, filepath.Join(dir, "params.py"), "p = {'a': 1, 'b': {'c': 2}}\nprint(p)\n")
	write(t, filepath.Join(dir, "noext"), "x = 1\nprint(x)\n")
	write(t, filepath.Join(dir, "pkg", "mod.py"), "x = 1\nprint(x, __spec__.name)\n")
	write(t, filepath.Join(dir, "log.py"), "x = 1\nimport guild\nguild.runs\nprint(x, guild.__name__)\n")
	write(t, filepath.Join(dir, "fail.py"), "def f():\n    raise ValueError(x)\nx = 1\nf()\n")
	write(t, filepath.Join(dir, "wrong.py"), "x = (\n")
	write(t, filepath.Join(dir, "spawn.py"), `import multiprocessing
x = 1
def work(i):
    return x + i
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [1, 2]))
`)
	byModule, byPath := []string{"-um", "guild.op_main"}, []string{"-u", python.OpMain(library)}
	for _, tt := range []struct {
		start            []string
		dest, args, want string
	}{
		{byPath, "globals", "sub/s a --x -- --x 5", "5 ['sub/s.py', 'a', '--x'] __main__ None " + filepath.Dir(script) + " False\n"},
		{byModule, "globals", "sub/s a --x -- --x 5", "5 ['sub/s.py', 'a', '--x'] __main__ None " + filepath.Dir(script) + " False\n"},
		{byModule, "globals", "sub/s -- --", "1 ['sub/s.py', '--'] __main__ None " + filepath.Dir(script) + " False\n"},
		{byModule, "globals", "pkg.mod -- --x a", "a pkg.mod\n"},
		{byModule, "globals", "./noext -- --x 2.0", "2.0\n"},
		{byModule, "globals", "log -- --x true", "True guild\n"},
		{byModule, "globals", "spawn -- --x 10", "[11, 12]\n"},
		{byPath, "globals", "spawn -- --x 10", "[11, 12]\n"},
		{byModule, "global:p", `params -- --b.c 5 --a "1"`, "{'a': '1', 'b': {'c': 5}}\n"},
		{byModule, "globals", "fail -- --x 3", `Traceback (most recent call last):
  File "` + dir + `/fail.py", line 4, in <module>
    f()
  File "` + dir + `/fail.py", line 2, in f
    raise ValueError(x)
ValueError: 3
`},
		{byModule, "globals", "none -- --x 1", exe + ": no module named none can be run\n"},
		{byModule, "args", "guild.pass a -- --x 1 --y *", "a --x 1 --y '*'\n"},
		{byModule, "args", "guild.pass --", ""},
		{byModule, "globals", "guild.pass a -- --x 1", "a\n"},
		{byModule, "globals", "pkg.mod --x a", "a pkg.mod\n"},
		{byModule, "args", "sub/s a --x 5", "1 ['sub/s.py', 'a', '--x', '5'] __main__ None " + filepath.Dir(script) + " False\n"},
	} {
		cmd := exec.Command(exe, slices.Concat(tt.start, strings.Fields(tt.args))...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PYTHONPATH="+library, "FLAGS_DEST="+tt.dest)
		out, err := cmd.CombinedOutput()
		got := string(out)
		if strings.HasPrefix(tt.want, "Traceback") { // newer versions of Python mark the place in a line
			lines := strings.SplitAfter(got, "\n")
			got = ""
			for _, line := range lines {
				if strings.Trim(line, " ~^\n") != "" {
					got += line
				}
			}
		}
		if got != tt.want || (err != nil) != (strings.Contains(tt.want, "Traceback") || strings.Contains(tt.want, "no module")) {
			t.Errorf("%s: %v\n%s\nwant\n%s", tt.args, err, got, tt.want)
		}
	}
	cmd := exec.Command(exe, "-um", "guild.op_main", "wrong", "--")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PYTHONPATH="+library)
	if out, err := cmd.CombinedOutput(); err == nil || strings.Contains(string(out), "op_main") || !strings.Contains(string(out), "SyntaxError") {
		t.Errorf("%v: %s", err, out)
	}
}
