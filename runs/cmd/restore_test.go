package cmd

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
)

// contextRunner is a command that also takes a context.
type contextRunner interface {
	Run(context.Context, *console.Console, *runs.Store) error
}

func (w *world) answer(cmd contextRunner, answer string) (out, remarks string, err error) {
	var stdout, stderr bytes.Buffer
	c := &console.Console{In: strings.NewReader(answer), Out: &stdout, Err: &stderr}
	err = cmd.Run(w.Context(), c, w.store.Store)
	return stdout.String(), stderr.String(), err
}

func (w *world) trash() string {
	all, err := w.store.Deleted()
	w.ok(err)
	var short []string
	for _, r := range all {
		short = append(short, r.ID[:4])
	}
	return strings.Join(short, " ")
}

func TestRestore(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.delete(&RunsDelete{Specs: []string{"1111", "3333", "4444", "5555", "6666"}, Yes: true}, "")
	w.ok(err)
	if w.left() != "2222" || w.trash() != "1111 3333 4444 5555 6666" {
		t.Fatalf("left %s, trash %s", w.left(), w.trash())
	}
	out, remarks, err := w.answer(&RunsRestore{Deleted{Specs: []string{"1"}}}, "\n")
	want := `To be moved out of the trash:
  [11110000]  train [marked]  2026-01-01 12:00:05  completed  lr=0.1
Restore these runs? (Y/n) `
	if err != nil || out != want || remarks != "Restored 1 run(s)\n" || w.left() != "1111 2222" {
		t.Errorf("%v, %q, left %s\n%s", err, remarks, w.left(), out)
	}
	// A staged run waits again.
	_, remarks, err = w.answer(&RunsRestore{Deleted{Flags: filter.Flags{Staged: true}, Yes: true}}, "")
	markers, _ := w.store.Staged(nil)
	if err != nil || remarks != "Restored 1 run(s)\n" || len(markers) != 1 || markers[0].ID != id("4444") {
		t.Errorf("staged: %v, %q, %v", err, remarks, markers)
	}
	// A run whose id is taken stays in the trash, and the others are restored.
	w.ok(w.store.Delete(w.get("1111"), false))
	w.add("1111", w.guildfile("", "other"), runs.Completed, 7, nil)
	_, remarks, err = w.answer(&RunsRestore{Deleted{Yes: true}}, "")
	if err == nil || err.Error() != "restore run 11110000: run exists already under its id, "+id("1111") ||
		remarks != "Restored 3 run(s)\n" || w.trash() != "1111" {
		t.Errorf("taken: %v, %q, trash %s", err, remarks, w.trash())
	}
	// The second run of an id in the trash has a number in its name.
	w.ok(w.store.Delete(w.get("1111"), false))
	w.ok(w.store.Delete(w.get("6666"), true))
	_, remarks, err = w.answer(&RunsRestore{Deleted{Specs: []string{id("1111") + ".1"}, Yes: true}}, "")
	if err != nil || remarks != "Restored 1 run(s)\n" || w.get("1111").OpSpec() != "other" {
		t.Errorf("second of an id: %v, %q", err, remarks)
	}
	_, _, err = w.answer(&RunsRestore{Deleted{Specs: []string{"77"}}}, "")
	if err == nil || err.Error() != "no such run in the trash: 77 ('guild runs list --deleted' lists what is there)" {
		t.Errorf("none: %v", err)
	}
}

func TestPurge(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.delete(&RunsDelete{Specs: []string{"1111", "3333", "6666"}, Yes: true}, "")
	w.ok(err)
	out, _, err := w.answer(&RunsPurge{Deleted{Flags: filter.Flags{Terminated: true}}}, "\n")
	if err != nil || w.trash() != "1111 3333 6666" || !strings.HasSuffix(out, "Permanently delete these runs? (y/N) ") {
		t.Errorf("not meant: %v, trash %s\n%s", err, w.trash(), out)
	}
	_, remarks, err := w.answer(&RunsPurge{Deleted{Flags: filter.Flags{Terminated: true}}}, "y\n")
	if err != nil || remarks != "Permanently deleted 1 run(s)\n" || w.trash() != "1111 3333" {
		t.Errorf("%v, %q, trash %s", err, remarks, w.trash())
	}
	// A run that another process is restoring is left alone.
	all, err := w.store.Deleted()
	w.ok(err)
	l, err := all[0].TryLock()
	w.ok(err)
	_, remarks, err = w.answer(&RunsPurge{Deleted{Yes: true}}, "")
	if err == nil || !strings.Contains(err.Error(), "purge: lock run 11110000") || remarks != "Permanently deleted 1 run(s)\n" || w.trash() != "1111" {
		t.Errorf("%v, %q, trash %s", err, remarks, w.trash())
	}
	w.ok(l.Close())
	_, _, err = w.answer(&RunsPurge{Deleted{Yes: true}}, "")
	w.ok(err)
	_, remarks, err = w.answer(&RunsPurge{}, "")
	if err != nil || remarks != "Nothing to purge\n" {
		t.Errorf("none: %v, %q", err, remarks)
	}
	entries, err := os.ReadDir(w.store.TrashDir())
	if err != nil || len(entries) != 0 || w.left() != "2222 4444 5555" {
		t.Errorf("left in the trash: %v, %v; left %s", entries, err, w.left())
	}
}
