package web

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/filter"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/sched/state"
	"guild/sched/web/reply"
)

// world returns a store with three runs, latest first: c, which is staged, then b and a, which have ended. All have flags, and the ended
// ones scalars.
func world(t *testing.T) *runs.Store {
	t.Helper()
	s := newStore(t)
	for i, id := range []string{"a", "b", "c"} {
		d, err := s.Draft(id)
		must(t, err)
		must(t, d.SetAttrs(map[string]any{
			"started": 1_700_000_000_000_000 + i*1_000_000, "label": "run é " + id, "tags": []any{"t" + id},
			"flags": map[string]any{"lr": 0.1 * float64(i+1), "opt": "adam", "on": i == 1},
		}))
		r, err := d.Commit([]runs.Status{runs.Completed, runs.Error, runs.Staged}[i])
		must(t, err)
		if id == "c" {
			continue
		}
		w := scalars.NewWriter(r)
		w.Scalar("loss", 2, 1, time.Now())
		w.Scalar("loss", 1-0.5*float64(i), 9, time.Now())
		must(t, w.Close())
	}
	return s
}

func TestMatches(t *testing.T) {
	s := offline(t, world(t))
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"", []string{"c", "b", "a"}},
		{"filter=" + url.QueryEscape("lr > 0.15"), []string{"c", "b"}},
		{"filter=" + url.QueryEscape("loss < 0.7 or status = staged"), []string{"c", "b"}},
		{"filter=" + url.QueryEscape("label contains 'É b'"), []string{"b"}},
		{"filter=RUN+adam+TB", []string{"b"}},
		{"filter=run+error", []string{"b"}},
		{"filter=nothing", []string{}},
		{"status=staged&status=completed", []string{"c", "a"}},
		{"status=completed&filter=" + url.QueryEscape("not lr > 5"), []string{"a"}},
		{"limit=1", []string{"c"}},
		{"limit=1&offset=1", []string{"b"}},
		{"offset=2", []string{"a"}},
		{"offset=9", []string{}},
		{"filter=+", []string{"c", "b", "a"}},
	} {
		w := get(t, s, http.MethodGet, "/api/runs?"+tt.query)
		if got := decode[Matches](t, w); w.Code != 200 || !slices.Equal(ids(got.Runs), tt.want) {
			t.Errorf("%s: %d, %v, want %v", tt.query, w.Code, ids(got.Runs), tt.want)
		}
	}
	got := decode[Matches](t, get(t, s, http.MethodGet, "/api/runs?status=error&filter="+url.QueryEscape("lr > 0.15")))
	if got.Total != 3 || got.Matched != 1 || got.Statuses[runs.Error] != 1 || got.Statuses[runs.Staged] != 1 || len(got.Statuses) != 2 {
		t.Errorf("counts: %+v", got)
	}
}

func TestWrongQueries(t *testing.T) {
	s := offline(t, world(t))
	for _, tt := range []struct {
		target, param string
		at            int
	}{
		{"/api/runs?filter=" + url.QueryEscape("lr >> 1"), "filter", 4},
		{"/api/runs?filter=" + url.QueryEscape("é = 😀 1"), "filter", 7}, // two UTF-16 units for one character
		{"/api/runs?filter=" + url.QueryEscape("lr >"), "filter", 4},
		{"/api/runs?filter=" + url.QueryEscape(" lr = 'a"), "filter", 6},
		{"/api/compare?cols=" + url.QueryEscape("loss, min"+" , ,"), "cols", 12},
		{"/api/compare?min=" + url.QueryEscape("a b"), "sort", 2},
	} {
		w := get(t, s, http.MethodGet, tt.target)
		if got := decode[syntaxError](t, w); w.Code != 400 || got.Param != tt.param || got.At != tt.at || got.Error == "" {
			t.Errorf("%s: %d, %+v, want %s at %d", tt.target, w.Code, got, tt.param, tt.at)
		}
	}
	for _, target := range []string{"/api/runs?status=lost", "/api/runs?limit=0", "/api/runs?offset=-1", "/api/compare?limit=x", "/api/compare?status="} {
		if w := get(t, s, http.MethodGet, target); w.Code != 400 || decode[reply.Error](t, w).Error == "" {
			t.Errorf("%s: %d, %s", target, w.Code, w.Body)
		}
	}
}

