package cmd

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/opref"
)

// newFileWorld returns a world whose latest run has files of all kinds.
func newFileWorld(t *testing.T) (*world, *runs.Run) {
	t.Helper()
	w := newWorld(t)
	r := w.add("9999", w.guildfile("", "files"), runs.Completed, 9, nil)
	outside := t.TempDir()
	tree(t, outside, "one", "more/two")
	tree(t, r.Dir, "guild.yml", "src/op.py", "src/.keep", "data.txt", "linked -> "+outside, "made.txt", ".hidden/made",
		"out/model", "out/link -> ../src", ".guild/output", ".guild/sourcecode/old.py")
	w.ok(os.WriteFile(r.GuildPath("manifest"), []byte(`s guild.yml 1 guild.yml
s src/op.py 1 op.py
s src/.keep 1 .keep
d data.txt 1 file:data.txt
d linked 1 file:outside
broken 'line
`), 0o666))
	return w, r
}

func TestLs(t *testing.T) {
	w, r := newFileWorld(t)
	w.want(&Ls{}, r.Dir+`:
  data.txt
  guild.yml
  linked/
  made.txt
  out/
  out/link/
  out/model
  src/
  src/op.py
`)
	tests := []struct {
		cmd  Ls
		want string
	}{
		{Ls{Path: "src"}, "src/ src/op.py"},
		{Ls{Path: "src", All: true}, "src/ src/.keep src/op.py"},
		{Ls{Path: "*.txt"}, "data.txt made.txt"},
		{Ls{Path: "none"}, ""},
		{Ls{Path: "linked", FollowLinks: true}, "linked/ linked/more/ linked/more/two linked/one"},
		{Ls{Path: ".guild/out*"}, ".guild/output"},
		{Ls{Sourcecode: true}, ".guild/sourcecode/old.py guild.yml src/.keep src/op.py"},
		{Ls{Dependencies: true}, "data.txt linked/"},
		{Ls{Dependencies: true, FollowLinks: true}, "data.txt linked/ linked/more/two linked/one"},
		{Ls{Generated: true}, ".hidden/made made.txt out/model"},
		{Ls{Generated: true, Dependencies: true, Path: "*.txt"}, "data.txt made.txt"},
		{Ls{Spec: id("1111")}, ""},
	}
	for _, tt := range tests {
		tt.cmd.NoFormat = true
		out, _, err := w.run(&tt.cmd)
		if got := strings.Join(strings.Fields(out), " "); err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v; want %q", tt.cmd, got, err, tt.want)
		}
	}
	w.want(&Ls{Path: "src", FullPath: true}, r.Dir+"/src/\n"+r.Dir+"/src/op.py\n")
	w.wantError(&Ls{Spec: "zz"}, "no such run: zz")
}

func TestCat(t *testing.T) {
	w, r := newFileWorld(t)
	w.ok(os.WriteFile(r.GuildPath("output"), []byte("line\nno newline"), 0o666))
	w.want(&Cat{Output: true}, "line\nno newline")
	w.want(&Cat{Path: "src/op.py"}, "src/op.py")
	w.want(&Cat{Path: "op.py", Sourcecode: true}, "src/op.py")
	w.want(&Cat{Path: "src/op.py", Sourcecode: true}, "src/op.py")
	w.want(&Cat{Path: "old.py", Sourcecode: true}, ".guild/sourcecode/old.py")
	w.want(&Cat{Path: ".guild/status", Spec: "7"}, "terminated\n")
	w.want(&Cat{Path: ".guild/status", Flags: filter.Flags{Operation: []string{"scheduler"}}}, "terminated\n")

	w.wantError(&Cat{}, "-p PATH")
	w.wantError(&Cat{Output: true, Path: "x"}, "exclude each other")
	w.wantError(&Cat{Path: "src"}, "/src is a directory")
	w.wantError(&Cat{Path: r.Dir + "/src/op.py"}, "/src/op.py is not relative to the run")
	w.wantError(&Cat{Path: "none"}, r.Dir+"/none does not exist")
	w.wantError(&Cat{Output: true, Spec: "2"}, "run 11110000 printed nothing")
	w.wantError(&Cat{Output: true, Flags: filter.Flags{Comment: []string{"none"}}}, "no matching runs")
}

// Output of a growing file ends where the file ended when it was opened.
func TestCatGrowing(t *testing.T) {
	path := t.TempDir() + "/f"
	if err := os.WriteFile(path, []byte("start"), 0o666); err != nil {
		t.Fatal(err)
	}
	g := &growing{path: path}
	f, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := stream(g, f); err != nil || g.String() != "start" {
		t.Errorf("%q, %v", g.String(), err)
	}
}

// growing appends to the file whenever something is written to it.
type growing struct {
	bytes.Buffer
	path string
}

