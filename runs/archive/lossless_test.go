package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/process"
	"guild/runs/replace"
)

// TestManyAtOnce exports each run of a store to one place, all concurrently.
func TestManyAtOnce(t *testing.T) {
	for kind, path := range places(t) {
		s := runs.Open(t.TempDir())
		const n = 6
		for i := range n {
			d, err := s.Draft(string(rune('a' + i)))
			ok(t, err)
			ok(t, os.WriteFile(filepath.Join(d.Dir(), "file"), []byte{byte(i)}, 0o666))
			_, err = d.Commit(runs.Completed)
			ok(t, err)
		}
		var wg sync.WaitGroup
		for _, r := range list(t, s) {
			wg.Go(func() {
				out := Transfer{Move: true}
				if res, err := out.to(s, []*runs.Run{r}, path); err != nil || res.Done != 1 {
					t.Errorf("%s: %+v, %v", r.ID, res, err)
				}
			})
		}
		wg.Wait()
		p, err := At(path)
		ok(t, err)
		there, done, err := p.List(t.Context())
		ok(t, err)
		if ids(there) != "abcdef" || ids(list(t, s)) != "" {
			t.Errorf("%s: there %s, left in the store %s", kind, ids(there), ids(list(t, s)))
		}
		done()
	}
}

// exchange exports run a of a store to a place, and imports it to another store.
func exchange(t *testing.T, out *Transfer, s *runs.Store, path string) (there string, said []string) {
	t.Helper()
	r, err := s.Get("a")
	ok(t, err)
	note := func(format string, args ...any) { said = append(said, strings.TrimSpace(fmt.Sprintf(format, args...))) }
	out.Note = note
	_, err = out.to(s, []*runs.Run{r}, path)
	ok(t, err)
	p, err := At(path)
	ok(t, err)
	all, done, err := p.List(t.Context())
	ok(t, err)
	defer done()
	other := runs.Open(t.TempDir())
	_, err = (&Transfer{Note: note}).ToStore(t.Context(), p, all, other)
	ok(t, err)
	return filepath.Join(other.Root(), "a"), said
}

// TestUsersNames: only names that guild itself makes, where it makes them, are left out.
func TestUsersNames(t *testing.T) {
	for kind, path := range places(t) {
		s := newStore(t)
		r, err := s.Get("a")
		ok(t, err)
		users := []string{".tmp-mine", "sub/.tmp-1", ".nfs0001", "sub/.nfsxyz", ".guild/.tmp-mine", ".guild/attrs/.nfs-mine", "sub/" + process.TempName("x"), ".guild-nocopy"}
		own := []string{".guild/" + process.TempName("status"), ".guild/attrs/" + process.TempName("label"), ".guild/.nfs00000000005a", ".guild/" + replace.Prefix + "1/x"}
		ok(t, os.Mkdir(r.GuildPath(replace.Prefix+"1"), 0o777))
		for _, name := range slices.Concat(users, own) {
			ok(t, os.WriteFile(r.Path(name), []byte("x"), 0o666))
		}
		there, _ := exchange(t, &Transfer{}, s, path)
		for _, name := range users {
			if _, err := os.Lstat(filepath.Join(there, name)); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		for _, name := range own {
			if _, err := os.Lstat(filepath.Join(there, name)); err == nil {
				t.Errorf("%s: %s is taken along", kind, name)
			}
		}
	}
}

// TestHoles: a sparse file stays sparse.
func TestHoles(t *testing.T) {
	for kind, path := range places(t) {
		s := newStore(t)
		r, err := s.Get("a")
		ok(t, err)
		const size = 64 << 20
		f, err := os.Create(r.Path("sparse"))
		ok(t, err)
		_, err = f.WriteAt([]byte("x"), size/2)
		ok(t, errors.Join(err, f.Truncate(size), f.Close()))
		there, _ := exchange(t, &Transfer{}, s, path)
		st, err := os.Stat(filepath.Join(there, "sparse"))
		ok(t, err)
		if taken := st.Sys().(*syscall.Stat_t).Blocks * 512; st.Size() != size || taken > size/8 {
			t.Errorf("%s: %d bytes, of which %d take place", kind, st.Size(), taken)
		}
	}
}

// TestUnfit: what cannot be copied is listed, and runs with such files are not moved.
func TestUnfit(t *testing.T) {
	for kind, path := range places(t) {
		s := newStore(t)
		r, err := s.Get("a")
		ok(t, err)
		ok(t, unix.Mkfifo(r.Path("sub", "fifo"), 0o666))
		ok(t, os.Symlink(r.Path("sub", "file"), r.GuildPath("note")))
		before := tree2(t, s.Root())
		for _, follow := range []bool{false, true} {
			out := Transfer{Move: true, CopyResources: follow}
			res, err := out.to(s, list(t, s), path)
			if err == nil || res.Done > 0 || !strings.Contains(err.Error(), "cannot be moved: nothing of the run is removed") {
				t.Errorf("%s: move: %+v, %v", kind, res, err)
			}
		}
		if after := tree2(t, s.Root()); !maps.Equal(after, before) {
			t.Errorf("%s: was %v\nis %v", kind, before, after)
		}
		there, said := exchange(t, &Transfer{}, s, path)
		for _, want := range []string{
			"WARNING: sub/fifo of run a is left out: it is a pipe",
			"WARNING: .guild/note of run a is left out: it is a link among guild's own files, of which none is a link",
		} {
			if !slices.Contains(said, want) {
				t.Errorf("%s: %q says nothing of %q", kind, said, want)
			}
		}
		if _, err := os.Lstat(filepath.Join(there, ".guild", "note")); err == nil {
			t.Errorf("%s: the link is there", kind)
		}
	}
}

// tree2 is tree, but opens only regular files.
func tree2(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	ok(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		all[path] = e.Type().String()
		return err
	}))
	return all
}

