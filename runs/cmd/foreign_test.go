package cmd

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/process"
	"guild/runs/runstest"
)

func TestForeignListing(t *testing.T) {
	w := runstest.Foreign(t)
	w.Want(&RunsList{Simplified: true}, `[1]  train           running
[2]  train           error
[3]  train           running
[4]  train           staged
[5]  train           pending     12
[6]  train           terminated
[7]  train           error
[8]  train [marked]  completed   first run
[9]  train+          completed
`)
	for _, tt := range []struct {
		flags filter.Flags
		want  string
	}{
		{filter.Flags{Expr: "lr <= 0.1"}, "5 2"},
		{filter.Flags{Expr: "loss > 0.4 and name = 'yes'"}, "2"},
		{filter.Flags{Expr: "label = '12' or status = terminated"}, "5 4"},
		{filter.Flags{Expr: "nothing is undefined and marked = true"}, "2"},
		{filter.Flags{Tag: []string{"12"}}, "2"},
		{filter.Flags{Comment: []string{"why: n"}}, "2"},
		{filter.Flags{Digest: "0a"}, "2"},
		{filter.Flags{Started: "before 2026-01-01 12:00:03"}, "2 1"},
		{filter.Flags{Staged: true, Pending: true}, "6 5"},
		{filter.Flags{Operation: []string{"train"}, NotError: true, NotRunning: true, NotCompleted: true}, "6 5 4"},
	} {
		out, _, err := w.Run(&Select{Flags: tt.flags, All: true, ShortID: true})
		if got := strings.ReplaceAll(strings.TrimSpace(out), "0000000", ""); err != nil || strings.Join(strings.Fields(got), " ") != tt.want {
			t.Errorf("%+v: %q, %v, want %s", tt.flags, got, err, tt.want)
		}
	}
}

func TestForeignDetails(t *testing.T) {
	w := runstest.Foreign(t)
	out, _, err := w.Run(&RunsInfo{Spec: runstest.ID("2"), Deps: true, Comments: true, Manifest: true})
	w.OK(err)
	for _, want := range []string{"\nstatus: completed\n", "\nmarked: yes\nlabel: first run\nsourcecode_digest: 0abc\n", "\ncommand: python -um guild.op_main train\n",
		"\ntags:\n  - a\n  - '12'\nflags:\n  lr: 0.1\n  name: 'yes'\n  nothing: null\n", "\n  loss: 0.500000 (step 3)\n", "    body: 'why: not'\n",
		"\nmanifest:\n  dependencies:\n    - data.txt\n  sourcecode:\n    - train.py\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _, err = w.Run(&RunsInfo{Spec: runstest.ID("1")})
	if want := "\nproto-flags:\n  lr:\n    - 0.1\n    - 0.2\n"; err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: no %q in\n%s", err, want, out)
	}
	out, _, err = w.Run(&RunsInfo{Spec: runstest.ID("7")})
	if want := fmt.Sprintf("\npid: %d\nhost: %s\ntags:\n", os.Getpid(), process.Hostname()); err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: no %q in\n%s", err, want, out)
	}
	w.Want(&Ls{Spec: runstest.ID("2"), NoFormat: true, Generated: true}, "model\n")
	w.Want(&Ls{Spec: runstest.ID("2"), NoFormat: true, Dependencies: true}, "data.txt\n")
	w.Want(&Cat{Spec: runstest.ID("2"), Output: true}, "loss: 0.5\n")
}

// Changes are in the files that Guild AI reads, and running runs stay.
func TestForeignChanges(t *testing.T) {
	w := runstest.Foreign(t)
	for _, cmd := range []runstest.Runner{
		&RunsLabel{Latest: Latest{Specs: []string{runstest.ID("3")}, Yes: true}, Set: "yes"},
		&RunsTag{Latest: Latest{Specs: []string{runstest.ID("3")}, Yes: true}, Add: []string{"x y"}},
		&RunsMark{Specs: []string{runstest.ID("3")}, Yes: true},
	} {
		if _, _, err := w.Run(cmd); err != nil {
			t.Errorf("%+v: %v", cmd, err)
		}
	}
	for name, want := range map[string]string{"label": "'yes'\n", "tags": "- x y\n", "marked": "true\n"} {
		if data, err := os.ReadFile(w.Get("3").GuildPath("attrs", name)); err != nil || string(data) != want {
			t.Errorf("%s is %q, %v; want %q", name, data, err, want)
		}
	}
	del := &RunsDelete{Yes: true, Flags: filter.Flags{Expr: "not status = completed"}}
	var out strings.Builder
	err := del.Run(t.Context(), &console.Console{Out: &out, Err: &out}, w.Store)
	if err == nil || !strings.Contains(err.Error(), "2 run(s) are in use") {
		t.Errorf("%v\n%s", err, &out)
	}
	w.Want(&RunsList{Simplified: true}, "[1]  train           running\n[2]  train           running\n[3]  train [marked]  completed  first run\n[4]  train+          completed\n")
	if err := (&RunsRestore{Deleted{Yes: true, Flags: filter.Flags{Staged: true, Pending: true}}}).Run(t.Context(), &console.Console{Out: &out, Err: &out}, w.Store.Store); err != nil {
		t.Error(err)
	}
	w.Want(&RunsList{Simplified: true, Flags: filter.Flags{Staged: true, Pending: true}}, "[1]  train  staged\n[2]  train  pending  12\n")
}
