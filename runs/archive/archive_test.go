package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/made"
	"guild/runs/process"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newStore makes a store with runs a (completed), b (staged) and c (completed), each with files and a link.
func newStore(t *testing.T) *runs.Store {
	t.Helper()
	s := runs.Open(t.TempDir())
	for _, id := range []string{"a", "b", "c"} {
		d, err := s.Draft(id)
		ok(t, err)
		ok(t, d.SetAttrs(map[string]any{"label": "run " + id}))
		ok(t, os.MkdirAll(filepath.Join(d.Dir(), "sub", "empty"), 0o777))
		ok(t, os.WriteFile(filepath.Join(d.Dir(), "sub", "file"), []byte(id), 0o640))
		ok(t, os.Symlink("sub/file", filepath.Join(d.Dir(), "link")))
		ok(t, os.Symlink("/nowhere/at/all", filepath.Join(d.Dir(), "dangling")))
		status := runs.Completed
		if id == "b" {
			status = runs.Staged
		}
		r, err := d.Commit(status)
		ok(t, err)
		if id == "b" {
			ok(t, s.Stage(r))
		}
	}
	return s
}

func list(t *testing.T, s *runs.Store) []*runs.Run {
	t.Helper()
	all, err := catalog.New(s, nil).List()
	ok(t, err)
	slices.SortFunc(all, func(a, b *runs.Run) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func ids(all []*runs.Run) string {
	var names []string
	for _, r := range all {
		names = append(names, r.ID)
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

// tree describes what is below a directory: modes, contents and links, without modes of directories.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	ok(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		switch {
		case d.IsDir():
			all[rel] = "directory"
		case d.Type()&fs.ModeSymlink != 0:
			all[rel], err = os.Readlink(path)
		default:
			var data []byte
			data, err = os.ReadFile(path)
			st, _ := d.Info()
			all[rel] = st.Mode().String() + " " + string(data)
		}
		return err
	}))
	return all
}

func places(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"directory": filepath.Join(t.TempDir(), "new", "place"), "zip": filepath.Join(t.TempDir(), "new", "runs.zip")}
}

func (t *Transfer) to(s *runs.Store, all []*runs.Run, path string) (Result, error) {
	if IsZip(path) {
		return t.ToZip(context.Background(), s, all, path)
	}
	return t.ToDir(context.Background(), s, all, path)
}

func TestThereAndBack(t *testing.T) {
	for kind, path := range places(t) {
		for _, move := range []bool{false, true} {
			t.Run(kind, func(t *testing.T) {
				if move {
					path = filepath.Join(t.TempDir(), filepath.Base(path))
				}
				s := newStore(t)
				before := map[string]map[string]string{}
				for _, r := range list(t, s) {
					before[r.ID] = tree(t, r.Dir)
				}
				all := list(t, s)
				out := Transfer{Move: move}
				for _, part := range [][]*runs.Run{all[:1], all} { // the second time a exists already
					res, err := out.to(s, part, path)
					if want := map[int]int{1: 1, 3: 2}[len(part)]; err != nil || res.Done != want && !move {
						t.Fatalf("%+v, %v", res, err)
					}
				}
				if left := ids(list(t, s)); left != map[bool]string{false: "abc"}[move] {
					t.Errorf("left in the store: %s", left)
				}
				if staged, err := s.Staged(nil); err != nil || len(staged) != map[bool]int{false: 1}[move] {
					t.Errorf("staged: %v, %v", staged, err)
				}
				p, err := At(path)
				ok(t, err)
				archived, done, err := p.List(context.Background())
				ok(t, err)
				defer done()
				if ids(archived) != "abc" || archived[0].Label() == "" {
					t.Errorf("in the archive: %s", ids(archived))
				}
				other := runs.Open(t.TempDir())
				in := Transfer{Move: move && !p.Zip, Stage: true}
				res, err := in.ToStore(context.Background(), p, archived, other)
				if err != nil || res.Done != 3 {
					t.Fatalf("%+v, %v", res, err)
				}
				for _, r := range list(t, other) {
					if after := tree(t, r.Dir); !maps.Equal(after, before[r.ID]) {
						t.Errorf("%s:\n%v\nwant\n%v", r.ID, after, before[r.ID])
					}
				}
				if staged, err := other.Staged(nil); err != nil || len(staged) != 1 || staged[0].ID != "b" {
					t.Errorf("staged there: %v, %v", staged, err)
				}
				if claim, err := other.Claim("b"); err != nil {
					t.Errorf("claim what was imported: %v", err)
				} else {
					ok(t, claim.Lock.Close())
				}
				if names := temporary(t, other.Root(), filepath.Dir(path), path); len(names) > 0 {
					t.Errorf("left over: %s", names)
				}
				if move && !p.Zip {
					if again, _, err := p.List(context.Background()); err != nil || len(again) > 0 {
						t.Errorf("left in the archive: %s, %v", ids(again), err)
					}
				}
			})
		}
	}
}

