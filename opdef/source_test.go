package opdef_test

import (
	"crypto/sha1" // the form of manifests
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
)

func sourceProject(t *testing.T, ops string) *project.Project {
	t.Helper()
	p := projecttest.New(t, "guild.yml", ops, "hello.py", "print('hello')\n", "hello.pyc", "\x00\x01", "a.txt", "a", "empty", "", ".gitignore", "x",
		".hidden/x", "x", "__pycache__/hello.pyc", "\x00", "pkg/__pycache__/x", "x", "data/one.csv", "1", "data/sub/two.csv", "2",
		"subdir/logo.png", "\x89PNG\x00", "subdir/b.txt", "b", "venv/bin/activate", "x", "venv/lib.py", "x", "nocopy/.guild-nocopy", "",
		"nocopy/x", "x", "build/x", "x", "a run/.guild/attrs/id", "1", "a run/hello.py", "x")
	return p
}

func copied(t *testing.T, op *opdef.Operation, dst string) []string {
	t.Helper()
	c, err := op.CopySource(dst)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range c.Files {
		paths = append(paths, f.Path)
		data, err := os.ReadFile(filepath.Join(dst, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha1.Sum(data)
		if f.SHA1 != hex.EncodeToString(sum[:]) || f.Source != f.Path {
			t.Errorf("entry %+v does not describe the copy", f)
		}
	}
	var found []string
	err = filepath.WalkDir(dst, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dst, path)
			found = append(found, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(paths) {
		t.Errorf("%d files are listed and %d copied", len(paths), len(found))
	}
	return paths
}

func TestCopySource(t *testing.T) {
	const ops = `
python: {main: hello}
shell: {exec: x}
no: {main: hello, sourcecode: no}
empty: {main: hello, sourcecode: []}
pattern: {exec: x, sourcecode: '*.png'}
patterns: {exec: x, sourcecode: ['*.csv', hello.py]}
dir: {exec: x, sourcecode: data}
reset: {exec: x, sourcecode: [exclude: '*', a.txt]}
fewer: {exec: x, sourcecode: [exclude: ['*.py', 'data/*']]}
more: {exec: x, sourcecode: [include: '*.png']}
kinds: {exec: x, sourcecode: [exclude: {text: '*'}, include: {binary: '*.pyc'}]}
text: {exec: x, sourcecode: [exclude: '*', include: {text: 'subdir/*'}]}
dirs: {exec: x, sourcecode: [exclude: {dir: data}, include: {dir: .hidden}]}
main: {main: hello, sourcecode: [exclude: '*']}
select: {exec: x, sourcecode: {select: ['*.txt']}}
`
	p := sourceProject(t, ops)
	all := []string{".gitignore", "a.txt", "data/one.csv", "data/sub/two.csv", "empty", "guild.yml", "hello.py", "subdir/b.txt"}
	without := func(skip ...string) (out []string) {
		for _, f := range all {
			if !strings.Contains(strings.Join(skip, " "), f) {
				out = append(out, f)
			}
		}
		return out
	}
	for spec, want := range map[string][]string{
		"python":   all,
		"hello.py": all,
		"shell":    append([]string{".gitignore", "a.txt", "build/x"}, all[2:]...),
		"no":       nil,
		"empty":    nil,
		"pattern":  {"subdir/logo.png"},
		"patterns": {"data/one.csv", "data/sub/two.csv", "hello.py"},
		"dir":      {"data/one.csv", "data/sub/two.csv"},
		"reset":    {"a.txt"},
		"fewer":    append([]string{".gitignore", "a.txt", "build/x"}, without("hello.py", "data/one.csv", "data/sub/two.csv", ".gitignore", "a.txt")...),
		"more":     append([]string{".gitignore", "a.txt", "build/x"}, append(without(".gitignore", "a.txt"), "subdir/logo.png")...),
		"kinds":    {"hello.pyc"},
		"text":     {"subdir/b.txt"},
		"dirs":     append([]string{".gitignore", ".hidden/x", "a.txt", "build/x"}, without("data/one.csv", "data/sub/two.csv", ".gitignore", "a.txt")...),
		"main":     {"hello.py"},
		"select":   {"a.txt", "subdir/b.txt"},
		"queue":    nil,
	} {
		if d := cmp.Diff(want, copied(t, projecttest.Find(t, p, spec), filepath.Join(t.TempDir(), "run"))); d != "" {
			t.Errorf("%s: %s", spec, d)
		}
	}
}

func TestCopySourceDigest(t *testing.T) {
	digest := func(files ...string) string {
		op := projecttest.Find(t, projecttest.New(t, append([]string{"guild.yml", "op: {exec: x}"}, files...)...), "op")
		c, err := op.CopySource(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return c.Digest
	}
	base := digest("a.py", "1", "b.py", "2")
	if want := "7fabbf86489662b7da90feb66ad0f9f6"; base != want || base != digest("b.py", "2", "a.py", "1") { // of each path and content, each followed by a zero byte
		t.Errorf("digest %s is not that of the same tree", base)
	}
	for _, other := range []string{digest("a.py", "1", "b.py", "3"), digest("a.py", "1", "c.py", "2"), digest("a.py", "1"), digest("a.py", "2", "b.py", "1")} {
		if other == base {
			t.Error("different trees have the same digest")
		}
	}
}

func TestCopySourceLinks(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "op: {exec: x}", "a.txt", "a", "sub/b.txt", "b")
	secret := filepath.Join(t.TempDir(), "secret.txt")
	projecttest.WriteFiles(t, filepath.Dir(secret), "secret.txt", "s")
	for name, target := range map[string]string{"in.txt": "sub/b.txt", "sub/up.txt": "../a.txt", "out.txt": secret, "dir": filepath.Dir(secret),
		"gone.txt": "nowhere", "loop": "."} {
		if err := os.Symlink(target, filepath.Join(p.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"a.txt", "guild.yml", "in.txt", "sub/b.txt", "sub/up.txt"}
	dst := t.TempDir()
	if d := cmp.Diff(want, copied(t, projecttest.Find(t, p, "op"), dst)); d != "" {
		t.Error(d)
	}
	if info, err := os.Lstat(filepath.Join(dst, "in.txt")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("a link was not copied as the file it leads to: %v %v", info, err)
	}
}

func TestCopySourceIntoProject(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "op: {exec: x}", "a.txt", "a", "home/note.txt", "n", "home/runs/1/old.txt", "o")
	want := []string{"a.txt", "guild.yml", "home/note.txt"}
	if d := cmp.Diff(want, copied(t, projecttest.Find(t, p, "op"), filepath.Join(p.Dir, "home", "runs", "2"))); d != "" {
		t.Error(d)
	}
}

func TestCopySourceLimits(t *testing.T) {
	files := []string{"guild.yml", "op: {main: z}\nmore: {exec: x, sourcecode: ['*']}\n", "z.py", "pass\n"}
	for i := range 110 {
		files = append(files, fmt.Sprintf("%03d.txt", i), "x")
	}
	p := projecttest.New(t, files...)
	c, err := projecttest.Find(t, p, "op").CopySource(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Files); n != 101 || c.Files[n-1].Path != "z.py" || c.Files[99].Path != "099.txt" {
		t.Errorf("%d files are copied, the last is %s", n, c.Files[n-1].Path)
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "more than 100") {
		t.Errorf("warnings are %q", c.Warnings)
	}
	if got := copied(t, projecttest.Find(t, p, "more"), t.TempDir()); len(got) != 112 {
		t.Errorf("%d files are copied that a rule includes", len(got))
	}

	big := strings.Repeat("0", 1<<20)
	p = projecttest.New(t, "guild.yml", "op: {exec: x}\nmore: {exec: x, sourcecode: [include: '*.txt']}\n", "max.txt", big, "big.txt", big+"1", "big.bin", "\x00"+big)
	c, err = projecttest.Find(t, p, "op").CopySource(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 2 || len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], "big.txt is larger than 1 MiB") {
		t.Errorf("files %v, warnings %q", c.Files, c.Warnings)
	}
	if d := cmp.Diff([]string{"big.txt", "guild.yml", "max.txt"}, copied(t, projecttest.Find(t, p, "more"), t.TempDir())); d != "" {
		t.Error(d)
	}
}

func TestCopySourceText(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "op: {exec: x}", "utf8.txt", strings.Repeat("é", 5000), "latin1.txt", strings.Repeat("caf\xe9 au lait ", 50),
		"utf16.txt", "\xff\xfea\x00b\x00", "control.bin", strings.Repeat("\x01", 10), "random.bin", strings.Repeat("\x81\x92\xa3\xb4", 100), "exe.sh", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(p.Dir, "exe.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	dst := t.TempDir()
	if d := cmp.Diff([]string{"exe.sh", "guild.yml", "latin1.txt", "utf8.txt"}, copied(t, projecttest.Find(t, p, "op"), dst)); d != "" {
		t.Error(d)
	}
	if info, err := os.Stat(filepath.Join(dst, "exe.sh")); err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("an executable is copied as %v, %v", info, err)
	}
}