func (g *growing) Write(p []byte) (int, error) {
	f, err := os.OpenFile(g.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	fmt.Fprint(f, "more")
	f.Close()
	return g.Buffer.Write(p)
}

func TestSelect(t *testing.T) {
	w := newWorld(t)
	w.want(&Select{}, id("1111")+"\n")
	w.want(&Select{Specs: []string{"2"}, ShortID: true}, "22220000\n")
	w.want(&Select{Specs: []string{"3333"}, Path: true}, w.get("3333").Dir+"\n")
	train := filter.Flags{Operation: []string{"train"}}
	w.want(&Select{Flags: train, Specs: []string{"2"}}, id("4444")+"\n")
	w.want(&Select{Flags: train, All: true}, id("1111")+"\n"+id("4444")+"\n")
	w.want(&Select{All: true, Specs: []string{"2:3"}, ShortID: true}, "22220000\n33330000\n")
	for name, want := range map[string]string{
		"id": id("1111"), "run_dir": w.get("1111").Dir, "short_id": "11110000", "status": "completed", "label": "lr=0.1",
		"user": "me", "operation": "train", "opref": w.guildfile("", "train").String(), "from": w.project + "/guild.yml",
		"exit_status": "0", "tags": "- model", "reason": "", "marked": "true",
		"flags": "lr: 0.1\nname: x y\nnone: null\n'on': true\ntext: '12'",
	} {
		w.want(&Select{Attr: name}, want+"\n")
	}
	w.want(&Select{Specs: []string{"6"}, Attr: "label"}, "\n")
	w.want(&Select{Specs: []string{"3"}, Attr: "reason"}, "its process (pid 77 on faraway) ended without an outcome\n")

	w.wantError(&Select{Attr: "wombat"}, "no such run attribute 'wombat'")
	w.wantError(&Select{Flags: filter.Flags{Pending: true}}, "no matching runs")
	w.wantError(&Select{Flags: filter.Flags{Pending: true}, All: true}, "no matching runs")
	w.want(&Select{Specs: []string{"2:3"}, ShortID: true}, "22220000\n33330000\n")
}

func (w *world) delete(cmd *RunsDelete, answer string) (out, remarks string, err error) {
	var stdout, stderr bytes.Buffer
	c := &console.Console{In: strings.NewReader(answer), Out: &stdout, Err: &stderr}
	err = cmd.Run(w.Context(), c, w.store)
	return stdout.String(), stderr.String(), err
}

func (w *world) left() string {
	all, err := w.store.List()
	w.ok(err)
	var short []string
	for _, r := range all {
		short = append(short, r.ID[:4])
	}
	return strings.Join(short, " ")
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	out, remarks, err := w.delete(&RunsDelete{Specs: []string{"1", "3333"}, Yes: true}, "")
	if err != nil || out != "" || remarks != "Deleted 2 run(s)\n" || w.left() != "2222 4444 5555 6666" {
		t.Errorf("by index and id: %q, %q, %v, left %s", out, remarks, err, w.left())
	}
	// Owned runs stay, and the exit status says so.
	_, remarks, err = w.delete(&RunsDelete{Yes: true}, "")
	want := "Run 22220000 is in use on here and stays: to stop it, use 'guild stop 22220000'\nDeleted 3 run(s)\n"
	if err == nil || !strings.Contains(err.Error(), "1 run(s) are in use") || remarks != want || w.left() != "2222" {
		t.Errorf("all: %q, %v, left %s", remarks, err, w.left())
	}
	w.ok(w.lock.Close())
	_, remarks, err = w.delete(&RunsDelete{Yes: true, Permanent: true}, "")
	if err != nil || remarks != "Permanently deleted 1 run(s)\n" || w.left() != "" {
		t.Errorf("permanent: %q, %v, left %s", remarks, err, w.left())
	}
	_, remarks, err = w.delete(&RunsDelete{Yes: true}, "")
	if err != nil || remarks != "Nothing to delete\n" {
		t.Errorf("none: %q, %v", remarks, err)
	}
	trash, err := w.store.Deleted()
	if err != nil || len(trash) != 5 {
		t.Errorf("%d in the trash, %v", len(trash), err)
	}
}

func TestDeletePrompt(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		cmd    RunsDelete
		answer string
		out    string
		left   string
	}{
		{RunsDelete{Specs: []string{"1"}}, "n\n", `To be moved to the trash:
  [11110000]  train [marked]  2026-01-01 12:00:05  completed  lr=0.1
Delete these runs? (Y/n) `, "1111 2222 3333 4444 5555 6666"},
		{RunsDelete{Specs: []string{"1"}}, "\n", `To be moved to the trash:
  [11110000]  train [marked]  2026-01-01 12:00:05  completed  lr=0.1
Delete these runs? (Y/n) `, "2222 3333 4444 5555 6666"},
		{RunsDelete{Flags: filter.Flags{Terminated: true}, Permanent: true}, "\n", `To be removed for good:
  [66660000]  dask:scheduler  2026-01-01 12:00:00  terminated
Permanently delete these runs? (y/N) `, "2222 3333 4444 5555 6666"},
		{RunsDelete{Flags: filter.Flags{Terminated: true}, Permanent: true}, "y\n", `To be removed for good:
  [66660000]  dask:scheduler  2026-01-01 12:00:00  terminated
Permanently delete these runs? (y/N) `, "2222 3333 4444 5555"},
	} {
		out, _, err := w.delete(&tt.cmd, tt.answer)
		if err != nil || out != tt.out || w.left() != tt.left {
			t.Errorf("%+v, %q: %v, left %s\n%s", tt.cmd, tt.answer, err, w.left(), out)
		}
	}
}

func TestPreviewOfMany(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		w.add(fmt.Sprintf("77%02d", i), opref.Ref{}, runs.Completed, i, nil)
	}
	out, _, err := w.delete(&RunsDelete{}, "n\n")
	if err != nil || strings.Count(out, "\n  [") != 20 || !strings.Contains(out, "\n  and 11 more\n") {
		t.Errorf("%v\n%s", err, out)
	}
}
