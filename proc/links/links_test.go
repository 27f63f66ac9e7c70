package links

import (
	"os"
	"path/filepath"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
)

// TestLinks makes, reads and redirects links. Links that lead to no run of the store are ignored.
func TestLinks(t *testing.T) {
	store := runs.Open(t.TempDir())
	commit := func(id string) *runs.Run {
		t.Helper()
		d, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Commit(runs.Completed)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	parent, one, two := commit("parent"), commit("one"), commit("two")
	link := parent.Path("step")
	if err := Make(one.Dir, parent, link); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != filepath.Join("..", "one") {
		t.Errorf("a link below the same root: %q, %v", target, err)
	}
	outside := runs.At(t.TempDir())
	if err := Make(one.Dir, outside, outside.Path("step")); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(outside.Path("step")); err != nil || target != one.Dir {
		t.Errorf("a link from elsewhere: %q, %v", target, err)
	}
	if err := os.Symlink("nowhere", parent.Path("broken")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), parent.Path("data")); err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		list, err := Runs(catalog.New(store, nil), parent.Dir)
		if err != nil || len(list) != 1 || list[0].ID != want {
			t.Errorf("linked runs %v, %v; want %s", list, err, want)
		}
	}
	expect("one")
	if err := Redirect(parent.Dir, "two", "one"); err != nil {
		t.Error(err)
	}
	expect("one")
	if err := Redirect(parent.Dir, "one", two.ID); err != nil {
		t.Error(err)
	}
	expect("two")
}