// temporary returns the temporary names in directories.
func temporary(t *testing.T, dirs ...string) []string {
	t.Helper()
	var left []string
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if n := e.Name(); n[0] == '.' && n != made.NoCopyName && n != ".staged" && n != ".claimed" && filepath.Ext(n) != ".lock" {
				left = append(left, filepath.Join(dir, n))
			}
		}
	}
	return left
}

// A running run is neither copied nor moved, and the others are.
func TestRunning(t *testing.T) {
	for _, path := range places(t) {
		s := newStore(t)
		r, err := s.Get("a")
		ok(t, err)
		l, err := r.TryLock()
		ok(t, err)
		var said strings.Builder
		out := Transfer{Move: true, Note: func(format string, args ...any) { said.WriteString(strings.ReplaceAll(format, "%s", args[0].(string))) }}
		res, err := out.to(s, list(t, s), path)
		if err != nil || res != (Result{Done: 2, Running: 1}) || !strings.Contains(said.String(), "WARNING: a is running") {
			t.Errorf("%+v, %v: %s", res, err, said.String())
		}
		if ids(list(t, s)) != "a" {
			t.Errorf("left: %s", ids(list(t, s)))
		}
		ok(t, l.Close())
	}
}

// An interruption leaves all runs where they are, and no part of one elsewhere.
func TestInterrupted(t *testing.T) {
	for _, path := range places(t) {
		s := newStore(t)
		ctx, cancel := context.WithCancel(context.Background())
		out := Transfer{Move: true, CopyResources: true, Note: func(string, ...any) { cancel() }} // while the first is copied
		for _, r := range list(t, s) {
			ok(t, os.Remove(r.Path("dangling")))
		}
		var err error
		if IsZip(path) {
			_, err = out.ToZip(ctx, s, list(t, s), path)
		} else {
			_, err = out.ToDir(ctx, s, list(t, s), path)
		}
		if !errors.Is(err, context.Canceled) || ids(list(t, s)) != "abc" {
			t.Errorf("%v, left %s", err, ids(list(t, s)))
		}
		if _, err := os.Stat(filepath.Join(path, "a")); !errors.Is(err, fs.ErrNotExist) && !IsZip(path) {
			t.Errorf("half a run: %v", err)
		}
		if _, err := os.Stat(path); IsZip(path) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("half a file: %v", err)
		}
		if left := temporary(t, filepath.Dir(path), path); len(left) > 0 {
			t.Errorf("left over: %s", left)
		}
	}
}

// TestImportInterrupted: an interrupted import has copied the first runs, and nothing of the rest.
func TestImportInterrupted(t *testing.T) {
	for _, path := range places(t) {
		out := Transfer{}
		from := newStore(t)
		_, err := out.to(from, list(t, from), path)
		ok(t, err)
		place := Place{Path: path, Zip: IsZip(path)}
		all, done, err := place.List(t.Context())
		ok(t, err)
		slices.SortFunc(all, func(a, b *runs.Run) int { return strings.Compare(a.ID, b.ID) })
		s := runs.Open(t.TempDir())
		ctx, cancel := context.WithCancel(t.Context())
		in := Transfer{Move: !place.Zip, CopyResources: !place.Zip, Note: func(_ string, args ...any) {
			if args[0] == "c" { // while the last is copied
				cancel()
			}
		}}
		if !place.Zip {
			for _, r := range all {
				ok(t, os.Remove(r.Path("dangling")))
			}
		}
		res, err := in.ToStore(ctx, place, all, s)
		if !errors.Is(err, context.Canceled) || res.Done != 2 || ids(list(t, s)) != "ab" {
			t.Errorf("%s: %v, %+v, there %s", path, err, res, ids(list(t, s)))
		}
		done()
		if left := temporary(t, s.Root()); len(left) > 0 {
			t.Errorf("left over: %s", left)
		}
	}
}

