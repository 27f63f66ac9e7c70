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

	"guild/opdef/resource"
	"guild/proc/recipe"
	"guild/runs"
)

// requiring returns a change that adds the resource v to a recipe.
func requiring(t *testing.T, v any) func(*recipe.Recipe) {
	t.Helper()
	r, err := resource.Parse(v, "")
	if err != nil {
		t.Fatal(err)
	}
	return func(rec *recipe.Recipe) { rec.Requires = append(rec.Requires, r) }
}

// TestStopWhileResolving stops a run while it waits for a download.
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

// TestTakenOverWhileResolving lets another owner take over the run, as can happen over NFS when a host was frozen.
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

// TestResolveRecords expects that the files resolved before a missing dependency are recorded, and that the manifest keeps the source
// code.
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
