package source_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/project/projecttest"
)

func sourceOf(t *testing.T, files ...string) []string {
	t.Helper()
	p := projecttest.New(t, files...)
	src, err := projecttest.Find(t, p, "op").CopySource(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range src.Files {
		got = append(got, f.Path)
	}
	return got
}

func TestGuildignore(t *testing.T) {
	files := []string{"guild.yml", "op: {main: x}", "x.py", "", "data.csv", "1", "d/data.csv", "2", "d/e.txt", "3", "out/f.txt", "4",
		".guildignore", "*.csv\nout/\n!d/data.csv\n"}
	if diff := cmp.Diff([]string{"d/data.csv", "d/e.txt", "guild.yml", "x.py"}, sourceOf(t, files...)); diff != "" {
		t.Error(diff)
	}
	files[1] = "op: {main: x, sourcecode: [{include: data.csv}]}"
	if diff := cmp.Diff([]string{"d/data.csv", "d/e.txt", "data.csv", "guild.yml", "x.py"}, sourceOf(t, files...)); diff != "" {
		t.Error(diff)
	}
}

// TestPatternsByName finds a name in every directory, unless the pattern begins with a slash.
func TestPatternsByName(t *testing.T) {
	files := []string{"guild.yml", "op: {main: x, sourcecode: [a.txt, /b.txt, d/c.txt]}", "a.txt", "1", "b.txt", "2", "d/a.txt", "3",
		"d/b.txt", "4", "d/c.txt", "5", "e/d/c.txt", "6"}
	if diff := cmp.Diff([]string{"a.txt", "b.txt", "d/a.txt", "d/c.txt"}, sourceOf(t, files...)); diff != "" {
		t.Error(diff)
	}
}

// TestSourceOfGit: source code is what Git would take: files of all kinds, and files that are not added but not ignored.
func TestSourceOfGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	projecttest.WriteFiles(t, dir, "guild.yml", "op: {main: x}\nless: {main: x, sourcecode: {exclude: '*.bin', digest: no}}", "x.py", "", "logo.bin", "\x00\x01",
		".config/a.txt", "a", "build/b.txt", "b", "ignored/c.txt", "c", "notes.tmp", "d", "kept/f.txt", "f", "keep.tmp", "g",
		".gitignore", "ignored/\nkept\n*.tmp\n", ".guildignore", "b.txt\n!kept\n!keep.tmp\n", "private/.guild-nocopy", "", "private/e.txt", "e")
	for _, args := range [][]string{{"init", "-q", "."}, {"add", "x.py"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	p := projecttest.Load(t, dir)
	for op, want := range map[string][]string{
		"op":   {".config/a.txt", "guild.yml", "keep.tmp", "kept/f.txt", "logo.bin", "x.py"},
		"less": {".config/a.txt", "guild.yml", "keep.tmp", "kept/f.txt", "x.py"},
	} {
		src, err := projecttest.Find(t, p, op).CopySource(filepath.Join(t.TempDir(), "run"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range src.Files {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", op, diff)
		}
		if (src.Digest == "") != (op == "less") {
			t.Errorf("%s: digest %q", op, src.Digest)
		}
	}
}
