package cmd

import (
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/sched/web"
)

// Each action does what its command does, and says the same.
func TestActionsAreTheCommands(t *testing.T) {
	store := runs.Open(t.TempDir())
	make := func(status runs.Status) *runs.Run {
		t.Helper()
		d, err := store.Draft("")
		if err == nil {
			err = d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/p/guild.yml", Op: "op"})
		}
		if err == nil {
			err = d.SetAttrs(map[string]any{"flags": map[string]any{"lr": 0.1}})
		}
		if err != nil {
			t.Fatal(err)
		}
		if status == runs.Staged {
			r, err := d.Commit(runs.Staged)
			if err == nil {
				err = store.Stage(r)
			}
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		l, err := d.CommitOwned(runs.Pending)
		if err == nil {
			err = l.Begin(runs.Self())
		}
		if err == nil {
			err = l.Finish(1)
		}
		if err == nil {
			err = l.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return l.Run()
	}
	r, other, waits := make(runs.Error), make(runs.Error), make(runs.Staged)
	act := actions(catalog.New(store, nil))
	for _, c := range []struct {
		do, value string
		run       *runs.Run
		said      string
		holds     func(*runs.Run) bool
	}{
		{"label", "rate ${lr}", r, "Labeled 1 run(s)", func(r *runs.Run) bool { return r.Label() == "rate 0.1" }},
		{"label", "", r, "Cleared label for 1 run(s)", func(r *runs.Run) bool { return r.Label() == "" }},
		{"tag", "best", r, "Modified tags for 1 run(s)", func(r *runs.Run) bool { return strings.Join(r.Tags(), " ") == "best" }},
		{"untag", "best", r, "Modified tags for 1 run(s)", func(r *runs.Run) bool { return len(r.Tags()) == 0 }},
		{"comment", "looks right", r, "", func(r *runs.Run) bool {
			return len(r.Comments()) == 1 && strings.TrimSpace(r.Comments()[0].Body) == "looks right"
		}},
		{"mark", "", r, "Marked 1 run(s)", (*runs.Run).Marked},
		{"unmark", "", r, "Unmarked 1 run(s)", func(r *runs.Run) bool { return !r.Marked() }},
		{"restage", "", r, "Staged", func(r *runs.Run) bool { return r.Status() == runs.Staged }},
		{"stop", "", waits, "which had not started", func(r *runs.Run) bool { return r.Status() == runs.Terminated }},
		{"trash", "", other, "Deleted 1 run(s)", func(r *runs.Run) bool { _, err := store.Get(r.ID); return err != nil }},
	} {
		said, err := act(t.Context(), web.Action{Do: c.do, Runs: []string{c.run.ID}, Value: c.value})
		if err != nil || !strings.Contains(said, c.said) || !c.holds(c.run) {
			t.Errorf("%s %q: %q, %v", c.do, c.value, said, err)
		}
	}
	for _, do := range web.Actions {
		if _, err := act(t.Context(), web.Action{Do: do, Runs: []string{"nothing"}, Value: "x"}); err == nil || strings.Contains(err.Error(), "no action") {
			t.Errorf("%s of a run that is not there: %v", do, err)
		}
	}
}