// TestKilled: an export removes what a killed export has left, and nothing else.
func TestKilled(t *testing.T) {
	s := newStore(t)
	dead := exec.Command("sh", "-c", "exit")
	ok(t, dead.Run())
	left := func(name string, pid int) string {
		return strings.Replace(name, fmt.Sprintf("-%d-", os.Getpid()), fmt.Sprintf("-%d-", pid), 1)
	}
	for _, export := range []func(dir string) (Result, error){
		func(dir string) (Result, error) { return (&Transfer{}).ToDir(t.Context(), s, list(t, s), dir) },
		func(dir string) (Result, error) {
			return (&Transfer{}).ToZip(t.Context(), s, list(t, s), filepath.Join(dir, "x.zip"))
		},
	} {
		dir := t.TempDir()
		gone, living := filepath.Join(dir, left(process.TempName("a"), dead.Process.Pid)), filepath.Join(dir, process.TempName("b"))
		for _, sub := range []string{gone, living, filepath.Join(dir, ".tmp-of-somebody")} {
			ok(t, os.MkdirAll(filepath.Join(sub, ".guild"), 0o777))
		}
		res, err := export(dir)
		ok(t, err)
		if res.Done != 3 {
			t.Errorf("%+v", res)
		}
		if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s stays", gone)
		}
		for _, name := range []string{living, filepath.Join(dir, ".tmp-of-somebody")} {
			if _, err := os.Stat(name); err != nil {
				t.Error(err)
			}
		}
	}
}

// counter counts the calls of a Progress.
type counter struct{ steps, bytes int }

func (c *counter) Step()       { c.steps++ }
func (c *counter) Bytes(n int) { c.bytes += n }

