package cmd

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/filter"
	"guild/runs/opref"
	"guild/runs/runstest"
)

// newFileWorld is a world whose latest run has files of all kinds.
func newFileWorld(t *testing.T) (*runstest.World, *runs.Run) {
	t.Helper()
	w := runstest.New(t)
	r := w.Add("9999", w.Guildfile("", "files"), runs.Completed, 9, nil)
	outside := t.TempDir()
	runstest.Tree(t, outside, "one", "more/two")
	runstest.Tree(t, r.Dir, "guild.yml", "src/op.py", "src/.keep", "data.txt", "linked -> "+outside, "made.txt", ".hidden/made",
		"out/model", "out/link -> ../src", ".guild/output", ".guild/sourcecode/old.py")
	w.OK(os.WriteFile(r.GuildPath("manifest"), []byte(`s guild.yml 1 guild.yml
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
	w.Want(&Ls{}, r.Dir+`:
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
		{Ls{Spec: runstest.ID("1111")}, ""},
	}
	for _, tt := range tests {
		tt.cmd.NoFormat = true
		out, _, err := w.Run(&tt.cmd)
		if got := strings.Join(strings.Fields(out), " "); err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v; want %q", tt.cmd, got, err, tt.want)
		}
	}
	w.Want(&Ls{Path: "src", FullPath: true}, r.Dir+"/src/\n"+r.Dir+"/src/op.py\n")
	w.WantError(&Ls{Spec: "zz"}, "no such run: zz")
}

func TestCat(t *testing.T) {
	w, r := newFileWorld(t)
	w.OK(os.WriteFile(r.GuildPath("output"), []byte("line\nno newline"), 0o666))
	w.Want(&Cat{Output: true}, "line\nno newline")
	w.Want(&Cat{Path: "src/op.py"}, "src/op.py")
	w.Want(&Cat{Path: "op.py", Sourcecode: true}, "src/op.py")
	w.Want(&Cat{Path: "src/op.py", Sourcecode: true}, "src/op.py")
	w.Want(&Cat{Path: "old.py", Sourcecode: true}, ".guild/sourcecode/old.py")
	w.Want(&Cat{Path: ".guild/status", Spec: "7"}, "terminated\n")
	w.Want(&Cat{Path: ".guild/status", Flags: filter.Flags{Operation: []string{"scheduler"}}}, "terminated\n")

	w.WantError(&Cat{}, "-p PATH")
	w.WantError(&Cat{Output: true, Path: "x"}, "exclude each other")
	w.WantError(&Cat{Path: "src"}, "/src is a directory")
	w.WantError(&Cat{Path: r.Dir + "/src/op.py"}, "/src/op.py is not relative to the run")
	w.WantError(&Cat{Path: "none"}, r.Dir+"/none does not exist")
	w.WantError(&Cat{Output: true, Spec: "2"}, "run 11110000 printed nothing")
	w.WantError(&Cat{Output: true, Flags: filter.Flags{Comment: []string{"none"}}}, "no matching runs")
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
	w := runstest.New(t)
	w.Want(&Select{}, runstest.ID("1111")+"\n")
	w.Want(&Select{Specs: []string{"2"}, ShortID: true}, "22220000\n")
	w.Want(&Select{Specs: []string{"3333"}, Path: true}, w.Get("3333").Dir+"\n")
	train := filter.Flags{Operation: []string{"train"}}
	w.Want(&Select{Flags: train, Specs: []string{"2"}}, runstest.ID("4444")+"\n")
	w.Want(&Select{Flags: train, All: true}, runstest.ID("1111")+"\n"+runstest.ID("4444")+"\n")
	w.Want(&Select{All: true, Specs: []string{"2:3"}, ShortID: true}, "22220000\n33330000\n")
	for name, want := range map[string]string{
		"id": runstest.ID("1111"), "run_dir": w.Get("1111").Dir, "short_id": "11110000", "status": "completed", "label": "lr=0.1",
		"user": "me", "operation": "train", "opref": w.Guildfile("", "train").String(), "from": w.Project + "/guild.yml",
		"exit_status": "0", "tags": "- model", "reason": "", "marked": "true",
		"flags": "lr: 0.1\nname: x y\nnone: null\n'on': true\ntext: '12'",
	} {
		w.Want(&Select{Attr: name}, want+"\n")
	}
	w.Want(&Select{Specs: []string{"6"}, Attr: "label"}, "\n")
	w.Want(&Select{Specs: []string{"3"}, Attr: "reason"}, "its process (pid 77 on faraway) ended without an outcome\n")

	w.WantError(&Select{Attr: "wombat"}, "no such run attribute 'wombat'")
	w.WantError(&Select{Flags: filter.Flags{Pending: true}}, "no matching runs")
	w.WantError(&Select{Flags: filter.Flags{Pending: true}, All: true}, "no matching runs")
	w.Want(&Select{Specs: []string{"2:3"}, ShortID: true}, "22220000\n33330000\n")
}

func TestDelete(t *testing.T) {
	w := runstest.New(t)
	out, remarks, err := w.Answer(&RunsDelete{Specs: []string{"1", "3333"}, Yes: true}, "")
	if err != nil || out != "" || remarks != "Deleted 2 run(s)\n" || w.Left() != "2222 4444 5555 6666" {
		t.Errorf("by index and id: %q, %q, %v, left %s", out, remarks, err, w.Left())
	}
	// What is owned stays, and the exit code tells.
	_, remarks, err = w.Answer(&RunsDelete{Yes: true}, "")
	want := "Run 22220000 is in use on here and stays: to stop it, use 'guild stop 22220000'\nDeleted 3 run(s)\n"
	if err == nil || !strings.Contains(err.Error(), "1 run(s) are in use") || remarks != want || w.Left() != "2222" {
		t.Errorf("all: %q, %v, left %s", remarks, err, w.Left())
	}
	w.OK(w.Lock.Close())
	_, remarks, err = w.Answer(&RunsDelete{Yes: true, Permanent: true}, "")
	if err != nil || remarks != "Permanently deleted 1 run(s)\n" || w.Left() != "" {
		t.Errorf("permanent: %q, %v, left %s", remarks, err, w.Left())
	}
	_, remarks, err = w.Answer(&RunsDelete{Yes: true}, "")
	if err != nil || remarks != "Nothing to delete\n" {
		t.Errorf("none: %q, %v", remarks, err)
	}
	trash, err := w.Store.Deleted()
	if err != nil || len(trash) != 5 {
		t.Errorf("%d in the trash, %v", len(trash), err)
	}
}

func TestDeletePrompt(t *testing.T) {
	w := runstest.New(t)
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
		out, _, err := w.Answer(&tt.cmd, tt.answer)
		if err != nil || out != tt.out || w.Left() != tt.left {
			t.Errorf("%+v, %q: %v, left %s\n%s", tt.cmd, tt.answer, err, w.Left(), out)
		}
	}
}

func TestPreviewOfMany(t *testing.T) {
	w := runstest.New(t)
	for i := range 25 {
		w.Add(fmt.Sprintf("77%02d", i), opref.Ref{}, runs.Completed, i, nil)
	}
	out, _, err := w.Answer(&RunsDelete{}, "n\n")
	if err != nil || strings.Count(out, "\n  [") != 20 || !strings.Contains(out, "\n  and 11 more\n") {
		t.Errorf("%v\n%s", err, out)
	}
}
