package required

import (
	"errors"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
)

func TestFind(t *testing.T) {
	store := runs.Open(t.TempDir())
	put := func(id, op string, status runs.Status, started int, marked bool) {
		t.Helper()
		d, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetOpref(opref.Ref{PkgType: "guildfile", PkgName: "/p/guild.yml", Model: strings.Split(op, ":")[0],
			Op: strings.Split(op, ":")[1]}); err != nil {
			t.Fatal(err)
		}
		if err := d.SetAttrs(map[string]any{"started": started, "marked": marked}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Commit(status); err != nil {
			t.Fatal(err)
		}
	}
	put("aa1", "m:prep", runs.Completed, 1, false)
	put("aa2", "m:prep", runs.Completed, 2, false)
	put("aa3", "m:prep", runs.Error, 3, false)
	put("aa4", "m:prep", runs.Pending, 4, false)
	put("bb1", "n:prep", runs.Completed, 5, false)
	put("cc1", ":train", runs.Completed, 6, true)
	put("cc2", ":train", runs.Completed, 7, false)
	tests := []struct{ ops, spec, want string }{
		{"prep", "", "bb1"},
		{"m:prep", "", "aa2"},
		{"m:prep", "aa1", "aa1"},
		{"pr.*", "aa", "aa2"},
		{"train", "", "cc1"},
		{"train", "cc2", "cc2"},
		{"m:train", "", ""},
		{"tra", "", ""},
		{"m:prep", "aa3", "aa3"}, // named by its whole id
		{"m:prep|train", "", "cc1"},
	}
	for _, tt := range tests {
		f := &Finder{Store: catalog.New(store, nil), Self: "cc9"}
		got := ""
		r, err := f.Find(strings.Split(tt.ops, "|"), tt.spec)
		if err == nil {
			got = r.ID
		}
		if got != tt.want {
			t.Errorf("%s %s: %q, %v; want %q", tt.ops, tt.spec, got, err, tt.want)
		}
	}
	if _, err := (&Finder{Store: catalog.New(store, nil), Self: "bb1"}).Find([]string{"n:prep"}, ""); err == nil {
		t.Error("a run requires itself")
	}
	if _, err := (&Finder{Store: catalog.New(store, nil)}).Find([]string{"["}, ""); err == nil || errors.Is(err, runs.ErrNotFound) {
		t.Errorf("a pattern that is none: %v", err)
	}
	if r, err := (&Finder{}).Find([]string{"x"}, store.Root()+"/aa1"); err != nil || r.Dir != store.Root()+"/aa1" {
		t.Errorf("a run directory: %v, %v", r, err)
	}
}