func TestProgress(t *testing.T) {
	s, dir := newStore(t), t.TempDir()
	for name, do := range map[string]func(*Transfer) (Result, error){
		"to a directory": func(k *Transfer) (Result, error) { return k.ToDir(t.Context(), s, list(t, s), dir) },
		"to a zip file":  func(k *Transfer) (Result, error) { return k.ToZip(t.Context(), s, list(t, s), dir+".zip") },
	} {
		var c counter
		_, err := do(&Transfer{Progress: &c})
		ok(t, err)
		if c.steps != 3 || c.bytes < 3 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	var c counter
	p := Place{Path: dir + ".zip", Zip: true, Name: "x"}
	all, done, err := p.List(t.Context())
	ok(t, err)
	defer done()
	_, err = (&Transfer{Progress: &c}).ToStore(t.Context(), p, all, runs.Open(t.TempDir()))
	ok(t, err)
	if c.steps != 3 || c.bytes < 3 {
		t.Errorf("from a zip file: %+v", c)
	}
}

func TestCopyResources(t *testing.T) {
	for _, path := range places(t) {
		s := newStore(t)
		r, err := s.Get("a")
		ok(t, err)
		out := Transfer{CopyResources: true}
		_, err = out.to(s, []*runs.Run{r}, path)
		ok(t, err)
		p, err := At(path)
		ok(t, err)
		archived, done, err := p.List(context.Background())
		ok(t, err)
		defer done()
		other := runs.Open(t.TempDir())
		_, err = (&Transfer{}).ToStore(context.Background(), p, archived, other)
		ok(t, err)
		got := tree(t, filepath.Join(other.Root(), "a"))
		if got["link"] != "-rw-r----- a" || got["dangling"] != "/nowhere/at/all" {
			t.Errorf("%v", got)
		}
		ok(t, os.Symlink(r.Dir, r.Path("round")))
		if _, err := out.to(s, []*runs.Run{r}, filepath.Join(t.TempDir(), filepath.Base(path))); err == nil || !strings.Contains(err.Error(), "leads back") {
			t.Errorf("a link to the run itself: %v", err)
		}
	}
}

// A foreign zip file cannot write outside of the run.
func TestHostileZip(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	for name, files := range map[string][][2]string{
		"path":            {{"x/.guild/opref", ""}, {"x/../../../escaped", "bad"}},
		"absolute":        {{"x/.guild/opref", ""}, {"x//tmp/escaped", "bad"}},
		"through a link":  {{"x/.guild/opref", ""}, {"x/way", "link:" + outside}, {"x/way/escaped", "bad"}},
		"record by link":  {{"x/.guild/attrs", "link:" + outside}, {"x/.guild/attrs/escaped", "bad"}},
		"run of bad name": {{"../.guild/opref", ""}, {"..", "bad"}},
	} {
		t.Run(name, func(t *testing.T) {
			ok(t, os.MkdirAll(outside, 0o777))
			path := filepath.Join(t.TempDir(), "a.zip")
			f, err := os.Create(path)
			ok(t, err)
			w := zip.NewWriter(f)
			for _, file := range files {
				h := &zip.FileHeader{Name: file[0]}
				h.SetMode(0o666)
				text, isLink := strings.CutPrefix(file[1], "link:")
				if isLink {
					h.SetMode(fs.ModeSymlink | 0o777)
				}
				to, err := w.CreateHeader(h)
				ok(t, err)
				_, err = to.Write([]byte(text))
				ok(t, err)
			}
			ok(t, errors.Join(w.Close(), f.Close()))
			p, err := At(path)
			ok(t, err)
			s := runs.Open(t.TempDir())
			archived, done, err := p.List(context.Background())
			if err == nil {
				_, err = (&Transfer{}).ToStore(context.Background(), p, archived, s)
				done()
			}
			for _, dir := range []string{outside, s.Home(), filepath.Dir(s.Home()), "/tmp"} {
				if _, err := os.Lstat(filepath.Join(dir, "escaped")); err == nil {
					t.Errorf("written to %s", dir)
				}
			}
			if name == "path" && err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestNotArchives(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"missing": "not a valid archive", "file": "expected a directory or a zip file"} {
		if name == "file" {
			ok(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
		}
		if _, err := At(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty := filepath.Join(dir, "empty.zip")
	ok(t, os.WriteFile(empty, nil, 0o666))
	p, err := At(empty)
	ok(t, err)
	if _, _, err := p.List(context.Background()); err == nil || !strings.Contains(err.Error(), "not a zip file") {
		t.Errorf("list: %v", err)
	}
	s := newStore(t)
	if _, err := (&Transfer{}).ToZip(context.Background(), s, list(t, s), empty); err == nil || !strings.Contains(err.Error(), "not a zip file") {
		t.Errorf("write: %v", err)
	}
}

func TestNamed(t *testing.T) {
	home := t.TempDir()
	if list, err := Names(home); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
	_, err := Create(home, "old runs", "")
	ok(t, err)
	made, err := Create(home, "An archive", "of what there was")
	ok(t, err)
	list, err := Names(home)
	if err != nil || len(list) != 2 || list[0] != made || list[1].Name != "old runs" {
		t.Errorf("%+v, %v", list, err)
	}
	if p, err := Find(home, "An archive"); err != nil || p != made.Place {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := Find(home, "another"); !errors.Is(err, ErrNoPlace) {
		t.Errorf("%v", err)
	}
}

func TestDelete(t *testing.T) {
	s := newStore(t)
	dir, trash := t.TempDir(), t.TempDir()
	out := Transfer{}
	for range 2 { // the second gets another name in the trash
		_, err := out.ToDir(context.Background(), s, list(t, s)[:1], dir)
		ok(t, err)
		ok(t, Delete(runs.Named("a", filepath.Join(dir, "a")), trash))
	}
	_, err := out.ToDir(context.Background(), s, list(t, s)[:1], dir)
	ok(t, err)
	ok(t, Delete(runs.Named("a", filepath.Join(dir, "a")), ""))
	if got := tree(t, trash); got["a"] == "" || got["a.1"] == "" {
		t.Errorf("%v", got)
	}
	if left, err := listDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A new zip file has the mode that the umask leaves, and an existing one keeps its mode, so that others cannot read runs through it. The
// same holds for the directories in it.
func TestZipModes(t *testing.T) {
	for _, c := range []struct {
		umask          int
		old, want, dir fs.FileMode
	}{
		{0o022, 0, 0o644, 0o750},
		{0o077, 0, 0o600, 0o700},
		{0o002, 0, 0o664, 0o750},
		{0o022, 0o600, 0o600, 0o750},
		{0o022, 0o640, 0o640, 0o750},
	} {
		s := newStore(t)
		private := filepath.Join(s.Root(), "a", "sub")
		ok(t, os.Chmod(private, 0o750))
		file := filepath.Join(t.TempDir(), "runs.zip")
		func() {
			defer syscall.Umask(syscall.Umask(c.umask))
			all := list(t, s)
			if c.old != 0 {
				_, err := (&Transfer{}).ToZip(t.Context(), s, all[1:], file)
				ok(t, err)
				ok(t, os.Chmod(file, c.old))
			}
			_, err := (&Transfer{}).ToZip(t.Context(), s, all, file)
			ok(t, err)
			into := runs.Open(t.TempDir())
			place, err := At(file)
			ok(t, err)
			from, done, err := place.List(t.Context())
			ok(t, err)
			defer done()
			_, err = (&Transfer{}).ToStore(t.Context(), place, from, into)
			ok(t, err)
			st, err := os.Stat(filepath.Join(into.Root(), "a", "sub"))
			ok(t, err)
			if st.Mode().Perm() != c.dir {
				t.Errorf("umask %03o: the directory has %v, want %v", c.umask, st.Mode().Perm(), c.dir)
			}
		}()
		st, err := os.Stat(file)
		ok(t, err)
		if st.Mode() != c.want {
			t.Errorf("umask %03o, was %v: %v, want %v", c.umask, c.old, st.Mode(), c.want)
		}
	}
}
