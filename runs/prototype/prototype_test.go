package prototype

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"guild/runs"
)

// TestFiles: files kept in memory and others; runs made from a prototype share no files.
func TestFiles(t *testing.T) {
	s := runs.Open(t.TempDir())
	proto := draft(t, s)
	files := map[string][]byte{"small.sh": []byte("old"), "large": bytes.Repeat([]byte("x"), keptFile+1), "empty": {}}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(proto.Dir(), name), data, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	template, err := Read(runs.Named("", proto.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d := draft(t, s)
		if err := template.Fill(d); err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			path := filepath.Join(d.Dir(), name)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes, %v", name, len(got), err)
			}
			if st, err := os.Stat(path); err != nil || st.Mode() != 0o700 {
				t.Errorf("%s: %v", name, err)
			}
			if err := os.WriteFile(path, []byte("new"), 0o700); err != nil { // must not be visible in the next run
				t.Fatal(err)
			}
		}
	}
}

// TestLinks: links of every copy lead to the same place, including relative links that leave the run, wherever the copy is.
func TestLinks(t *testing.T) {
	s := runs.Open(t.TempDir())
	from := draft(t, s)
	outside := filepath.Join(s.Home(), "data")
	dir := filepath.Join(from.Dir(), ".guild", "deep", "er")
	target, err := filepath.Rel(dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(outside, []byte("outside"), 0o666), os.WriteFile(filepath.Join(from.Dir(), "own"), []byte("own"), 0o666),
		os.MkdirAll(dir, 0o777), os.Symlink(target, filepath.Join(dir, "relative")), os.Symlink(outside, filepath.Join(dir, "absolute")),
		os.Symlink("../../../own", filepath.Join(dir, "inside")))
	if err != nil {
		t.Fatal(err)
	}
	template, err := Read(runs.Named("", from.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := runs.DraftAt(filepath.Join(t.TempDir(), "a", "b", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*runs.Draft{draft(t, s), elsewhere} {
		if err := template.Fill(d); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d.Dir(), "own"), []byte("changed"), 0o666); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"relative": "outside", "absolute": "outside", "inside": "changed"} {
			if data, err := os.ReadFile(filepath.Join(d.Dir(), ".guild", "deep", "er", name)); err != nil || string(data) != want {
				t.Errorf("%s leads to %q, %v; want %q", name, data, err, want)
			}
		}
	}
}

func draft(t *testing.T, s *runs.Store) *runs.Draft {
	t.Helper()
	d, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTrial makes a trial of the prototype of a batch.
func TestTrial(t *testing.T) {
	s := runs.Open(t.TempDir())
	d := draft(t, s)
	p, err := d.Proto()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(filepath.Join(p.Dir(), "file"), []byte("x"), 0o666), p.SetAttrs(map[string]any{"flags": map[string]any{"x": 1}}), p.Seal())
	if err != nil {
		t.Fatal(err)
	}
	batch, err := d.Commit(runs.Pending)
	if err != nil {
		t.Fatal(err)
	}
	r := copyOf(t, s, runs.At(batch.ProtoPath()), runs.Staged)
	if _, err := os.Stat(r.Path("file")); err != nil || r.Flags()["x"] != 1 || r.Status() != runs.Staged || r.IsBatch() {
		t.Errorf("%v, flags %v, %s", err, r.Flags(), r.Status())
	}
	if id, _ := r.AttrString("id"); id != r.ID {
		t.Errorf("id %q of run %s", id, r.ID)
	}
	if _, err := os.Stat(r.GuildPath("PENDING")); err != nil {
		t.Error("a queue of Guild AI can start the trial")
	}
}

// TestEndedRun: the copy of an ended run is a new run.
func TestEndedRun(t *testing.T) {
	s := runs.Open(t.TempDir())
	l, err := draft(t, s).CommitOwned(runs.Pending)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := errors.Join(l.Begin(runs.Self()), l.Finish(7)); err != nil {
		t.Fatal(err)
	}
	r := copyOf(t, s, l.Run(), runs.Pending)
	if o, ok := r.Outcome(); ok || r.Status() != runs.Pending {
		t.Errorf("%s, outcome %+v", r.Status(), o)
	}
}

// copyOf makes a run from the files of another one.
func copyOf(t *testing.T, s *runs.Store, r *runs.Run, as runs.Status) *runs.Run {
	t.Helper()
	files, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	d := draft(t, s)
	if err := files.Fill(d); err != nil {
		t.Fatal(err)
	}
	made, err := d.Commit(as)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
