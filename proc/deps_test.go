package proc

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/catalog"
)

// requiring makes a recipe require what v says.
func requiring(t *testing.T, v any) func(*recipe.Recipe) {
	t.Helper()
	r, err := opdef.ParseResource(v, "")
	if err != nil {
		t.Fatal(err)
	}
	return func(rec *recipe.Recipe) { rec.Requires = append(rec.Requires, r) }
}

// TestStopWhileResolving stops a run that waits for a server.
func TestStopWhileResolving(t *testing.T) {
	asked := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	defer srv.Close()
	w := newWorker(t, "echo started", requiring(t, map[string]any{"url": srv.URL + "/big.bin"}))
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	go func() {
		<-asked
		signals <- syscall.SIGTERM
	}()
	res, err := w.Run(context.Background())
	if err != nil || !res.Stopped || res.Exit != -int(syscall.SIGTERM) {
		t.Errorf("%+v, %v", res, err)
	}
	r := w.Lock.Run()
	if s := r.Status(); s != runs.Terminated {
		t.Errorf("status %s", s)
	}
	if _, err := os.Stat(r.GuildPath("output")); err == nil {
		t.Error("the operation was started")
	}
}

// TestTakenOverWhileResolving has another owner begin the run, as can happen to a host that is frozen over NFS.
func TestTakenOverWhileResolving(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/a.txt", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	inProject := func(rec *recipe.Recipe) { rec.ProjectDir, rec.CmdDir = dir, dir }
	w := newWorker(t, "true", inProject, requiring(t, map[string]any{"file": "a.txt"}))
	r := w.Lock.Run()
	var other *runs.Lock
	w.Say = func(string) {
		err := unix.Flock(int(w.Lock.File().Fd()), unix.LOCK_UN)
		if err == nil {
			other, err = r.TryLock()
		}
		if err == nil {
			err = other.Begin(runs.Self())
		}
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := w.Run(context.Background()); !errors.Is(err, runs.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	if _, err := os.Stat(r.GuildPath("output")); err == nil {
		t.Error("the operation was started")
	}
	if err := other.Finish(0); err != nil || r.Status() != runs.Completed {
		t.Errorf("the other owner: %v, %s", err, r.Status())
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// TestResolveRecords keeps what was resolved before a dependency that is not there, and the manifest of the source code.
func TestResolveRecords(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := os.WriteFile(dir+"/"+name, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	inProject := func(rec *recipe.Recipe) { rec.ProjectDir, rec.CmdDir = dir, dir }
	w := newWorker(t, "true", inProject, requiring(t, map[string]any{"file": "a.txt"}), requiring(t, map[string]any{"file": "no.txt"}))
	r := w.Lock.Run()
	if err := r.ReplaceFile("manifest", []byte("s x.py 1 x.py\nd a.txt old file:a.txt\n")); err != nil {
		t.Fatal(err)
	}
	var said []string
	w.Say = func(line string) { said = append(said, line) }
	if _, err := w.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "cannot find source file 'no.txt'") {
		t.Errorf("error %v", err)
	}
	if s := r.Status(); s != runs.Error {
		t.Errorf("status %s", s)
	}
	if diff := cmp.Diff([]string{"Resolving file:a.txt", "Resolving file:no.txt"}, said); diff != "" {
		t.Error(diff)
	}
	data, err := os.ReadFile(r.GuildPath("manifest"))
	want := "s x.py 1 x.py\nd a.txt 11f6ad8ec52a2984abaafd7c3b516503785c2072 file:a.txt\n"
	if diff := cmp.Diff(want, string(data)); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	deps, err := r.Attr("deps")
	if m, _ := deps.(map[string]any); err != nil || m["file:a.txt"] == nil || len(m["file:no.txt"].(map[string]any)) != 0 {
		t.Errorf("deps %v, %v", deps, err)
	}
}

func TestFindRun(t *testing.T) {
	store := runs.Open(t.TempDir())
	put := func(id, op string, status runs.Status, started int, marked bool) {
		t.Helper()
		d, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetOpref(opdef.Ref{PkgType: "guildfile", PkgName: "/p/guild.yml", Model: strings.Split(op, ":")[0],
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
		{"m:prep", "aa3", ""},
		{"m:prep|train", "", "cc1"},
	}
	for _, tt := range tests {
		f := &runFinder{store: catalog.New(store, nil), self: "cc9"}
		got := ""
		r, err := f.find(strings.Split(tt.ops, "|"), tt.spec)
		if err == nil {
			got = r.ID
		}
		if got != tt.want {
			t.Errorf("%s %s: %q, %v; want %q", tt.ops, tt.spec, got, err, tt.want)
		}
	}
	if _, err := (&runFinder{store: catalog.New(store, nil), self: "bb1"}).find([]string{"n:prep"}, ""); err == nil {
		t.Error("a run requires itself")
	}
	if _, err := (&runFinder{store: catalog.New(store, nil)}).find([]string{"["}, ""); err == nil || errors.Is(err, runs.ErrNotFound) {
		t.Errorf("a pattern that is none: %v", err)
	}
	if r, err := (&runFinder{}).find([]string{"x"}, store.Root()+"/aa1"); err != nil || r.Dir != store.Root()+"/aa1" {
		t.Errorf("a run directory: %v, %v", r, err)
	}
}
