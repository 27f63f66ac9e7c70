package cmd

import (
	"os"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/filter"
	"guild/runs/runstest"
)

func TestRestore(t *testing.T) {
	w := runstest.New(t)
	_, _, err := w.Answer(&RunsDelete{Specs: []string{"1111", "3333", "4444", "5555", "6666"}, Yes: true}, "")
	w.OK(err)
	if w.Left() != "2222" || w.Trash() != "1111 3333 4444 5555 6666" {
		t.Fatalf("left %s, trash %s", w.Left(), w.Trash())
	}
	out, remarks, err := w.Answer(&RunsRestore{Deleted{Specs: []string{"1"}}}, "\n")
	want := `To be moved out of the trash:
  [11110000]  train [marked]  2026-01-01 12:00:05  completed  lr=0.1
Restore these runs? (Y/n) `
	if err != nil || out != want || remarks != "Restored 1 run(s)\n" || w.Left() != "1111 2222" {
		t.Errorf("%v, %q, left %s\n%s", err, remarks, w.Left(), out)
	}
	// A staged one waits again.
	_, remarks, err = w.Answer(&RunsRestore{Deleted{Flags: filter.Flags{Staged: true}, Yes: true}}, "")
	markers, _ := w.Store.Staged(nil)
	if err != nil || remarks != "Restored 1 run(s)\n" || len(markers) != 1 || markers[0].ID != runstest.ID("4444") {
		t.Errorf("staged: %v, %q, %v", err, remarks, markers)
	}
	// An id that is taken is left in the trash, and the others are not.
	w.OK(w.Store.Delete(w.Get("1111"), false))
	w.Add("1111", w.Guildfile("", "other"), runs.Completed, 7, nil)
	_, remarks, err = w.Answer(&RunsRestore{Deleted{Yes: true}}, "")
	if err == nil || err.Error() != "restore run 11110000: run exists already under its id, "+runstest.ID("1111") ||
		remarks != "Restored 3 run(s)\n" || w.Trash() != "1111" {
		t.Errorf("taken: %v, %q, trash %s", err, remarks, w.Trash())
	}
	// The second of an id in the trash has a number there.
	w.OK(w.Store.Delete(w.Get("1111"), false))
	w.OK(w.Store.Delete(w.Get("6666"), true))
	_, remarks, err = w.Answer(&RunsRestore{Deleted{Specs: []string{runstest.ID("1111") + ".1"}, Yes: true}}, "")
	if err != nil || remarks != "Restored 1 run(s)\n" || w.Get("1111").OpSpec() != "other" {
		t.Errorf("second of an id: %v, %q", err, remarks)
	}
	_, _, err = w.Answer(&RunsRestore{Deleted{Specs: []string{"77"}}}, "")
	if err == nil || err.Error() != "no such run in the trash: 77 ('guild runs list --deleted' lists what is there)" {
		t.Errorf("none: %v", err)
	}
}

func TestPurge(t *testing.T) {
	w := runstest.New(t)
	_, _, err := w.Answer(&RunsDelete{Specs: []string{"1111", "3333", "6666"}, Yes: true}, "")
	w.OK(err)
	out, _, err := w.Answer(&RunsPurge{Deleted{Flags: filter.Flags{Terminated: true}}}, "\n")
	if err != nil || w.Trash() != "1111 3333 6666" || !strings.HasSuffix(out, "Permanently delete these runs? (y/N) ") {
		t.Errorf("not meant: %v, trash %s\n%s", err, w.Trash(), out)
	}
	_, remarks, err := w.Answer(&RunsPurge{Deleted{Flags: filter.Flags{Terminated: true}}}, "y\n")
	if err != nil || remarks != "Permanently deleted 1 run(s)\n" || w.Trash() != "1111 3333" {
		t.Errorf("%v, %q, trash %s", err, remarks, w.Trash())
	}
	// One that somebody is about to restore is left to them.
	all, err := w.Store.Deleted()
	w.OK(err)
	l, err := all[0].TryLock()
	w.OK(err)
	_, remarks, err = w.Answer(&RunsPurge{Deleted{Yes: true}}, "")
	if err == nil || !strings.Contains(err.Error(), "purge: lock run 11110000") || remarks != "Permanently deleted 1 run(s)\n" || w.Trash() != "1111" {
		t.Errorf("%v, %q, trash %s", err, remarks, w.Trash())
	}
	w.OK(l.Close())
	_, _, err = w.Answer(&RunsPurge{Deleted{Yes: true}}, "")
	w.OK(err)
	_, remarks, err = w.Answer(&RunsPurge{}, "")
	if err != nil || remarks != "Nothing to purge\n" {
		t.Errorf("none: %v, %q", err, remarks)
	}
	entries, err := os.ReadDir(w.Store.TrashDir())
	if err != nil || len(entries) != 0 || w.Left() != "2222 4444 5555" {
		t.Errorf("left in the trash: %v, %v; left %s", entries, err, w.Left())
	}
}
