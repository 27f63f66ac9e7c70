package logdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/runs"
)

func newRun(t *testing.T, s *runs.Store, id string, status runs.Status, files ...string) *runs.Run {
	t.Helper()
	d, err := s.Draft(id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(status)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		write(t, r, f)
	}
	return r
}

func write(t *testing.T, r *runs.Run, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.Path(name)), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Path(name), []byte(name), 0o666); err != nil {
		t.Fatal(err)
	}
}

// files returns the paths in a log directory that can be read.
func files(t *testing.T, dir string) string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			if _, err := os.ReadFile(path); err != nil {
				t.Error(err)
			}
			rel, _ := filepath.Rel(dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestSync(t *testing.T) {
	s := runs.Open(t.TempDir())
	a := newRun(t, s, "a", runs.Completed, ".guild/events.out.tfevents.1", "sub/events.out.tfevents.2", "model")
	b := newRun(t, s, "b", runs.Pending)
	if err := os.Symlink(a.Dir, b.Path("step")); err != nil {
		t.Fatal(err)
	}
	d := &Dir{Path: t.TempDir(), Name: func(r *runs.View) string { return r.ID + " " + r.Label() }}
	for _, step := range []struct {
		what   string
		change func()
		list   []*runs.Run
		want   string
	}{
		{"at first", func() {}, []*runs.Run{a, b}, "a/.guild/events.out.tfevents.1 a/sub/events.out.tfevents.2"},
		{"a run that goes on", func() { write(t, b, "events.out.tfevents.3") }, []*runs.Run{a, b},
			"a/.guild/events.out.tfevents.1 a/sub/events.out.tfevents.2 b/events.out.tfevents.3"},
		{"nothing new", func() {}, []*runs.Run{a, b},
			"a/.guild/events.out.tfevents.1 a/sub/events.out.tfevents.2 b/events.out.tfevents.3"},
		{"a label", func() {
			if err := a.SetLabel("x/../y"); err != nil {
				t.Fatal(err)
			}
		}, []*runs.Run{a, b}, "a x_.._y/.guild/events.out.tfevents.1 a x_.._y/sub/events.out.tfevents.2 b/events.out.tfevents.3"},
		{"a run that is gone", func() {}, []*runs.Run{b}, "b/events.out.tfevents.3"},
		{"and is back", func() {}, []*runs.Run{a}, "a x_.._y/.guild/events.out.tfevents.1 a x_.._y/sub/events.out.tfevents.2"},
	} {
		step.change()
		if err := d.Sync(runs.Views(step.list)); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if got := files(t, d.Path); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
	if _, err := os.Stat(a.GuildPath("events.out.tfevents.1")); err != nil {
		t.Errorf("the file of the run itself: %v", err)
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{"a/b\n": "a_b", "": "id", "...": "id", "..x": "x", strings.Repeat("ä", 200): strings.Repeat("ä", 100)} {
		if got := fileName(in, "id"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