// Data that a client has already is not sent again.
func TestTheSameIsNotSentAgain(t *testing.T) {
	store := world(t)
	s := offline(t, store)
	for _, target := range []string{"/api/runs?filter=a", "/api/compare"} {
		tag := get(t, s, http.MethodGet, target).Header().Get("ETag")
		if w := get(t, s, http.MethodGet, target, "If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("%s again: %d, %d bytes", target, w.Code, w.Body.Len())
		}
	}
	tag := get(t, s, http.MethodGet, "/api/runs").Header().Get("ETag")
	run, err := store.Get("a")
	must(t, err)
	must(t, run.SetAttr("label", "another"))
	if w := get(t, s, http.MethodGet, "/api/runs", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("after a change: %d", w.Code)
	}
}

func TestSelectedRunsOnly(t *testing.T) {
	f, err := (&filter.Flags{Expr: "lr > 0.15"}).Filter()
	must(t, err)
	choose := func(c *catalog.Catalog) ([]*catalog.Snapshot, error) { return filter.Snapshots(c, f, nil) }
	s := newServer(t.Context(), Config{Catalog: catalog.New(world(t), nil), Select: choose, Open: true, clock: newManual().clock()})
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	if got := decode[Matches](t, get(t, s, http.MethodGet, "/api/runs")); got.Total != 2 || !slices.Equal(ids(got.Runs), []string{"c", "b"}) {
		t.Errorf("matches: %+v", got)
	}
	got := decode[Snapshot](t, get(t, s, http.MethodGet, "/api/status"))
	if !got.Chosen || got.Counts.Total != 2 || got.Counts.Completed != 0 || !slices.Equal(ids(got.Finished), []string{"b"}) {
		t.Errorf("snapshot: %+v", got)
	}
	for id, want := range map[string]int{"a": 404, "b": 200, "c": 200} {
		for _, page := range []string{"", "/output", "/files"} {
			if w := get(t, s, http.MethodGet, "/api/runs/"+id+page); w.Code != want {
				t.Errorf("%s%s: %d, want %d", id, page, w.Code, want)
			}
		}
	}
}

// Schedulers are runs too: they are not shown unless they were chosen.
func TestSelectedSchedulersOnly(t *testing.T) {
	store := newStore(t)
	scheduling(t, store, state.State{Kind: "queue", Host: "node1"})
	chosen := scheduling(t, store, state.State{Kind: "queue", Host: "node2"}).Run()
	s := newServer(t.Context(), Config{Catalog: catalog.New(store, nil), Open: true, clock: newManual().clock(),
		Select: func(c *catalog.Catalog) ([]*catalog.Snapshot, error) { return c.Of([]*runs.Run{chosen}), nil }})
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	got := decode[Snapshot](t, get(t, s, http.MethodGet, "/api/status"))
	if len(got.Schedulers) != 1 || got.Schedulers[0].ID != chosen.ID {
		t.Errorf("%+v", got.Schedulers)
	}
}

