package made

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecord(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		ok(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777))
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	write("a", "ours")
	write("sub/b", "ours")
	write("c", "theirs")
	r, err := In(dir)
	ok(t, err)
	ok(t, r.Add("a"))
	ok(t, r.Add("sub/b"))
	ok(t, Check(dir, "a", "sub/b", "nothing"))
	for _, tt := range []struct{ change, text, want string }{
		{"", "", "c"}, {"sub/b", "changed", "c sub/b"}, {"a", "", "a c sub/b"}, {"a", "ours", "c sub/b"},
	} {
		if tt.change != "" {
			write(tt.change, tt.text)
		}
		r, err := In(dir)
		ok(t, err)
		names, err := r.Below(".")
		ok(t, err)
		names = slices.DeleteFunc(names, func(n string) bool { return n == recordName })
		foreign, err := r.Foreign(names...)
		ok(t, err)
		if got := strings.Join(foreign, " "); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
	if err := Check(dir, "a", "c", "sub/b"); err == nil || !strings.Contains(err.Error(), "c (and 1 more) was not written by guild") {
		t.Errorf("%v", err)
	}
	ok(t, os.Remove(filepath.Join(dir, "a")))
	ok(t, os.Symlink("c", filepath.Join(dir, "a")))
	if Check(dir, "a") == nil {
		t.Error("a link in the place of a file of ours is replaced")
	}
}

func TestNoCopy(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, NoCopyName)
	ok(t, os.WriteFile(name, []byte("of the user\n\na  b\n"), 0o666))
	ok(t, Write(dir, map[string]string{"a": "ours"}, false))
	ok(t, Write(dir, map[string]string{"a": "ours, too", "sub/b": ""}, false))
	data, err := os.ReadFile(name)
	ok(t, err)
	if !strings.HasPrefix(string(data), "of the user\n\na  b\n") || strings.Count(string(data), "\n") != 5 {
		t.Errorf("%s", data)
	}
	if _, err := os.Lstat(filepath.Join(dir, recordName)); err == nil {
		t.Error("there are two records")
	}
}

func TestSeal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	ok(t, CheckSealed(path))
	for text, sealed := range map[string]bool{
		Seal(""): true, Seal("a\n"): true, "": false, "a\n": false, Seal("a\n") + "b\n": false, "b\n" + Seal("a\n"): false,
	} {
		ok(t, os.WriteFile(path, []byte(text), 0o666))
		if err := CheckSealed(path); (err == nil) != sealed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPrepare(t *testing.T) {
	dir, next := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		t.Helper()
		ok(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777))
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	write(dir, "a/old", "1")
	write(dir, "b/kept", "2")
	r, err := In(dir)
	ok(t, err)
	ok(t, r.Add("a/old", "b/kept"))
	write(next, "a/new", "3")
	ok(t, r.Prepare(next, "a"))
	// As after replacing a by what was prepared.
	ok(t, os.RemoveAll(filepath.Join(dir, "a")))
	ok(t, os.Rename(filepath.Join(next, "a"), filepath.Join(dir, "a")))
	ok(t, os.Rename(filepath.Join(next, recordName), filepath.Join(dir, recordName)))
	ok(t, Check(dir, "a/new", "b/kept"))
	write(dir, "a/old", "1")
	if Check(dir, "a/old") == nil {
		t.Error("what was replaced still counts as ours")
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	say := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	ok(t, File(path, false, say("")))
	ok(t, File(path, false, say("first")))
	if err := File(path, false, say("second")); err == nil || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("%v", err)
	}
	ok(t, File(path, true, say("third")))
	if data, err := os.ReadFile(path); err != nil || string(data) != "third" {
		t.Errorf("%q, %v", data, err)
	}
}
