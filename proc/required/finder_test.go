package required

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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

// TestFindUnended covers runs that have not completed: which of them are chosen, and which a run that was staged before may use.
func TestFindUnended(t *testing.T) {
	staged := time.UnixMicro(100)
	for _, tt := range []struct {
		name   string
		runs   []string // STATUS:STARTED, the id of each is its index; those that have ended stopped 1 microsecond later
		finder Finder
		spec   string
		want   string // id; empty if none is found
	}{
		{"a staged one is for staged runs", []string{"completed:1", "staged:2"}, Finder{}, "", "run0"},
		{"and is later", []string{"completed:1", "staged:2"}, Finder{Staged: true}, "", "run1"},
		{"a terminated one is the last resort", []string{"completed:1", "terminated:2"}, Finder{}, "", "run0"},
		{"but one", []string{"error:1", "terminated:2"}, Finder{}, "", "run1"},
		{"a failed one is never chosen", []string{"error:1"}, Finder{}, "", ""},
		{"but may be named", []string{"error:1"}, Finder{}, "run0", "run0"},
		{"also when it had failed before staging", []string{"error:1"}, Finder{Since: staged}, "run0", "run0"},
		{"and not if it has failed since", []string{"error:200"}, Finder{Since: staged}, "run0", ""},
		{"nor if it was terminated", []string{"terminated:200"}, Finder{Since: staged}, "run0", ""},
		{"one that waits cannot be used", []string{"staged:1"}, Finder{}, "run0", ""},
		{"but be required", []string{"pending:1"}, Finder{Staged: true}, "run0", "run0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := runs.Open(t.TempDir())
			for i, text := range tt.runs {
				status, at, _ := strings.Cut(text, ":")
				started, err := strconv.Atoi(at)
				if err != nil {
					t.Fatal(err)
				}
				d, err := store.Draft(fmt.Sprintf("run%d", i))
				if err == nil {
					err = d.SetOpref(opref.Ref{PkgType: "guildfile", PkgName: "/p/guild.yml", Op: "prep"})
				}
				if err == nil {
					err = d.SetAttrs(map[string]any{"started": started, "stopped": started + 1})
				}
				if err == nil {
					_, err = d.Commit(runs.Status(status))
				}
				if err == nil && status == "staged" { // recorded with the time of the commit
					err = runs.At(filepath.Join(store.Root(), d.ID())).SetAttr("started", started)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			f := tt.finder
			f.Store = catalog.New(store, nil)
			got := ""
			r, err := f.Find([]string{"prep"}, tt.spec)
			if err == nil {
				got = r.ID
			}
			if got != tt.want {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