// TestForeignLinks imports another user's runs whose own files are links.
func TestForeignLinks(t *testing.T) {
	thesis := filepath.Join(t.TempDir(), "thesis.txt")
	ok(t, os.WriteFile(thesis, []byte("thesis"), 0o666))
	links := map[string]string{".guild/output": thesis, ".guild/attrs/label": "/dev/zero", ".guild/attrs/tags": thesis, ".guild/LOCK": thesis}
	dir := filepath.Join(t.TempDir(), "dir")
	packed := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(packed)
	ok(t, err)
	w := zip.NewWriter(f)
	for name, text := range map[string]string{".guild/opref": "", ".guild/status": "completed\n", "file": "x"} {
		ok(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, "a", name)), 0o777))
		ok(t, os.WriteFile(filepath.Join(dir, "a", name), []byte(text), 0o666))
		to, err := w.Create("a/" + name)
		ok(t, err)
		_, err = to.Write([]byte(text))
		ok(t, err)
	}
	for name, target := range links {
		ok(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, "a", name)), 0o777))
		ok(t, os.Symlink(target, filepath.Join(dir, "a", name)))
		h := &zip.FileHeader{Name: "a/" + name}
		h.SetMode(fs.ModeSymlink | 0o777)
		to, err := w.CreateHeader(h)
		ok(t, err)
		_, err = to.Write([]byte(target))
		ok(t, err)
	}
	ok(t, errors.Join(w.Close(), f.Close()))
	for _, path := range []string{dir, packed} {
		p, err := At(path)
		ok(t, err)
		all, done, err := p.List(t.Context())
		ok(t, err)
		if len(all) != 1 || all[0].Label() != "" || len(all[0].Tags()) > 0 {
			t.Errorf("%s: what links lead to is read: %q", path, all[0].Label())
		}
		s := runs.Open(t.TempDir())
		if !p.Zip {
			if _, err := (&Transfer{Move: true}).ToStore(t.Context(), p, all, s); err == nil || !strings.Contains(err.Error(), "cannot be moved") {
				t.Errorf("move: %v", err)
			}
		}
		res, err := (&Transfer{}).ToStore(t.Context(), p, all, s)
		if err != nil || res.Done != 1 {
			t.Fatalf("%+v, %v", res, err)
		}
		done()
		for name := range links {
			if st, err := os.Lstat(filepath.Join(s.Root(), "a", name)); err == nil && !st.Mode().IsRegular() {
				t.Errorf("%s: %s is there", path, name)
			}
		}
	}
	if data, err := os.ReadFile(thesis); err != nil || string(data) != "thesis" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestVerify: a copy that differs from its original is detected.
func TestVerify(t *testing.T) {
	s := newStore(t)
	r, err := s.Get("a")
	ok(t, err)
	for what, change := range map[string]func(dir string) error{
		"nothing": func(string) error { return nil },
		"a byte":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "sub", "file"), []byte("A"), 0o666) },
		"longer":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "sub", "file"), []byte("aa"), 0o666) },
		"a file":  func(dir string) error { return os.Remove(filepath.Join(dir, "sub", "file")) },
		"a link": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "link")), os.Symlink("x", filepath.Join(dir, "link")))
		},
		"directory": func(dir string) error { return os.Remove(filepath.Join(dir, "sub", "empty")) },
	} {
		dir := filepath.Join(t.TempDir(), "copy")
		var k Transfer
		_, err := k.walk(t.Context(), r.Dir, copier{ctx: t.Context(), to: dir})
		ok(t, errors.Join(err, change(dir)))
		if err := k.verify(t.Context(), r.Dir, dirCopy(dir)); (err == nil) != (what == "nothing") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestPacked: a zip file keeps its contents, a link to it stays a link, and an interrupted write loses no run.
func TestPacked(t *testing.T) {
	s := newStore(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "real.zip")
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	ok(t, err)
	w := zip.NewWriter(f)
	ok(t, w.SetComment("mine"))
	to, err := w.Create("notes.txt")
	ok(t, err)
	_, err = to.Write([]byte("notes"))
	ok(t, errors.Join(err, w.Close(), f.Close(), os.Symlink("real.zip", filepath.Join(dir, "link.zip"))))
	_, err = (&Transfer{Move: true}).ToZip(t.Context(), s, list(t, s), filepath.Join(dir, "link.zip"))
	ok(t, err)
	if text, err := os.Readlink(filepath.Join(dir, "link.zip")); err != nil || text != "real.zip" {
		t.Errorf("the link: %q, %v", text, err)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	z, err := zip.OpenReader(file)
	ok(t, err)
	defer z.Close()
	if z.Comment != "mine" || z.File[0].Name != "notes.txt" {
		t.Errorf("%q, %s", z.Comment, z.File[0].Name)
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	other := newStore(t) // the same runs with other times
	r, err := other.Get("a")
	ok(t, err)
	if err := (&Transfer{}).verify(t.Context(), r.Dir, zipCopy{"a", files}); err == nil {
		t.Error("another run counts as a copy")
	}
	delete(files, "b/sub/file")
	left := []held{{run: r}}
	if err := (&Transfer{}).removePacked(t.Context(), other, left, file); err == nil || ids(list(t, other)) != "abc" {
		t.Errorf("%v, left %s", err, ids(list(t, other)))
	}
}
