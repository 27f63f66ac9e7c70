package cmd

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/runs/filter"
	"guild/runs/opref"
	"guild/runs/runstest"
)

func inf() float64 { return math.Inf(1) }

func TestInfo(t *testing.T) {
	w := runstest.New(t)
	w.Want(&RunsInfo{}, `id: `+runstest.ID("1111")+`
operation: train
from: `+w.Project+`/guild.yml
status: completed
started: 2026-01-01 12:00:05
stopped: 2026-01-01 13:00:00
marked: yes
label: lr=0.1
sourcecode_digest: d1
vcs_commit: git:c1
run_dir: `+w.Get("1111").Dir+`
command: python -m 'a b' 1
exit_status: 0
pid:
tags:
  - model
flags:
  lr: 0.1
  name: x y
  none: null
  on: yes
  text: '12'
scalars:
attributes:
  score:
    best: 1.5
    of:
      - 1
      - 2
  team: blue
`)
	w.Want(&RunsInfo{Spec: "4"}, `id: `+runstest.ID("4444")+`
operation: mnist:train
from: `+w.Project+`/guild.yml
status: staged
reason: no scheduler runs
started: 2026-01-01 12:00:02
stopped:
marked: no
label: two lines
sourcecode_digest:
vcs_commit:
run_dir: `+w.Get("4444").Dir+`
command:
exit_status:
pid:
tags:
flags:
scalars:
`)
}

// The owner of a run is shown while it is alive, and if its loss explains the status.
func TestInfoOwner(t *testing.T) {
	w := runstest.New(t)
	for _, prefix := range []string{"2222", "3333"} {
		seen := w.Base.Add(time.Minute)
		w.OK(os.Chtimes(w.Get(prefix).GuildPath("LOCK"), seen, seen))
	}
	for prefix, want := range map[string][]string{
		"22220000": {"status: running\nstarted:", "\npid: 78\nhost: here\nowned_since: 2026-01-01 12:00:04\nlast_seen: 2026-01-01 12:01:00\ntags:"},
		"3333": {"status: error\nreason: its process (pid 77 on faraway) ended without an outcome\nstarted:",
			"\npid:\nhost: faraway\nowned_since: 2026-01-01 12:00:03\nlast_seen: 2026-01-01 12:01:00\ntags:"},
	} {
		out, _, err := w.Run(&RunsInfo{Spec: prefix + "0"})
		w.OK(err)
		for _, text := range want {
			if !strings.Contains(out, text) {
				t.Errorf("no %q in\n%s", text, out)
			}
		}
	}
}

func TestInfoParts(t *testing.T) {
	w := runstest.New(t)
	w.OK(os.WriteFile(w.Get("1111").GuildPath("manifest"), []byte("s b/z.py 12 z.py\ns 'a b.py' 13 'a b.py'\nd data 14 file:data x\n"), 0o666))
	base, _, err := w.Run(&RunsInfo{})
	w.OK(err)
	for _, tt := range []struct {
		cmd  RunsInfo
		want string
	}{
		{RunsInfo{Env: true}, "environment:\n  HOME: /root\n  N: '1'\n"},
		{RunsInfo{Deps: true}, "dependencies:\n  file:x:\n    paths:\n      - /x\n"},
		{RunsInfo{Comments: true}, `comments:
  -
    body: "first\nline"
    host: h
    time: 2026-01-01 12:00:00
    user: me
  -
    body: second
    host: h
    time: 2026-01-01 12:00:00
    user: you
`},
		{RunsInfo{Manifest: true}, "manifest:\n  dependencies:\n    - data\n  sourcecode:\n    - a b.py\n    - b/z.py\n"},
	} {
		w.Want(&tt.cmd, base+tt.want)
	}
	out, _, err := w.Run(&RunsInfo{PrivateAttrs: true})
	w.OK(err)
	if rest, ok := strings.CutPrefix(out, base); !ok || !strings.Contains(rest, "\nuser: me\n") ||
		!strings.Contains(rest, "\nopref: "+w.Guildfile("", "train").String()+"\n") {
		t.Errorf("private attributes:\n%s", out)
	}
}

func TestInfoJSON(t *testing.T) {
	w := runstest.New(t)
	info := func(cmd RunsInfo) map[string]any {
		cmd.JSON = true
		out, _, err := w.Run(&cmd)
		w.OK(err)
		var got map[string]any
		w.OK(json.Unmarshal([]byte(out), &got))
		return got
	}
	got := info(RunsInfo{Env: true, Deps: true, Manifest: true, PrivateAttrs: true})
	for name, want := range map[string]any{
		"id": runstest.ID("1111"), "status": "completed", "command": "python -m 'a b' 1", "sourcecode_digest": "d1",
		"vcs_commit": "git:c1", "pid": nil, "owned_since": nil, "from": w.Project + "/guild.yml",
		"attributes": map[string]any{"team": "blue", "score": map[string]any{"best": 1.5, "of": []any{1.0, 2.0}}},
		"env":        map[string]any{"HOME": "/root", "N": "1"},
		"deps":       map[string]any{"file:x": map[string]any{"paths": []any{"/x"}}},
		"manifest":   map[string]any{"sourcecode": []any{}, "dependencies": []any{}},
	} {
		if d := cmp.Diff(want, got[name]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if private, _ := got["private"].(map[string]any); private["user"] != "me" {
		t.Errorf("private: %v", got["private"])
	}
	got = info(RunsInfo{Spec: "2"})
	if got["pid"] != 78.0 || got["owned_since"] != 1767268804000000.0 {
		t.Errorf("owner: %v, %v", got["pid"], got["owned_since"])
	}
	if _, ok := got["env"]; ok {
		t.Error("the environment is there unasked")
	}
}

func TestInfoErrors(t *testing.T) {
	w := runstest.New(t)
	w.WantError(&RunsInfo{Spec: "zz"}, "no such run: zz")
	w.WantError(&RunsInfo{Flags: filter.Flags{Pending: true}}, "no matching runs")
}

func TestFrom(t *testing.T) {
	for _, tt := range []struct {
		ref  opref.Ref
		want string
	}{
		{opref.Ref{PkgType: opref.Package, PkgName: "gpkg.mnist", PkgVersion: "0.6.1"}, "gpkg.mnist==0.6.1"},
		{opref.Ref{PkgType: opref.Builtin, Op: "queue"}, "guild"},
		{opref.Ref{PkgType: opref.Script, PkgName: "/p", Op: "a.py"}, "/p"},
		{opref.Ref{}, ""},
	} {
		if got := from(tt.ref); got != tt.want {
			t.Errorf("%v: %q", tt.ref, got)
		}
	}
}
