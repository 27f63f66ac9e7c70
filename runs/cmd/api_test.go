package cmd

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/filter"
	"guild/runs/runstest"
	"guild/runs/scalars"
)

func TestAPIRuns(t *testing.T) {
	w := runstest.New(t)
	r := w.Get("1111")
	sw := scalars.NewWriter(r)
	sw.Scalar("loss", 0.5, 3, w.Base)
	w.OK(sw.Close())
	other := w.Get("3333")
	w.OK(os.WriteFile(other.Path("made"), []byte("xyz"), 0o666))
	w.OK(os.Symlink("../"+other.ID+"/made", r.Path("linked")))
	w.OK(os.WriteFile(r.Path("own"), []byte("x"), 0o666))

	out, _, err := w.Run(&APIRuns{Flags: filter.Flags{Marked: true}})
	w.OK(err)
	var list []map[string]any
	w.OK(json.Unmarshal([]byte(out), &list))
	if len(list) != 1 {
		t.Fatalf("%d runs", len(list))
	}
	got := list[0]
	files, _ := got["files"].([]any)
	for _, f := range files {
		if f.(map[string]any)["mtime"].(float64) <= 0 {
			t.Errorf("%v has no time", f)
		}
		delete(f.(map[string]any), "mtime")
	}
	for name, want := range map[string]any{
		"id": r.ID, "shortId": "11110000", "status": "completed", "marked": true, "tags": []any{"model"}, "exitStatus": 0.0,
		"started": float64(runs.Micros(r.Started())), "command": "python -m 'a b' 1", "projectDir": w.Project,
		"opRef":      map[string]any{"modelName": "", "opName": "train", "pkgName": w.Project + "/guild.yml", "pkgType": "guildfile", "pkgVersion": "v"},
		"otherAttrs": map[string]any{"team": "blue", "score": map[string]any{"best": 1.5, "of": []any{1.0, 2.0}}},
		"sourcecode": map[string]any{"files": []any{}, "root": "."},
		"files": []any{map[string]any{"operation": "train.py", "path": "linked", "run": "33330000", "size": 3.0},
			map[string]any{"operation": nil, "path": "own", "run": nil, "size": 1.0}},
		"scalars": []any{map[string]any{"avgVal": 0.5, "count": 1.0, "firstStep": 3.0, "firstVal": 0.5, "lastStep": 3.0, "lastVal": 0.5, "maxStep": 3.0,
			"maxVal": 0.5, "minStep": 3.0, "minVal": 0.5, "prefix": ".guild", "run": r.ID, "tag": "loss", "total": 0.5}},
	} {
		if d := cmp.Diff(want, got[name]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}

	count := func(k *APIRuns) int {
		out, _, err := w.Run(k)
		w.OK(err)
		return strings.Count(out, `"shortId"`)
	}
	if got := count(&APIRuns{}); got != 5 {
		t.Errorf("%d runs without batches", got)
	}
	if got := count(&APIRuns{IncludeBatch: true}); got != 6 {
		t.Errorf("%d runs with batches", got)
	}
	w.OK(w.Store.Delete(r, false))
	if got := count(&APIRuns{Deleted: true}); got != 1 {
		t.Errorf("%d deleted runs", got)
	}
}
