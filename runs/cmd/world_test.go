package cmd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/opref"
	"guild/runs/process"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// world is a store with one run of each kind and a project, which is the current directory.
type world struct {
	*testing.T
	store   *catalog.Catalog
	project string
	base    time.Time
	lock    *runs.Lock // of the running run 2222
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Setenv("HOME", "/nobody")
	w := &world{T: t, store: catalog.New(runs.Open(t.TempDir()), nil), project: t.TempDir(), base: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	t.Chdir(w.project)
	w.project, _ = os.Getwd()

	w.add("6666", opref.Ref{PkgType: opref.Builtin, Model: "dask", Op: "scheduler"}, runs.Terminated, 0,
		map[string]any{"exit_status": -15, "stopped": runs.Micros(w.base.Add(time.Minute))})
	batch := w.add("5555", opref.Ref{PkgType: opref.Builtin, Op: "+"}, runs.Completed, 1, nil)
	proto, err := runs.DraftAt(batch.GuildPath("proto"))
	w.ok(err)
	w.ok(proto.SetOpref(w.guildfile("mnist", "train")))
	_, err = proto.Commit(runs.Pending)
	w.ok(err)
	w.add("4444", w.guildfile("mnist", "train"), runs.Staged, 2, map[string]any{"label": "two\nlines"})

	lost := w.add("3333", opref.Ref{PkgType: opref.Script, PkgName: w.project, Op: "train.py"}, runs.Running, 3, nil)
	l, err := lost.TryLock()
	w.ok(err)
	w.ok(l.SetOwner(runs.Owner{Identity: process.Identity{Host: "faraway", Boot: "b", PID: 77, Start: "1"}, Since: w.base.Add(3 * time.Second)}))
	w.ok(l.Close())

	running := w.add("2222", opref.Ref{PkgType: opref.Guildfile, PkgName: "/other/place/guild.yml", Op: "work"}, runs.Running, 4, nil)
	w.lock, err = running.TryLock()
	w.ok(err)
	w.ok(w.lock.SetOwner(runs.Owner{Identity: process.Identity{Host: "here", Boot: "b", PID: 78, Start: "1"}, Since: w.base.Add(4 * time.Second)}))
	t.Cleanup(func() { w.lock.Close() })

	w.add("1111", w.guildfile("", "train"), runs.Completed, 5, map[string]any{
		"label": "lr=0.1", "tags": []any{"model"}, "marked": true, "exit_status": 0,
		"stopped": runs.Micros(w.base.Add(time.Hour)), "cmd": []any{"python", "-m", "a b", 1},
		"flags":             map[string]any{"lr": 0.1, "on": true, "name": "x y", "text": "12", "none": nil},
		"sourcecode_digest": "d1", "vcs_commit": "git:c1", "user": "me",
		"opdef_attrs": map[string]any{"team": "blue"}, "score": map[string]any{"best": 1.5, "of": []any{1, 2}},
		"env": map[string]any{"HOME": "/root", "N": "1"}, "deps": map[string]any{"file:x": map[string]any{"paths": []any{"/x"}}},
		"comments": []any{
			map[string]any{"body": "first\nline", "user": "me", "host": "h", "time": runs.Micros(w.base)},
			map[string]any{"body": "second", "user": "you", "host": "h", "time": runs.Micros(w.base)},
		},
	})
	return w
}

func (w *world) guildfile(model, op string) opref.Ref {
	return opref.Ref{PkgType: opref.Guildfile, PkgName: filepath.Join(w.project, "guild.yml"), PkgVersion: "v", Model: model, Op: op}
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// id returns the full id that starts with prefix.
func id(prefix string) string { return prefix + strings.Repeat("0", 32-len(prefix)) }

// add makes a run that started the given seconds after the base time.
func (w *world) add(prefix string, ref opref.Ref, status runs.Status, second int, attrs map[string]any) *runs.Run {
	w.Helper()
	d, err := w.store.Draft(id(prefix))
	w.ok(err)
	w.ok(d.SetOpref(ref))
	w.ok(d.SetAttrs(attrs))
	r, err := d.Commit(status)
	w.ok(err)
	w.ok(r.SetAttr("started", runs.Micros(w.base.Add(time.Duration(second)*time.Second))))
	return r
}

func (w *world) get(prefix string) *runs.Run {
	w.Helper()
	r, err := w.store.Get(id(prefix))
	w.ok(err)
	return r
}

// runner is a command that takes the console and the runs, and perhaps a context.
type runner any

// run returns the output of a command on both streams.
func (w *world) run(cmd runner) (out, remarks string, err error) {
	var stdout, stderr bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: &stdout, Err: &stderr}
	switch cmd := cmd.(type) {
	case interface {
		Run(*console.Console, *catalog.Catalog) error
	}:
		err = cmd.Run(c, w.store)
	case interface {
		Run(context.Context, *console.Console, *catalog.Catalog) error
	}:
		err = cmd.Run(w.Context(), c, w.store)
	case interface {
		Run(context.Context, *console.Console, *runs.Store) error
	}:
		err = cmd.Run(w.Context(), c, w.store.Store)
	default:
		w.Fatalf("%T is no command", cmd)
	}
	return stdout.String(), stderr.String(), err
}

// want checks that a command prints exactly out, and no messages.
func (w *world) want(cmd runner, out string) {
	w.Helper()
	got, remarks, err := w.run(cmd)
	if err != nil || remarks != "" {
		w.Errorf("%+v: %v, remarks %q", cmd, err, remarks)
	}
	if got != out {
		w.Errorf("%+v writes\n%s\nwant\n%s", cmd, got, out)
	}
}

// wantError checks that a command fails with an error that contains text.
func (w *world) wantError(cmd runner, text string) {
	w.Helper()
	if _, _, err := w.run(cmd); err == nil || !strings.Contains(err.Error(), text) {
		w.Errorf("%+v: %v, want an error with %q", cmd, err, text)
	}
}
