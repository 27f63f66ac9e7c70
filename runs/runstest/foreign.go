package runstest

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guild/runs"
	"guild/runs/process"
	"guild/runs/scalars"
)

// Foreign makes a world whose store is as Guild AI leaves one, with a run in each status: attributes and marker files, and no file of ours.
func Foreign(t T) *World {
	t.Helper()
	w := empty(t)
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
	sw := scalars.NewWriter(w.Get("2"))
	sw.Scalar("loss", 0.5, 3, w.Base)
	w.OK(sw.Close())
	return w
}

func (w *World) opref(op string) string {
	return "guildfile:" + filepath.Join(w.Project, "guild.yml") + " abc '' " + op
}

// foreign makes the run that begins with n, started n seconds after the base time. Names are relative to its directory .guild.
func (w *World) foreign(n int, files map[string]string) {
	w.Helper()
	dir := filepath.Join(w.Store.Root(), ID(fmt.Sprint(n)))
	all := map[string]string{"opref": w.opref("train"), "attrs/id": filepath.Base(dir) + "\n", "attrs/op": "{}\n", "attrs/user": "''\n",
		"attrs/started": fmt.Sprintln(runs.Micros(w.Base.Add(time.Duration(n) * time.Second)))}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		path := filepath.Join(dir, ".guild", filepath.FromSlash(name))
		w.OK(os.MkdirAll(filepath.Dir(path), 0o777))
		w.OK(os.WriteFile(path, []byte(text), 0o666))
	}
}
