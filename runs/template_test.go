package runs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestTemplate covers files that are kept in memory and files that are not, and that runs made of a template share none.
func TestTemplate(t *testing.T) {
	s := Open(t.TempDir())
	proto := mustDraft(t, s)
	files := map[string][]byte{"small.sh": []byte("old"), "large": bytes.Repeat([]byte("x"), keptFile+1), "empty": {}}
	for name, data := range files {
		if err := os.WriteFile(proto.run.Path(name), data, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	template, err := ReadTemplate(&proto.run)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d := mustDraft(t, s)
		if err := template.Fill(d); err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			path := d.run.Path(name)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes, %v", name, len(got), err)
			}
			if st, err := os.Stat(path); err != nil || st.Mode() != 0o700 {
				t.Errorf("%s: %v", name, err)
			}
			if err := os.WriteFile(path, []byte("new"), 0o700); err != nil { // must not be seen by the next one
				t.Fatal(err)
			}
		}
	}
}

// TestTemplateLinks covers that links lead from each copy to the same place: relative ones that leave the run too, wherever the copy is.
func TestTemplateLinks(t *testing.T) {
	s := Open(t.TempDir())
	from := mustDraft(t, s)
	outside := filepath.Join(s.Home(), "data")
	dir := from.run.GuildPath("deep", "er")
	target, err := filepath.Rel(dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(outside, []byte("outside"), 0o666), os.WriteFile(from.run.Path("own"), []byte("own"), 0o666),
		os.MkdirAll(dir, 0o777), os.Symlink(target, filepath.Join(dir, "relative")), os.Symlink(outside, filepath.Join(dir, "absolute")),
		os.Symlink("../../../own", filepath.Join(dir, "inside")))
	if err != nil {
		t.Fatal(err)
	}
	template, err := ReadTemplate(&from.run)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := DraftAt(filepath.Join(t.TempDir(), "a", "b", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Draft{mustDraft(t, s), elsewhere} {
		if err := template.Fill(d); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(d.run.Path("own"), []byte("changed"), 0o666); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"relative": "outside", "absolute": "outside", "inside": "changed"} {
			if data, err := os.ReadFile(d.run.GuildPath("deep", "er", name)); err != nil || string(data) != want {
				t.Errorf("%s leads to %q, %v; want %q", name, data, err, want)
			}
		}
	}
}