func TestTable(t *testing.T) {
	s := offline(t, world(t))
	got := decode[Table](t, get(t, s, http.MethodGet, "/api/compare?max=loss&cols="+url.QueryEscape("min loss as best, .label as what")))
	want := []TableColumn{
		{"run", "run", "attr:run", false, false}, {"operation", "run", "attr:operation", false, true},
		{"started", "run", "attr:started", false, false}, {"time", "run", "attr:time", false, true},
		{"status", "run", "attr:status", false, false}, {"label", "run", "attr:label", false, false},
		{"lr", "flag", "flag:lr", true, false}, {"on", "flag", "flag:on", false, false}, {"opt", "flag", "flag:opt", false, true},
		{"step", "scalar", "", true, false}, {"loss", "scalar", "scalar:loss", true, false}, {"best", "scalar", "", true, false},
		{"what", "run", "attr:label", false, false},
	}
	if !slices.Equal(got.Columns, want) {
		t.Errorf("columns %+v", got.Columns)
	}
	if len(got.Rows) != 3 || got.Rows[0].ID != "a" || got.Rows[1].ID != "b" || got.Rows[2].ID != "c" {
		t.Fatalf("rows %+v", got.Rows)
	}
	text := func(row int, column string) string {
		i := slices.IndexFunc(got.Columns, func(c TableColumn) bool { return c.Name == column })
		if cell := got.Rows[row].Cells[i]; cell != nil {
			return *cell
		}
		return "none"
	}
	if text(0, "loss") != "1.0" || text(1, "best") != "0.5" || text(2, "loss") != "none" || text(1, "on") != "yes" || got.Rows[2].Status != "staged" {
		t.Errorf("cells %+v", got.Rows)
	}
	if got := decode[Table](t, get(t, s, http.MethodGet, "/api/compare?min=loss&limit=1&filter=run")); got.Matched != 3 ||
		len(got.Rows) != 1 || got.Rows[0].ID != "b" {
		t.Errorf("the lowest of all: %+v", got)
	}
}

// Cells have all digits, since pages make filter expressions from them.
func TestCellsAreExact(t *testing.T) {
	for want, v := range map[string]any{"0.123456789": 0.123456789, "0.9": 0.9, "16777217.0": 16777217.0, "1.2345678e-09": 1.2345678e-9,
		"yes": true, "12": 12, "a": "a"} {
		if got := exactText(v); got != want {
			t.Errorf("%v: %s", v, got)
		}
	}
}

func TestTableOfExperiments(t *testing.T) {
	store := newStore(t)
	d, err := store.Draft("scheduler")
	must(t, err)
	must(t, d.SetOpref(opref.Ref{PkgType: opref.Builtin, PkgName: "guild", Op: "queue"}))
	_, err = d.Commit(runs.Completed)
	must(t, err)
	d, err = store.Draft("batch")
	must(t, err)
	batch, err := d.Commit(runs.Completed)
	must(t, err)
	must(t, os.MkdirAll(batch.GuildPath("proto", ".guild"), 0o777))
	must(t, os.WriteFile(batch.GuildPath("proto", ".guild", "opref"), []byte("script:/p '' '' a.py"), 0o666))
	for _, batches := range []bool{false, true} {
		s := offline(t, store)
		s.batches = batches
		got := decode[Table](t, get(t, s, http.MethodGet, "/api/compare"))
		if len(got.Rows) != got.Matched || got.Total != got.Matched || (len(got.Rows) == 1) != batches || batches && got.Rows[0].ID != "batch" {
			t.Errorf("with batches %v: %+v", batches, got)
		}
	}
}

func TestTableOfNothing(t *testing.T) {
	s := offline(t, newStore(t))
	if got := decode[Table](t, get(t, s, http.MethodGet, "/api/compare")); got.Rows == nil || got.Columns == nil || got.Total != 0 {
		t.Errorf("%+v", got)
	}
}

// A column of numbers is numeric although some runs have no value; an empty column is not.
func TestNumericColumns(t *testing.T) {
	list := []*runs.View{{}, {}}
	got := newTable(&compare.Table{Header: []string{"n", "none", "mixed"}, Columns: make([]compare.Column, 3), Runs: list,
		Rows: [][]any{{1, nil, 1}, {nil, nil, "x"}}}, Matches{})
	for i, want := range []bool{true, false, false} {
		if got.Columns[i].Numeric != want {
			t.Errorf("%+v", got.Columns[i])
		}
	}
}
