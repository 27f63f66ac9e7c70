package values

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/opref"
	"guild/runs/scalars"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func newRun(t *testing.T) *runs.Run {
	t.Helper()
	d, err := runs.Open(t.TempDir()).Draft("0123456789ab")
	if err != nil {
		t.Fatal(err)
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/p/guild.yml", Model: "m", Op: "train"}))
	ok(d.SetAttrs(map[string]any{
		"flags": map[string]any{"lr": 0.5}, "label": "a label", "opdef_attrs": map[string]any{"team": "blue"},
		"sourcecode_digest": "fedcba9876543210", "started": 1_700_000_000_000_000, "stopped": 1_700_003_725_000_000, "exit_status": 0,
	}))
	r, err := d.Commit(runs.Completed)
	ok(err)
	return r
}

func TestAttr(t *testing.T) {
	v := Of(newRun(t))
	for name, want := range map[string]any{
		"id": "0123456789ab", "run": "01234567", "short_id": "01234567", "operation": "m:train", "op": "train", "op_model": "m",
		"from": "/p/guild.yml", "status": "completed", "sourcecode": "fedcba98", "label": "a label", "team": "blue",
		"exit_status": 0, "nothing": nil, "../opref": nil, "": nil,
	} {
		if got := v.Attr(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]string{"started": "2023-11-14 22:13:20", "stopped": "2023-11-14 23:15:25", "time": "1:02:05"} {
		got, ok := v.Attr(name).(interface{ String() string })
		if !ok || got.String() != want {
			t.Errorf("%s: %v, want %s", name, v.Attr(name), want)
		}
	}
	if got := v.CustomAttrs(); !reflect.DeepEqual(got, []string{"team"}) {
		t.Errorf("custom: %v", got)
	}
}

func TestScalar(t *testing.T) {
	r := newRun(t)
	write := func(dir string, value float64) {
		t.Helper()
		from := runs.Named("x", t.TempDir())
		if err := os.Mkdir(from.GuildPath(), 0o777); err != nil {
			t.Fatal(err)
		}
		w := scalars.NewWriter(from)
		w.Scalar("loss", value, 7, time.Now())
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(r.Path(dir), os.DirFS(from.GuildPath())); err != nil {
			t.Fatal(err)
		}
	}
	write(".guild", 1)
	write(filepath.Join("val", "x"), 2)
	v := Of(r)
	for key, want := range map[string]float64{"loss": 1, ".guild#loss": 1, "val/x#loss": 2, "val#loss": 2, "#loss": 1} {
		if s := v.Scalar(key); s == nil || s.Last.Value != want || s.Last.Step != 7 {
			t.Errorf("%s: %+v, want %v", key, s, want)
		}
	}
	for _, key := range []string{"acc", "lav#loss", "#", ""} {
		if s := v.Scalar(key); s != nil {
			t.Errorf("%s: %+v", key, s)
		}
	}
	if v.Flags()["lr"] != 0.5 {
		t.Errorf("flags: %v", v.Flags())
	}
}
