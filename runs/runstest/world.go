// Package runstest makes stores with runs for the tests of commands.
package runstest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/opref"
	"guild/runs/process"
)

// T is what is needed of a test.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	TempDir() string
	Setenv(name, value string)
	Chdir(dir string)
	Cleanup(func())
	Context() context.Context
}

// World is a store with runs, and a project, which is the current directory.
type World struct {
	T
	Store   *catalog.Catalog
	Project string
	Base    time.Time
	Lock    *runs.Lock // of the running run 2222
}

func empty(t T) *World {
	t.Helper()
	t.Setenv("HOME", "/nobody")
	w := &World{T: t, Store: catalog.New(runs.Open(t.TempDir()), nil), Project: t.TempDir(), Base: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	t.Chdir(w.Project)
	w.Project, _ = os.Getwd()
	return w
}

// New makes a world with one run of each kind: a scheduler 6666, a batch 5555, a staged run 4444, one that has lost its owner 3333, a running
// one 2222 and a completed one 1111, the latest.
func New(t T) *World {
	t.Helper()
	w := empty(t)

	w.Add("6666", opref.Ref{PkgType: opref.Builtin, Model: "dask", Op: "scheduler"}, runs.Terminated, 0,
		map[string]any{"exit_status": -15, "stopped": runs.Micros(w.Base.Add(time.Minute))})
	batch := w.Add("5555", opref.Ref{PkgType: opref.Builtin, Op: "+"}, runs.Completed, 1, nil)
	proto, err := runs.DraftAt(batch.GuildPath("proto"))
	w.OK(err)
	w.OK(proto.SetOpref(w.Guildfile("mnist", "train")))
	_, err = proto.Commit(runs.Pending)
	w.OK(err)
	w.Add("4444", w.Guildfile("mnist", "train"), runs.Staged, 2, map[string]any{"label": "two\nlines"})

	lost := w.Add("3333", opref.Ref{PkgType: opref.Script, PkgName: w.Project, Op: "train.py"}, runs.Running, 3, nil)
	l, err := lost.TryLock()
	w.OK(err)
	w.OK(l.SetOwner(runs.Owner{Identity: process.Identity{Host: "faraway", Boot: "b", PID: 77, Start: "1"}, Since: w.Base.Add(3 * time.Second)}))
	w.OK(l.Close())

	running := w.Add("2222", opref.Ref{PkgType: opref.Guildfile, PkgName: "/other/place/guild.yml", Op: "work"}, runs.Running, 4, nil)
	w.Lock, err = running.TryLock()
	w.OK(err)
	w.OK(w.Lock.SetOwner(runs.Owner{Identity: process.Identity{Host: "here", Boot: "b", PID: 78, Start: "1"}, Since: w.Base.Add(4 * time.Second)}))
	t.Cleanup(func() { w.Lock.Close() })

	w.Add("1111", w.Guildfile("", "train"), runs.Completed, 5, map[string]any{
		"label": "lr=0.1", "tags": []any{"model"}, "marked": true, "exit_status": 0,
		"stopped": runs.Micros(w.Base.Add(time.Hour)), "cmd": []any{"python", "-m", "a b", 1},
		"flags":             map[string]any{"lr": 0.1, "on": true, "name": "x y", "text": "12", "none": nil},
		"sourcecode_digest": "d1", "vcs_commit": "git:c1", "user": "me",
		"opdef_attrs": map[string]any{"team": "blue"}, "score": map[string]any{"best": 1.5, "of": []any{1, 2}},
		"env": map[string]any{"HOME": "/root", "N": "1"}, "deps": map[string]any{"file:x": map[string]any{"paths": []any{"/x"}}},
		"comments": []any{
			map[string]any{"body": "first\nline", "user": "me", "host": "h", "time": runs.Micros(w.Base)},
			map[string]any{"body": "second", "user": "you", "host": "h", "time": runs.Micros(w.Base)},
		},
	})
	return w
}

// Guildfile names an operation of the project.
func (w *World) Guildfile(model, op string) opref.Ref {
	return opref.Ref{PkgType: opref.Guildfile, PkgName: filepath.Join(w.Project, "guild.yml"), PkgVersion: "v", Model: model, Op: op}
}

// OK ends the test if there is an error.
func (w *World) OK(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// ID returns the full id that starts with prefix.
func ID(prefix string) string { return prefix + strings.Repeat("0", 32-len(prefix)) }

// Add makes a run that started the given seconds after the base time.
func (w *World) Add(prefix string, ref opref.Ref, status runs.Status, second int, attrs map[string]any) *runs.Run {
	w.Helper()
	d, err := w.Store.Draft(ID(prefix))
	w.OK(err)
	w.OK(d.SetOpref(ref))
	w.OK(d.SetAttrs(attrs))
	r, err := d.Commit(status)
	w.OK(err)
	w.OK(r.SetAttr("started", runs.Micros(w.Base.Add(time.Duration(second)*time.Second))))
	return r
}

// Get returns the run whose id starts with prefix, see ID.
func (w *World) Get(prefix string) *runs.Run {
	w.Helper()
	r, err := w.Store.Get(ID(prefix))
	w.OK(err)
	return r
}

// Runner is a command: its method Run asks for the console and the runs, and perhaps for a context too.
type Runner any

// Run returns what a command writes to its two streams.
func (w *World) Run(cmd Runner) (out, remarks string, err error) { return w.Answer(cmd, "") }

// Answer is Run for a command that asks, and is answered.
func (w *World) Answer(cmd Runner, answer string) (out, remarks string, err error) {
	var stdout, stderr bytes.Buffer
	c := &console.Console{In: strings.NewReader(answer), Out: &stdout, Err: &stderr}
	switch cmd := cmd.(type) {
	case interface {
		Run(*console.Console, *catalog.Catalog) error
	}:
		err = cmd.Run(c, w.Store)
	case interface {
		Run(context.Context, *console.Console, *catalog.Catalog) error
	}:
		err = cmd.Run(w.Context(), c, w.Store)
	case interface {
		Run(context.Context, *console.Console, *runs.Store) error
	}:
		err = cmd.Run(w.Context(), c, w.Store.Store)
	default:
		w.Fatalf("%T is no command", cmd)
	}
	return stdout.String(), stderr.String(), err
}

// Want checks that a command writes exactly out, and no remarks.
func (w *World) Want(cmd Runner, out string) {
	w.Helper()
	got, remarks, err := w.Run(cmd)
	if err != nil || remarks != "" {
		w.Errorf("%+v: %v, remarks %q", cmd, err, remarks)
	}
	if got != out {
		w.Errorf("%+v writes\n%s\nwant\n%s", cmd, got, out)
	}
}

// WantError checks that a command fails with an error that holds text.
func (w *World) WantError(cmd Runner, text string) {
	w.Helper()
	if _, _, err := w.Run(cmd); err == nil || !strings.Contains(err.Error(), text) {
		w.Errorf("%+v: %v, want an error with %q", cmd, err, text)
	}
}

// Left returns the first four digits of the ids of all runs, separated by blanks.
func (w *World) Left() string { return w.ids(w.Store.List) }

// Trash returns the first four digits of the ids of all runs in the trash.
func (w *World) Trash() string { return w.ids(w.Store.Deleted) }

func (w *World) ids(list func() ([]*runs.Run, error)) string {
	w.Helper()
	all, err := list()
	w.OK(err)
	var short []string
	for _, r := range all {
		short = append(short, r.ID[:4])
	}
	return strings.Join(short, " ")
}
