package web

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/scalars"
)

// What flags, labels and scalars are in real stores, and what only damage or malice makes them.
var (
	variedOps    = []string{"train", "resnet:train", "evaluate", "データ準備", "a-very-long-name-of-an-operation-that-nobody-would-type", "prepare/data"}
	variedLabels = []string{"", "best so far", "学習率を下げた再実行 🚀🚀", strings.Repeat("a label without end ", 15), "two\nlines\tand a tab", "عنوان من اليمين", hostile,
		"\x1b[31mred\x1b[0m", "e\u0301\u0302 combined", "\u202eturned around"}
	variedFlags = []any{0.1, 1e-300, 1e300, 0, -3, true, false, nil, "", "adam", "[1, 2]", []any{1, "two", nil}, map[string]any{"a": map[string]any{"b": 1}}, strings.Repeat("x", 2000), "值",
		math.NaN(), math.Inf(1), "1e3", "no", hostile, "line\nline"}
	variedFlagNames = []string{"opt", "layers", "層", "an odd name: with = signs", ""}
	variedValues    = []float64{0, 1, -1, 1e-30, 1e30, math.NaN(), math.Inf(1), math.Inf(-1), 0.1, 123456789, 1.0 / 3}
	variedExits     = []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -15, 3} // of 20 runs; the others have not been started
)

// varied adds n runs of varied shape to a store: of all statuses, with flags, labels, tags, comments and scalars of all kinds, over many
// months. It returns those that have scalars.
func varied(t testing.TB, s *runs.Store, n int) (withScalars []*runs.Run) {
	t.Helper()
	now := time.Now()
	for i := range n {
		at := now.Add(-time.Duration(i) * time.Hour)
		d, err := s.Draft("")
		must(t, err)
		must(t, d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/project/guild.yml", Op: variedOps[i%len(variedOps)]}))
		must(t, d.SetAttrs(variedAttrs(i, at)))
		switch kind := i % 20; {
		case kind < len(variedExits):
			l, err := d.CommitOwned(runs.Pending)
			must(t, err)
			must(t, l.Begin(runs.Self()))
			if i%10 == 0 {
				variedScalars(t, l.Run(), i, at)
				withScalars = append(withScalars, l.Run())
			}
			must(t, l.Finish(variedExits[kind]))
			must(t, l.Run().SetAttr("started", runs.Micros(at)))
			must(t, l.Run().SetAttr("stopped", runs.Micros(at.Add(time.Duration(i%7200)*time.Second))))
			must(t, l.Close())
		case kind < 18:
			_, err := d.Commit(runs.Pending)
			must(t, err)
		default:
			r, err := d.Commit(runs.Staged)
			must(t, err)
			must(t, s.Stage(r))
		}
	}
	return withScalars
}

func variedAttrs(i int, at time.Time) map[string]any {
	flags := map[string]any{"lr": []float64{0.1, 0.01, 0.003}[i%3], "seed": i % 100}
	for k := range i % (len(variedFlagNames) + 1) {
		flags[variedFlagNames[k]] = variedFlags[(i+k)%len(variedFlags)]
	}
	attrs := map[string]any{"flags": flags, "host": []string{"node1", "node2.example.org", ""}[i%3]}
	if label := variedLabels[i%len(variedLabels)]; label != "" {
		attrs["label"] = label
	}
	if i%4 == 0 {
		attrs["tags"] = []any{"sweep-1", "nächste", hostile}[:i/4%4]
	}
	if i%11 == 0 {
		attrs["comments"] = []any{map[string]any{"body": variedLabels[i/11%len(variedLabels)], "time": runs.Micros(at), "user": "a", "host": "b"}}
	}
	return attrs
}

func variedScalars(t testing.TB, r *runs.Run, i int, at time.Time) {
	t.Helper()
	w := scalars.NewWriter(r)
	for step := range 20 + i%80 {
		w.Scalar("loss", 1/float64(step+1+i%7), int64(step), at.Add(time.Duration(step)*time.Second))
		w.Scalar("正解率", float64(step)/100, int64(step), at.Add(time.Duration(step)*time.Second))
		w.Scalar("odd/values", variedValues[(i+step)%len(variedValues)], int64(step), at)
		w.Scalar("odd/the same", 3, int64(step), at)
	}
	w.Scalar("odd/one point", float64(i), 7, at)
	must(t, w.Close())
}

// Ten thousand runs of varied shape: each view shows them, stays as small as ever, and nothing sticks out of the window. With GUILD_PICTURES
// there is a picture of each.
func TestBrowserVariedRuns(t *testing.T) {
	const n = 10_000
	b := openTab(t, 1440)
	store := newStore(t)
	var ids []string
	for _, r := range varied(t, store, n)[:100] {
		ids = append(ids, r.ID)
	}
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	for _, p := range []page{
		{"varied-runs", "", `document.querySelectorAll('#finished a').length === 50 && document.getElementById('subline').innerText.includes('of 10,000 runs')`, ""},
		{"varied-filter", "?filter=lr+%3C+0.05+and+seed+%3E+10", `document.querySelectorAll('#matches a').length > 50`, ""},
		{"varied-status", "?status=pending", `document.getElementById('n-matches').innerText === '1,000'`, ""},
		{"varied-wide-characters", "?filter=学習率", `document.querySelector('#matches .label')?.innerText.includes('🚀')`, ""},
		{"varied-compare", "?view=compare", `document.querySelectorAll('#compare-rows a').length > 20 && document.querySelectorAll('#parallel .line').length > 20`, ""},
		{"varied-charts", "?view=charts&runs=" + strings.Join(ids, ","), `document.querySelectorAll('#board .u-over').length >= 3 && document.getElementById('n-charts').innerText.startsWith('100 runs')`, ""},
		{"varied-run", "#run/" + ids[7] + "/overview", `document.querySelectorAll('#run-scalars tbody tr').length === 5`, ""},
	} {
		t.Run(p.name, func(t *testing.T) {
			b.during(t, 0)
			b.visit(p, s.URL(), "")
			b.eval(settled)
			if nodes := b.eval(`document.querySelectorAll('*').length`).(float64); nodes > maxNodes {
				t.Errorf("%v nodes, %d are the most", nodes, maxNodes)
			}
			if w := b.eval(`document.scrollingElement.scrollWidth - innerWidth`).(float64); w > 0 {
				t.Errorf("the page is %v px wider than the window", w)
			}
			if b.eval(`document.title.includes('owned')`) == true {
				t.Error("a script of a run has run")
			}
			if dir := os.Getenv("GUILD_PICTURES"); dir != "" {
				must(t, os.MkdirAll(dir, 0o777))
				must(t, os.WriteFile(filepath.Join(dir, p.name+".png"), b.picture(), 0o666))
			}
		})
	}
}
