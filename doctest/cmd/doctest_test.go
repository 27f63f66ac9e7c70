package cmd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"guild/doctest"
	"guild/runs/console"
)

// TestMain lets the test binary be the guild that documents run.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "guild" {
		fmt.Println("guild under test", strings.Join(os.Args[1:], " "))
		return
	}
	// Python itself starts faster than a wrapper does that chooses one.
	if out, err := exec.Command("python3", "-I", "-c", "import os, sys; print(os.path.dirname(sys.executable))").Output(); err == nil {
		path := strings.TrimSpace(string(out)) + string(os.PathListSeparator) + os.Getenv("PATH")
		if err := os.Setenv("PATH", path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// needPython skips a test where there is nothing to run documents with.
func needPython(t *testing.T) {
	t.Helper()
	if _, err := doctest.FindPython(); err != nil {
		t.Skip(err)
	}
}

// write puts documents into a new directory and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs the command and returns what it prints, words joined by single blanks and without the directory.
func run(t *testing.T, dir string, c Doctest) (string, error) {
	t.Helper()
	for i, name := range c.Files {
		c.Files[i] = filepath.Join(dir, name)
	}
	var out strings.Builder
	err := c.Run(t.Context(), &console.Console{Out: &out, Err: &out})
	return strings.Join(strings.Fields(strings.ReplaceAll(out.String(), dir+"/", "")), " "), err
}

func TestRun(t *testing.T) {
	needPython(t)
	dir := write(t, map[string]string{
		"good.md":  ">>> run('guild a b')\nguild under test a b\n",
		"bad.md":   ">>> 1\n2\n\n>>> 3\n4\n",
		"lines.md": ">>> print(\"a\\nb\\nc\")\na\nb\nd\n",
		"fixme.md": "---\ndoctest: +FIXME\n---\n>>> 1\n2\n",
		"paths.md": ">>> example('a'), sample('b'), exists(example('a')), exists(sample('b'))\n('/...', '/...', True, True)\n",
		"ex/a":     "", "sa/b": "",
	})
	const failure1, failure2 = "bad.md:1: failed example 1 Expected: 2 Got: 1", "bad.md:4: failed example 3 Expected: 4 Got: 3"
	tests := []struct {
		name string
		cmd  Doctest
		want string
		err  error
	}{
		{"good", Doctest{Files: []string{"good.md"}}, "good.md: ok documents: 1, failed: 0; examples: 1, failed: 0", nil},
		{"bad", Doctest{Files: []string{"bad.md", "good.md"}},
			failure1 + " " + failure2 + " bad.md: failed (2 of 2 examples) good.md: ok documents: 2, failed: 1; examples: 3, failed: 2", ErrFailed},
		{"fail fast", Doctest{Files: []string{"bad.md", "good.md"}, FailFast: true},
			failure1 + " bad.md: failed (1 of 1 example) documents: 1, failed: 1; examples: 1, failed: 1", ErrFailed},
		{"difference", Doctest{Files: []string{"lines.md"}, UDiff: true},
			`lines.md:1: failed example print("a\nb\nc") Differences (unified diff with -expected +actual): @@ -1,3 +1,3 @@ a b -d +c ` +
				"lines.md: failed (1 of 1 example) documents: 1, failed: 1; examples: 1, failed: 1", ErrFailed},
		{"skipped", Doctest{Files: []string{"fixme.md"}}, "fixme.md: ok (skipped) documents: 1, failed: 0; examples: 0, failed: 0", nil},
		{"forced", Doctest{Files: []string{"fixme.md"}, Force: true},
			"fixme.md:4: failed example 1 Expected: 2 Got: 1 fixme.md: failed (1 of 1 example) documents: 1, failed: 1; examples: 1, failed: 1", ErrFailed},
		{"not found", Doctest{Files: []string{"none.md", "good.md"}},
			"none.md: not found good.md: ok documents: 2, failed: 1; examples: 1, failed: 0", ErrFailed},
		{"directories", Doctest{Files: []string{"paths.md"}, Examples: filepath.Join(dir, "ex"), Samples: filepath.Join(dir, "sa")},
			"paths.md: ok documents: 1, failed: 0; examples: 1, failed: 0", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := run(t, dir, tt.cmd)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got error %v and:\n%s\nwant error %v and:\n%s", err, got, tt.err, tt.want)
			}
		})
	}
}

// TestNoPython checks that there is one line for all documents, which says what to do.
func TestNoPython(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	out, err := run(t, t.TempDir(), Doctest{Files: []string{"a.md", "b.md"}})
	if err == nil || out != "" || !strings.Contains(err.Error(), "install Python 3.8 or later") {
		t.Errorf("got error %v and %q", err, out)
	}
}

func TestNoDirectory(t *testing.T) {
	dir := write(t, map[string]string{"file": ""})
	for _, c := range []Doctest{{Examples: filepath.Join(dir, "none")}, {Samples: filepath.Join(dir, "file")}} {
		if _, err := run(t, dir, c); err == nil || !strings.HasPrefix(err.Error(), "no directory /") {
			t.Errorf("got error %v", err)
		}
	}
}

func TestUAT(t *testing.T) {
	needPython(t)
	dir := write(t, map[string]string{
		"README.md": "- [a](a.md)\n- [b](b.md)\n- [c](c.md)\n",
		"a.md":      ">>> run('guild in $WORKSPACE')\nguild under test in ...work\n",
		"b.md":      ">>> 1\n2\n",
		"c.md":      ">>> 1\n1\n",
	})
	t.Setenv("WORKSPACE", filepath.Join(dir, "work"))
	c := Doctest{Files: []string{"README.md"}, UAT: true}
	got, err := run(t, dir, c)
	want := "a.md: ok b.md:1: failed example 1 Expected: 2 Got: 1 b.md: failed (1 of 1 example) documents: 2, failed: 1; examples: 2, failed: 1"
	if got != want || !errors.Is(err, ErrFailed) {
		t.Errorf("got error %v and:\n%s\nwant:\n%s", err, got, want)
	}
	t.Setenv("WORKSPACE", "")
	if _, err := run(t, dir, Doctest{Files: []string{"README.md"}, UAT: true}); err == nil || errors.Is(err, ErrFailed) {
		t.Errorf("got error %v without a workspace", err)
	}
}
