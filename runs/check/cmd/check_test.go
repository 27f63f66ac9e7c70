package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/runstest"
)

func TestCheck(t *testing.T) {
	w := runstest.New(t)
	w.OK(w.Store.Stage(w.Get("4444")))
	out, remarks, err := w.Answer(&Check{}, "")
	if err != nil || remarks != "" || !strings.Contains(out, "6 run(s), 1 staged, 0 in the trash\n") ||
		!strings.Contains(out, w.Store.Root()) || strings.Contains(out, "problem") {
		t.Errorf("%v, %q\n%s", err, remarks, out)
	}
	bad := w.Get("5555").GuildPath("attrs", "label")
	w.OK(os.WriteFile(bad, []byte("{"), 0o666))
	lost := w.Get("3333").Dir // its owner is gone
	out, _, err = w.Answer(&Check{Runs: true}, "")
	if err == nil || err.Error() != "2 problem(s): 'guild check --repair' mends 1 of them, if no owner is in the way" ||
		!strings.Contains(out, "found in run 33330000: it says that it is running, but its process (pid 77 on faraway) ended without an outcome\n  "+lost+"\n") ||
		!strings.Contains(out, "found in run 55550000: attribute label cannot be read") || !strings.Contains(out, "\n  "+bad+"\n") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = w.Answer(&Check{Repair: true}, "")
	if err == nil || err.Error() != "1 problem(s), which only you can decide about" || !strings.Contains(out, "mended in run 33330000: it says that it is running") {
		t.Errorf("%v\n%s", err, out)
	}
	if data, _ := os.ReadFile(w.Get("3333").GuildPath("status")); string(data) != "error\n" || w.Get("3333").Status() != runs.Error {
		t.Errorf("status file of the lost run: %q", data)
	}
	w.OK(os.Remove(bad))
	out, _, err = w.Answer(&Check{Runs: true}, "")
	if err != nil || !strings.Contains(out, "problems:     none\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCheckIndex(t *testing.T) {
	w := runstest.New(t)
	path := w.Store.CacheDir("index", "runs.db")
	w.OK(os.MkdirAll(filepath.Dir(path), 0o777))
	for _, k := range []Check{{}, {NoInfo: true}} {
		w.OK(os.WriteFile(path, []byte("no database"), 0o666))
		out, _, err := w.Answer(&k, "")
		if _, stat := os.Stat(path); err != nil || stat == nil || !strings.Contains(out, "it was damaged and has been removed") {
			t.Errorf("%+v: %v, there still: %t\n%s", k, err, stat == nil, out)
		}
	}
	if out, _, err := w.Answer(&Check{NoInfo: true}, ""); err != nil || out != "" {
		t.Errorf("after that: %v\n%s", err, out)
	}
}

func TestCheckJSON(t *testing.T) {
	w := runstest.New(t)
	check := func(k Check, fails bool) map[string]any {
		k.JSON = true
		out, _, err := w.Answer(&k, "")
		if (err != nil) != fails {
			t.Errorf("%+v: %v", k, err)
		}
		var got map[string]any
		w.OK(json.Unmarshal([]byte(out), &got))
		return got
	}
	got := check(Check{}, false)
	if got["runs"] != 6.0 || got["staged"] != 0.0 || got["problems"] != nil || got["home"] != w.Store.Home() {
		t.Errorf("%v", got)
	}
	if fs, ok := got["file_system"].(map[string]any); !ok || fs["dir"] != w.Store.Root() {
		t.Errorf("file system: %v", got["file_system"])
	}
	list, _ := check(Check{Runs: true}, true)["problems"].([]any)
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	if p := list[0].(map[string]any); p["kind"] != "lost-owner" || p["run"] != runstest.ID("3333") || p["mended"] != false {
		t.Errorf("%v", p)
	}
	list, _ = check(Check{Repair: true}, false)["problems"].([]any)
	if p := list[1].(map[string]any); p["kind"] != "no-marker" || p["mended"] != true {
		t.Errorf("%v", list)
	}
	if list, ok := check(Check{Runs: true}, false)["problems"].([]any); !ok || len(list) != 0 {
		t.Errorf("in the end: %v", list)
	}
}

// A home that does not exist is not a problem, and is not created.
func TestCheckNothing(t *testing.T) {
	w := runstest.New(t)
	w.Store = catalog.New(runs.Open(filepath.Join(t.TempDir(), "home")), nil)
	out, _, err := w.Answer(&Check{Repair: true}, "")
	if err != nil || !strings.Contains(out, "there are no runs yet\n") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(w.Store.Home()); err == nil {
		t.Error("the home was made")
	}
}
