package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/process"
	"guild/runs/scalars"
)

// foreignWorld returns a store as Guild AI leaves one, with a run in each status: attributes and marker files, and no file of ours.
func foreignWorld(t *testing.T) *world {
	t.Helper()
	t.Setenv("HOME", "/nobody")
	w := &world{T: t, store: catalog.New(runs.Open(t.TempDir()), nil), project: t.TempDir(), base: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	t.Chdir(w.project)
	w.project, _ = os.Getwd()
	for i, files := range []map[string]string{
		{"opref": "builtin:guildai 0.9.1 '' +", "attrs/exit_status": "0\n", "attrs/flags": "{}\n", "proto/.guild/PENDING": "",
			"proto/.guild/opref": w.opref("train"), "proto/.guild/attrs/flags": "lr:\n- 0.1\n- 0.2\n"},
		{"attrs/exit_status": "0\n", "attrs/flags": "lr: 0.1\nname: 'yes'\nnothing: null\n", "attrs/label": "first run\n",
			"attrs/tags": "- a\n- '12'\n", "attrs/marked": "true\n", "attrs/sourcecode_digest": "0abc\n", "output": "loss: 0.5\n",
			"attrs/cmd": "- python\n- -um\n- guild.op_main\n- train\n", "manifest": "s train.py 1 train.py\nd data.txt 2 file:data.txt\n",
			"attrs/comments": "- body: 'why: not'\n  host: h\n  time: 1767268800000000\n  user: ''\n", "../train.py": "x", "../data.txt": "x", "../model": "x"},
		{"attrs/exit_status": "3\n", "attrs/flags": "lr: 0.2\n"},
		{"attrs/exit_status": "-15\n"},
		{"PENDING": "", "attrs/label": "'12'\n", "attrs/flags": "lr: 1e-05\n"},
		{"STAGED": "", "ENV": ""},
		{"LOCK": fmt.Sprint(os.Getpid()), "attrs/host": process.Hostname() + "\n"},
		{"LOCK": "1", "attrs/host": "elsewhere\n"},
		{"LOCK.remote": "far"},
	} {
		w.foreign(i+1, files)
	}
	sw := scalars.NewWriter(w.get("2"))
	sw.Scalar("loss", 0.5, 3, w.base)
	w.ok(sw.Close())
	return w
}

func (w *world) opref(op string) string {
	return "guildfile:" + filepath.Join(w.project, "guild.yml") + " abc '' " + op
}

// foreign makes the run whose id begins with n, started n seconds after the base time. Names are relative to its directory .guild.
func (w *world) foreign(n int, files map[string]string) {
	w.Helper()
	dir := filepath.Join(w.store.Root(), id(fmt.Sprint(n)))
	all := map[string]string{"opref": w.opref("train"), "attrs/id": filepath.Base(dir) + "\n", "attrs/op": "{}\n", "attrs/user": "''\n",
		"attrs/started": fmt.Sprintln(runs.Micros(w.base.Add(time.Duration(n) * time.Second)))}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		path := filepath.Join(dir, ".guild", filepath.FromSlash(name))
		w.ok(os.MkdirAll(filepath.Dir(path), 0o777))
		w.ok(os.WriteFile(path, []byte(text), 0o666))
	}
}

func TestForeignListing(t *testing.T) {
	w := foreignWorld(t)
	w.want(&RunsList{Simplified: true}, `[1]  train           running
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
		out, _, err := w.run(&Select{Flags: tt.flags, All: true, ShortID: true})
		if got := strings.ReplaceAll(strings.TrimSpace(out), "0000000", ""); err != nil || strings.Join(strings.Fields(got), " ") != tt.want {
			t.Errorf("%+v: %q, %v, want %s", tt.flags, got, err, tt.want)
		}
	}
}

func TestForeignDetails(t *testing.T) {
	w := foreignWorld(t)
	out, _, err := w.run(&RunsInfo{Spec: id("2"), Deps: true, Comments: true, Manifest: true})
	w.ok(err)
	for _, want := range []string{"\nstatus: completed\n", "\nmarked: yes\nlabel: first run\nsourcecode_digest: 0abc\n", "\ncommand: python -um guild.op_main train\n",
		"\ntags:\n  - a\n  - '12'\nflags:\n  lr: 0.1\n  name: 'yes'\n  nothing: null\n", "\n  loss: 0.500000 (step 3)\n", "    body: 'why: not'\n",
		"\nmanifest:\n  dependencies:\n    - data.txt\n  sourcecode:\n    - train.py\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _, err = w.run(&RunsInfo{Spec: id("1")})
	if want := "\nproto-flags:\n  lr:\n    - 0.1\n    - 0.2\n"; err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: no %q in\n%s", err, want, out)
	}
	out, _, err = w.run(&RunsInfo{Spec: id("7")})
	if want := fmt.Sprintf("\npid: %d\nhost: %s\ntags:\n", os.Getpid(), process.Hostname()); err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: no %q in\n%s", err, want, out)
	}
	w.want(&Ls{Spec: id("2"), NoFormat: true, Generated: true}, "model\n")
	w.want(&Ls{Spec: id("2"), NoFormat: true, Dependencies: true}, "data.txt\n")
	w.want(&Cat{Spec: id("2"), Output: true}, "loss: 0.5\n")
	w.want(&Compare{Compared: Compared{StrictCols: ".status,=lr,loss,max loss step", Flags: filter.Flags{Completed: true, Error: true}}, CSV: "-"},
		"run,status,lr,loss,loss step\n80000000,error,,,\n30000000,error,0.2,,\n20000000,completed,0.1,0.5,3\n")
}

// Changes are in the files that Guild AI reads, and running runs stay.
func TestForeignChanges(t *testing.T) {
	w := foreignWorld(t)
	for _, cmd := range []runner{
		&RunsLabel{Latest: Latest{Specs: []string{id("3")}, Yes: true}, Set: "yes"},
		&RunsTag{Latest: Latest{Specs: []string{id("3")}, Yes: true}, Add: []string{"x y"}},
		&RunsMark{Specs: []string{id("3")}, Yes: true},
	} {
		if _, _, err := w.run(cmd); err != nil {
			t.Errorf("%+v: %v", cmd, err)
		}
	}
	for name, want := range map[string]string{"label": "'yes'\n", "tags": "- x y\n", "marked": "true\n"} {
		if data, err := os.ReadFile(w.get("3").GuildPath("attrs", name)); err != nil || string(data) != want {
			t.Errorf("%s is %q, %v; want %q", name, data, err, want)
		}
	}
	del := &RunsDelete{Yes: true, Flags: filter.Flags{Expr: "not status = completed"}}
	var out strings.Builder
	err := del.Run(t.Context(), &console.Console{Out: &out, Err: &out}, w.store)
	if err == nil || !strings.Contains(err.Error(), "2 run(s) are in use") {
		t.Errorf("%v\n%s", err, &out)
	}
	w.want(&RunsList{Simplified: true}, "[1]  train           running\n[2]  train           running\n[3]  train [marked]  completed  first run\n[4]  train+          completed\n")
	if err := (&RunsRestore{Deleted{Yes: true, Flags: filter.Flags{Staged: true, Pending: true}}}).Run(t.Context(), &console.Console{Out: &out, Err: &out}, w.store.Store); err != nil {
		t.Error(err)
	}
	w.want(&RunsList{Simplified: true, Flags: filter.Flags{Staged: true, Pending: true}}, "[1]  train  staged\n[2]  train  pending  12\n")
}
