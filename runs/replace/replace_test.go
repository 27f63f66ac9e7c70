package replace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// tree returns all that is below dir: contents of files, texts of links.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		switch {
		case e.IsDir():
			all[rel] = "directory"
		case e.Type() == fs.ModeSymlink:
			all[rel], err = os.Readlink(path)
		default:
			var data []byte
			data, err = os.ReadFile(path)
			all[rel] = string(data)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func begin(t testing.TB, root, in string) *Set {
	t.Helper()
	s, err := Begin(root, in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSet(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"a": "old", "gone/deep/x": "old", "kept": "old", "dir/report": "old", "was/a/dir": "old"})
	s := begin(t, root, root)
	write(t, s.Dir(), map[string]string{"a": "new", "new/b": "new", "dir/page": "new", "gone": "now a file", "was": "now a file"})
	s.Remove("gone/deep/x")
	s.Remove("nothing/at/all")
	for _, path := range []string{"a", "new/b", "dir", "gone", "was"} {
		s.Put(path)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	want := map[string]string{"a": "new", "kept": "old", "new": "directory", "new/b": "new", "dir": "directory", "dir/page": "new",
		"gone": "now a file", "was": "now a file"}
	if got := tree(t, root); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestNothingLost changes a tree at random; a step fails, or the process is killed after a step: the tree is then as before.
func TestNothingLost(t *testing.T) {
	paths := []string{"a", "b", "a/x", "b/x", "b/y/z", "c/d/e"}
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(root, ".guild")
		if err := os.Mkdir(in, 0o777); err != nil {
			t.Fatal(err)
		}
		for _, path := range rapid.SliceOfDistinct(rapid.SampledFrom(paths), rapid.ID[string]).Draw(rt, "there") {
			_ = os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o777) // one of the two is a file
			_ = os.WriteFile(filepath.Join(root, path), []byte("old "+path), 0o666)
		}
		before := tree(t, root)
		s := begin(t, root, in)
		for _, path := range rapid.SliceOf(rapid.SampledFrom(paths)).Draw(rt, "remove") {
			s.Remove(path)
		}
		for _, path := range rapid.SliceOfDistinct(rapid.SampledFrom(paths), rapid.ID[string]).Draw(rt, "put") {
			_ = os.MkdirAll(filepath.Dir(filepath.Join(s.Dir(), path)), 0o777)
			_ = os.WriteFile(filepath.Join(s.Dir(), path), []byte("new "+path), 0o666)
			s.Put(path) // of two contradicting steps one cannot be done
		}
		if rapid.Bool().Draw(rt, "killed") {
			s.plan.addDirs(root)
			if err := s.writePlan(); err != nil {
				t.Fatal(err)
			}
			for i := range rapid.IntRange(0, len(s.plan.Steps)).Draw(rt, "steps") {
				if s.apply(root, i) != nil {
					break
				}
			}
			s.unlock() // as the kernel does
			begin(t, root, in).Discard()
		} else {
			s.Put("missing") // was never prepared
			if err := s.Commit(); !errors.Is(err, fs.ErrNotExist) && !isAbsent(err) && !errors.Is(err, fs.ErrExist) {
				rt.Errorf("a step that cannot be done: %v", err)
			}
			s.Discard()
		}
		if after := tree(t, root); !maps.Equal(after, before) {
			rt.Errorf("was %v\nis  %v", before, after)
		}
	})
}

// TestLiving: what another live process is about to do is left alone.
func TestLiving(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"a": "old"})
	s := begin(t, root, root)
	begin(t, root, root).Discard()
	write(t, s.Dir(), map[string]string{"a": "new"})
	s.Put("a")
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	if got := tree(t, root); !maps.Equal(got, map[string]string{"a": "new"}) {
		t.Errorf("%v", got)
	}
}

// TestHostilePlan: another user's directory has a plan that would write elsewhere.
func TestHostilePlan(t *testing.T) {
	for name, plan := range map[string]string{
		"another root":       `{"root":"..","steps":[{"path":"victim"}]}`,
		"a path that is out": `{"root":".","steps":[{"path":"../victim"}]}`,
		"through a link":     `{"root":".","steps":[{"path":"link/victim"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			root := filepath.Join(top, "cloned")
			aside := filepath.Join(root, Prefix+"1")
			write(t, top, map[string]string{"victim": "mine"})
			write(t, aside, map[string]string{"plan": plan, "old/0": "evil"})
			if err := os.Symlink("..", filepath.Join(root, "link")); err != nil {
				t.Fatal(err)
			}
			if err := Recover(root, root); err == nil {
				t.Error("no error")
			}
			if data, err := os.ReadFile(filepath.Join(top, "victim")); err != nil || string(data) != "mine" {
				t.Errorf("%s, %v", data, err)
			}
		})
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a": "old"})
	path := filepath.Join(dir, "link")
	if err := errors.Join(os.Chmod(filepath.Join(dir, "a"), 0o640), os.Symlink("a", path)); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("failed")
	if err := File(path, func(w io.Writer) error { fmt.Fprint(w, "half"); return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"a": "old", "link": "a"}) {
		t.Errorf("after a failure: %v", got)
	}
	if err := Bytes(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"a": "new", "link": "a"}) {
		t.Errorf("%v", got)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if err := Bytes(os.DevNull, []byte("x")); err != nil {
		t.Errorf("a device: %v", err)
	}
	if err := Bytes(filepath.Join(dir, "new", "b"), []byte("b")); err != nil {
		t.Error(err)
	}
}
