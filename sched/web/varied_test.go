package web

import (
	"math"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/opref"
	"guild/runs/scalars"
)

// Flags, labels and scalars as in real stores, and as only damage or malice makes them.
var (
	variedOps    = []string{"train", "resnet:train", "evaluate", "データ準備", "a-very-long-name-of-an-operation-that-nobody-would-type", "prepare/data"}
	variedLabels = []string{"", "best so far", "学習率を下げた再実行 🚀🚀", strings.Repeat("a label without end ", 15), "two\nlines\tand a tab", "عنوان من اليمين", hostile,
		"\x1b[31mred\x1b[0m", "e\u0301\u0302 combined", "\u202eturned around"}
	variedFlags = []any{0.1, 1e-300, 1e300, 0, -3, true, false, nil, "", "adam", "[1, 2]", []any{1, "two", nil}, map[string]any{"a": map[string]any{"b": 1}}, strings.Repeat("x", 2000), "值",
		math.NaN(), math.Inf(1), "1e3", "no", hostile, "line\nline"}
	variedFlagNames = []string{"opt", "layers", "層", "an odd name: with = signs", ""}
	variedValues    = []float64{0, 1, -1, 1e-30, 1e30, math.NaN(), math.Inf(1), math.Inf(-1), 0.1, 123456789, 1.0 / 3}
	variedExits     = []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -15, 3} // of 20 runs; those without an exit status have not been started
)

// varied adds n runs of varied shape to a store: with all statuses, and with flags, labels, tags, comments and scalars of all kinds, over
// many months. It returns those with scalars.
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
