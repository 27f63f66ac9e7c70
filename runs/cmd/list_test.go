package cmd

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/opref"
	"guild/runs/process"
	"guild/runs/runstest"
)

func TestList(t *testing.T) {
	w := runstest.New(t)
	w.Want(&RunsList{}, `[1:11110000]  train [marked]       2026-01-01 12:00:05  completed   lr=0.1
[2:22220000]  work (/other/place)  2026-01-01 12:00:04  running
[3:33330000]  train.py             2026-01-01 12:00:03  error
[4:44440000]  mnist:train          2026-01-01 12:00:02  staged      two lines
[5:55550000]  mnist:train+         2026-01-01 12:00:01  completed
[6:66660000]  dask:scheduler       2026-01-01 12:00:00  terminated
`)
	w.Want(&RunsList{Simplified: true}, `[1]  train [marked]       completed   lr=0.1
[2]  work (/other/place)  running
[3]  train.py             error
[4]  mnist:train          staged      two lines
[5]  mnist:train+         completed
[6]  dask:scheduler       terminated
`)
	w.Want(&RunsList{Flags: filter.Flags{Staged: true, Error: true}}, `[1:33330000]  train.py     2026-01-01 12:00:03  error
[2:44440000]  mnist:train  2026-01-01 12:00:02  staged  two lines
`)
	w.Want(&RunsList{Limit: 1}, "[1:11110000]  train [marked]  2026-01-01 12:00:05  completed  lr=0.1\n")
	w.Want(&RunsList{Flags: filter.Flags{Pending: true}}, "")
	w.Want(&RunsList{Deleted: true}, "")
	w.WantError(&RunsList{Limit: -1}, "limit -1")
	w.WantError(&RunsList{Flags: filter.Flags{Operation: []string{"^("}}}, "not a regular expression")
}

// A user at a terminal sees why a run waits; the status that programs read is one word.
func TestListOnTerminal(t *testing.T) {
	w := runstest.New(t)
	list := &RunsList{Flags: filter.Flags{Staged: true}}
	for terminal, want := range map[bool]string{
		true:  "[1:44440000]  mnist:train  2026-01-01 12:00:02  staged (no…uler runs)  two lines\n", // in 80 columns
		false: "[1:44440000]  mnist:train  2026-01-01 12:00:02  staged  two lines\n",
	} {
		var out strings.Builder
		w.OK(list.Run(&console.Console{Out: &out, Err: &out, Terminal: terminal}, w.Store))
		if got := out.String(); got != want {
			t.Errorf("terminal %t: got\n%swant\n%s", terminal, got, want)
		}
	}
}

func TestListDetails(t *testing.T) {
	w := runstest.New(t)
	w.Want(&RunsList{Limit: 2, Comments: true}, `[1:11110000]  train [marked]       2026-01-01 12:00:05  completed  lr=0.1
  me@h 2026-01-01 12:00:00

    first
    line

  you@h 2026-01-01 12:00:00

    second
[2:22220000]  work (/other/place)  2026-01-01 12:00:04  running
`)
	out, _, err := w.Run(&RunsList{Limit: 2, Verbose: true})
	w.OK(err)
	for _, line := range []string{"\n  id: " + runstest.ID("1111") + "\n", "\n  flags:\n    lr: 0.1\n", "\n  id: " + runstest.ID("2222") + "\n"} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
}

func TestListLimits(t *testing.T) {
	w := runstest.New(t)
	for i := range 44 {
		w.Add(fmt.Sprintf("77%02d", i), w.Guildfile("", "many"), runs.Completed, 100+i, nil)
	}
	many := filter.Flags{Operation: []string{"many"}}
	for _, tt := range []struct {
		cmd   RunsList
		lines int
		hint  string
	}{
		{RunsList{}, 20, "Showing the latest 20 of 50 runs: -m shows more of them, -a all.\n"},
		{RunsList{More: 1}, 40, "Showing the latest 40 of 50 runs: -m shows more of them, -a all.\n"},
		{RunsList{More: 2}, 50, ""},
		{RunsList{All: true}, 50, ""},
		{RunsList{Limit: 3}, 3, ""},
		{RunsList{Limit: 300}, 50, ""},
		{RunsList{Flags: many}, 20, "Showing the latest 20 of 44 runs: -m shows more of them, -a all.\n"},
	} {
		out, hint, err := w.Run(&tt.cmd)
		if lines := strings.Count(out, "\n"); err != nil || lines != tt.lines || hint != tt.hint {
			t.Errorf("%+v: %d lines, hint %q, %v", tt.cmd, lines, hint, err)
		}
	}
}

func TestListJSON(t *testing.T) {
	w := runstest.New(t)
	out, _, err := w.Run(&RunsList{JSON: true})
	w.OK(err)
	var got []map[string]any
	w.OK(json.Unmarshal([]byte(out), &got))
	if len(got) != 6 {
		t.Fatalf("%d objects", len(got))
	}
	want := map[string]any{
		"id": runstest.ID("1111"), "short_id": "11110000", "dir": w.Get("1111").Dir, "run_dir": w.Get("1111").Dir,
		"cmd": []any{"python", "-m", "a b", "1"}, "operation": "train", "opref": w.Guildfile("", "train").String(),
		"status": "completed", "started": 1767268805000000.0, "stopped": 1767272400000000.0, "exit_status": 0.0,
		"host": process.Hostname(), "label": "lr=0.1", "tags": []any{"model"}, "marked": true,
		"flags": map[string]any{"lr": 0.1, "on": true, "name": "x y", "text": "12", "none": nil},
		"comments": []any{
			map[string]any{"body": "first\nline", "user": "me", "host": "h", "time": 1767268800000000.0},
			map[string]any{"body": "second", "user": "you", "host": "h", "time": 1767268800000000.0},
		},
	}
	if d := cmp.Diff(want, got[0]); d != "" {
		t.Error(d)
	}
	lost := got[2]
	if lost["status"] != "error" || lost["reason"] != "its process (pid 77 on faraway) ended without an outcome" ||
		lost["host"] != "faraway" || lost["stopped"] != nil || lost["exit_status"] != nil {
		t.Errorf("%v", lost)
	}
	if got[4]["operation"] != "mnist:train+" {
		t.Errorf("%v", got[4])
	}
	w.Want(&RunsList{JSON: true, Flags: filter.Flags{Pending: true}}, "[]\n")
}

// JSON cannot represent floats that are not finite, but flags can be such floats.
func TestListJSONInfinity(t *testing.T) {
	w := runstest.New(t)
	inf := map[string]any{"flags": map[string]any{"x": []any{inf()}}}
	w.Add("7777", opref.Ref{}, runs.Completed, 9, inf)
	out, _, err := w.Run(&RunsList{JSON: true})
	if err != nil || !strings.Contains(out, `"+Inf"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestListDeleted(t *testing.T) {
	w := runstest.New(t)
	w.OK(w.Store.Delete(w.Get("6666"), false))
	w.Want(&RunsList{Deleted: true}, "[1:66660000]  dask:scheduler  2026-01-01 12:00:00  terminated\n")
}
