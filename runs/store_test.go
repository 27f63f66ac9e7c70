package runs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs/opref"
)

// Opening and reading a store writes nothing to the disk.
func TestReadingMakesNothing(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	s := Open(home)
	list, err := s.List()
	if err != nil || len(list) != 0 {
		t.Errorf("list: %v, %v", list, err)
	}
	if _, err := s.Staged(nil); err != nil {
		t.Error(err)
	}
	if _, err := s.RecoverClaims(); err != nil {
		t.Error(err)
	}
	if _, err := s.Sweep(0, nil); err != nil {
		t.Error(err)
	}
	if _, err := s.Get("abc"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("the home was made")
	}
}

func TestListIgnoresWhatIsNoRun(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Pending)
	for _, dir := range []string{".tmp-x/.guild/attrs", ".staged", "plain", ".nfs123"} {
		if err := os.MkdirAll(filepath.Join(s.Root(), dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.Root(), "README"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 1 || list[0].ID != r.ID {
		t.Errorf("%v, %v", list, err)
	}
	for _, id := range []string{"", ".staged", ".tmp-x", "plain", "README", "../runs/" + r.ID} {
		if _, err := s.Get(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("get %q: %v", id, err)
		}
	}
	if got, err := s.Get(r.ID); err != nil || got.Dir != r.Dir {
		t.Errorf("get: %v, %v", got, err)
	}
}

func TestListOrder(t *testing.T) {
	s := Open(t.TempDir())
	var want []string
	for i := range 150 { // enough for several goroutines
		r := newRun(t, s, Completed)
		if err := r.SetAttr("started", 1_700_000_000_000_000+i); err != nil {
			t.Fatal(err)
		}
		want = append(want, r.ID)
	}
	slices.Reverse(want)
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %d runs, in another order", len(got))
	}
}

func TestStarted(t *testing.T) {
	r := newRun(t, Open(t.TempDir()), Pending)
	made := r.AttrTime("initialized")
	if got := r.Started(); made.IsZero() || !got.Equal(made) {
		t.Errorf("never started: %v, made %v", got, made)
	}
	if err := r.SetAttr("started", 5); err != nil {
		t.Fatal(err)
	}
	if got := r.Started(); !got.Equal(time.UnixMicro(5)) {
		t.Errorf("started: %v", got)
	}
}

func TestStagedOrder(t *testing.T) {
	s := Open(t.TempDir())
	base := time.Unix(1_700_000_000, 0)
	at := func(id string, offset time.Duration) {
		t.Helper()
		if err := s.Stage(s.run(id)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(s.stagedPath(id), base, base.Add(offset)); err != nil {
			t.Fatal(err)
		}
	}
	at("c", 1)
	at("b", 2)
	at("d", 2)
	at("a", 3)
	order := func(known []Marker) (string, []Marker) {
		t.Helper()
		markers, err := s.Staged(known)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range markers {
			ids = append(ids, m.ID)
		}
		return strings.Join(ids, ""), markers
	}
	got, known := order(nil)
	if got != "cbda" {
		t.Errorf("order: %s", got)
	}
	// Staging a staged run keeps its place; known markers are not read again.
	if err := s.Stage(s.run("c")); err != nil {
		t.Fatal(err)
	}
	if got, _ := order(nil); got != "cbda" {
		t.Errorf("staged twice: %s", got)
	}
	at("a", -1)
	if got, _ := order(known); got != "cbda" {
		t.Errorf("known: %s", got)
	}
	if got, _ := order(nil); got != "acbd" {
		t.Errorf("asked again: %s", got)
	}
}

func TestDraft(t *testing.T) {
	s := Open(t.TempDir())
	for _, id := range []string{".a", "a/b"} {
		if _, err := s.Draft(id); err == nil || !strings.Contains(err.Error(), "an id is one file name") {
			t.Errorf("id %q: %v", id, err)
		}
	}
	d, err := s.Draft("mine")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Draft("mine")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("a draft is listed: %v, %v", list, err)
	}
	if err := d.WriteFile("manifest", []byte("s a\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir(), "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(Staged)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "mine" || r.Dir != d.FinalDir() || r.Status() != Staged || r.AttrTime("started").IsZero() {
		t.Errorf("%+v, %s", r, r.Status())
	}
	for _, path := range []string{r.Path("file"), r.GuildPath("manifest"), r.GuildPath("LOCK"), r.attrPath("host")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := other.Commit(Pending); !errors.Is(err, ErrExists) {
		t.Errorf("the same id again: %v", err)
	}
	if _, err := os.Stat(other.Dir()); err == nil {
		t.Error("a draft that failed is left")
	}
	l, err := mustDraft(t, s).CommitOwned(Running)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if owned, err := l.Run().Owned(); err != nil || !owned {
		t.Errorf("owned %v, %v", owned, err)
	}
}

func mustDraft(t *testing.T, s *Store) *Draft {
	t.Helper()
	d, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraftAt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "some", "run")
	d, err := DraftAt(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(Pending)
	if err != nil || r.Dir != dir || At(dir).ID != r.ID {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := DraftAt(dir); !errors.Is(err, ErrExists) {
		t.Errorf("again: %v", err)
	}
}

func TestOpSpec(t *testing.T) {
	s := Open(t.TempDir())
	for _, tt := range []struct {
		ref, proto opref.Ref
		want       string
	}{
		{opref.Ref{}, opref.Ref{}, ""},
		{opref.Ref{PkgType: opref.Script, PkgName: "/p", Op: "a.py"}, opref.Ref{}, "a.py"},
		{opref.Ref{PkgType: opref.Builtin, Op: "+"}, opref.Ref{PkgType: opref.Script, PkgName: "/p", Op: "a.py"}, "a.py+"},
		{opref.Ref{PkgType: opref.Builtin, Model: "skopt", Op: "gp"}, opref.Ref{PkgType: opref.Guildfile, PkgName: "/g", Model: "m", Op: "o"},
			"m:o+skopt:gp"},
	} {
		d := mustDraft(t, s)
		if err := d.SetOpref(tt.ref); err != nil {
			t.Fatal(err)
		}
		if tt.proto != (opref.Ref{}) {
			p, err := d.Proto()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.SetOpref(tt.proto), p.Seal()); err != nil {
				t.Fatal(err)
			}
		}
		r, err := d.Commit(Pending)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.OpSpec(); got != tt.want || r.Opref() != tt.ref {
			t.Errorf("%+v: %q, want %q", tt.ref, got, tt.want)
		}
	}
}

func TestTrash(t *testing.T) {
	s := Open(t.TempDir())
	for range 3 { // the same id over and over
		d, err := s.Draft("x")
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Commit(Completed)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(r, false); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(r, false); !errors.Is(err, ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
	}
	trash, err := s.Deleted()
	if err != nil || len(trash) != 3 {
		t.Errorf("%d in the trash, %v", len(trash), err)
	}
	r := newRun(t, s, Staged)
	if err := s.Stage(r); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(r, true); err != nil {
		t.Fatal(err)
	}
	if trash, err := s.Deleted(); err != nil || len(trash) != 3 {
		t.Errorf("%d in the trash after a permanent deletion, %v", len(trash), err)
	}
	if markers, err := s.Staged(nil); err != nil || len(markers) != 0 {
		t.Errorf("markers of a deleted run: %v, %v", markers, err)
	}
}
