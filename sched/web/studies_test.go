package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/sched/web/reply"
	"guild/sched/web/study"
)

// sweep makes a batch with a trial for each of some results by flag lr; NaN is a failed trial. If running is set, the last trial is
// running; the batch and the trial end with the test.
func sweep(t *testing.T, s *runs.Store, objective string, results []float64, underWay bool) (batch *runs.Run, trials []*runs.Run) {
	t.Helper()
	d := draft(t, s, "skopt:gp", map[string]any{"flags": map[string]any{"random-starts": 3}, "max_trials": len(results) + 4})
	if objective != "" {
		must(t, d.SetAttrs(map[string]any{"objective": objective}))
	}
	proto, err := d.Proto()
	must(t, err)
	must(t, proto.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/project/guild.yml", Op: "train"}))
	l, err := d.CommitOwned(runs.Pending)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	must(t, l.Begin(runs.Self()))
	batch = l.Run()
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	for i, y := range results {
		at := begun.Add(time.Duration(i) * time.Minute)
		lr := []float64{0.1, 0.01, 0.001}[i%3]
		trial := running(t, s, "train", map[string]any{"batch": batch.ID, "flags": map[string]any{"lr": lr, "layers": 1 + i%2, "opt": []string{"adam", "sgd"}[i/3%2], "epochs": 10}})
		r := trial.Run()
		trials = append(trials, r)
		must(t, os.Symlink("../"+r.ID, batch.Path(r.ID)))
		w := scalars.NewWriter(r)
		w.Scalar("loss", y, 1, at)
		w.Scalar("size", float64(10-i), 1, at)
		w.Scalar("step", 1, 1, at)
		must(t, w.Close())
		must(t, r.SetAttr("started", runs.Micros(at)))
		if underWay && i == len(results)-1 {
			continue
		}
		exit := 0
		if y != y {
			exit = 1
		}
		must(t, trial.Finish(exit))
		must(t, r.SetAttr("stopped", runs.Micros(at.Add(30*time.Second))))
		must(t, trial.Close())
	}
	if !underWay {
		must(t, l.Finish(0))
		must(t, l.Close())
	}
	return batch, trials
}

var nan = func() float64 { var zero float64; return zero / zero }()

// planned returns the number of planned trials of a batch of sweep.
func planned(batch *runs.Run) int {
	n, _ := batch.AttrInt("max_trials")
	return n
}

func studying(t *testing.T, store *runs.Store) *Server {
	t.Helper()
	s := newServer(t.Context(), Config{Catalog: catalog.New(store, nil), Open: true, Planned: planned, clock: newManual().clock()})
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	return s
}

func TestStudy(t *testing.T) {
	store := newStore(t)
	batch, trials := sweep(t, store, "", []float64{3, 2, nan, 4, 1, 5, 0.5}, true)
	other, _ := sweep(t, store, "-max size", []float64{1, 2}, false)
	ended(t, store, "alone", 0, later())
	s := studying(t, store)

	list := decode[Studies](t, get(t, s, http.MethodGet, "/api/studies"))
	if len(list.Studies) != 2 || list.Total != 2 {
		t.Fatalf("%+v", list)
	}
	i := slices.IndexFunc(list.Studies, func(r StudyRow) bool { return r.ID == batch.ID })
	if r := list.Studies[i]; r.Trials != 7 || r.Ended != 6 || r.Planned != 11 || r.Status != "running" {
		t.Errorf("%+v", r)
	}
	if done := decode[Studies](t, get(t, s, http.MethodGet, "/api/studies?status=completed")); len(done.Studies) != 1 || done.Studies[0].ID != other.ID {
		t.Errorf("completed: %+v", done.Studies)
	}

	got := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+batch.ID))
	if fmt.Sprint(got.Objectives) != "[loss size]" || *got.Objective != (Objective{"loss", study.Min}) || got.Second != nil || got.Op != "train+skopt:gp" {
		t.Errorf("%s: %v, %+v, %+v", got.Op, got.Objectives, got.Objective, got.Second)
	}
	words := func(st Study) string {
		var b strings.Builder
		for _, tr := range st.Trials {
			result := "none"
			if tr.Result != nil {
				result = fmt.Sprint(*tr.Result)
			}
			fmt.Fprintf(&b, "%s %s best=%v front=%v\n", tr.Status, result, tr.Best, tr.Front)
		}
		return b.String()
	}
	const want = "completed 3 best=true front=false\ncompleted 2 best=true front=false\nerror none best=false front=false\n" +
		"completed 4 best=false front=false\ncompleted 1 best=true front=false\ncompleted 5 best=false front=false\nrunning none best=false front=false\n"
	if words(got) != want || got.Best != 4 {
		t.Errorf("best is %d of\n%s", got.Best, words(got))
	}
	if len(got.Flags) != 3 || got.Flags[1].Name != "lr" || !got.Flags[1].Numeric || got.Flags[2].Numeric || got.Flags[0].Share == nil || *got.Trials[1].Values[1] != "0.01" {
		t.Errorf("%+v, %v", got.Flags, got.Trials[1].Values)
	}
	// Five trials have taken 30 s each, one is running and overdue, four are left.
	if left := got.Expected.Sub(got.Now); left != 4*30*time.Second {
		t.Errorf("expected in %v", left)
	}
	if got.Planned != 11 || got.Statuses[runs.Completed] != 5 || got.Trials[0].ID != trials[0].ID {
		t.Errorf("%+v", got)
	}

	matched := decode[Matches](t, get(t, s, http.MethodGet, "/api/runs?filter="+url.QueryEscape(got.Filter)))
	if got.Filter == "" || matched.Matched != len(trials) {
		t.Errorf("%q selects %d runs", got.Filter, matched.Matched)
	}

	two := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+batch.ID+"?second=size&second-goal=max&objective="+url.QueryEscape("min loss")))
	front := 0
	for _, tr := range two.Trials {
		if tr.Front {
			front++
		}
	}
	if front != 3 || two.Objective.Name != "min loss" || two.Second.Goal != study.Max { // the trials with losses of 3, 2 and 1
		t.Errorf("%d on the front of\n%s", front, words(two))
	}
	meant := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+other.ID))
	if *meant.Objective != (Objective{"max size", study.Max}) || meant.Objectives[0] != "max size" || meant.Best != 0 || !meant.Expected.IsZero() {
		t.Errorf("%+v of %v, best %d, expected %v", meant.Objective, meant.Objectives, meant.Best, meant.Expected)
	}
	if least := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+other.ID+"?goal=min")); least.Best != 1 {
		t.Errorf("the least: %d", least.Best)
	}
}

// The trials of a deleted batch are still a study, and tell how many were planned.
func TestStudyOfGoneBatch(t *testing.T) {
	store := newStore(t)
	batch, trials := sweep(t, store, "-size", []float64{3, 1, 2}, false)
	_, err := store.Get(batch.ID)
	must(t, err)
	must(t, os.RemoveAll(batch.Dir))
	must(t, trials[2].SetAttr("max_trials", 4)) // see planned
	s := studying(t, store)
	list := decode[Studies](t, get(t, s, http.MethodGet, "/api/studies?filter=sgd"))
	if list.Total != 1 || len(list.Studies) != 0 {
		t.Errorf("%+v", list)
	}
	list = decode[Studies](t, get(t, s, http.MethodGet, "/api/studies?status=completed&filter=lr+%3D+0.01"))
	if len(list.Studies) != 1 || !list.Studies[0].Gone || list.Studies[0].Trials != 3 || list.Studies[0].ID != batch.ID || list.Studies[0].Op != "train" || list.Studies[0].Planned != 4 {
		t.Fatalf("%+v", list)
	}
	got := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+batch.ID))
	if !got.Gone || got.Best != 1 || len(got.Trials) != 3 || got.Trials[0].ID != trials[0].ID || got.Objective.Name != "loss" || got.Filter == "" || got.Planned != 4 {
		t.Errorf("%+v", got)
	}
}

func TestStudyErrors(t *testing.T) {
	store := newStore(t)
	batch, trials := sweep(t, store, "", []float64{1}, false)
	s := studying(t, store)
	for _, tt := range []struct {
		target, has string
		code        int
	}{
		{trials[0].ID, "no batch", 404},
		{"nothing", "no batch", 404},
		{batch.ID + "?objective=" + url.QueryEscape("loss, size"), "one column", 400},
		{batch.ID + "?objective=%3D", "name is missing", 400},
		{batch.ID + "?second=%3D", `"param":"second"`, 400},
		{batch.ID + "?goal=up", "min or max", 400},
	} {
		w := get(t, s, http.MethodGet, "/api/studies/"+tt.target)
		if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.has) || decode[reply.Error](t, w).Error == "" {
			t.Errorf("%s: %d %s", tt.target, w.Code, w.Body)
		}
	}
}

// A batch whose trials have no results is a study nevertheless.
func TestStudyOfNothing(t *testing.T) {
	store := newStore(t)
	d := draft(t, store, "+", nil)
	proto, err := d.Proto()
	must(t, err)
	must(t, proto.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/project/guild.yml", Op: "train"}))
	batch, err := d.Commit(runs.Completed)
	must(t, err)
	must(t, os.Symlink("../gone", batch.Path("gone")))
	s := offline(t, store)
	got := decode[Study](t, get(t, s, http.MethodGet, "/api/studies/"+batch.ID))
	if got.Objective != nil || got.Best != -1 || got.Trials == nil || got.Flags == nil || got.Objectives == nil || got.Planned != 0 {
		t.Errorf("%+v", got)
	}
}

// Names of scalars that are not valid as columns are quoted.
func TestColumnNames(t *testing.T) {
	for key, want := range map[string]string{"loss": "loss", "val/acc": "val/acc", "a b": "'a b'", "min loss": "'min loss'", "it's": `it's`, "=x": "'=x'", "a'b c": `"a'b c"`} {
		if got := columnName(key); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
		if o, err := chosenObjective(columnName(key), "", nil, nil); err != nil {
			t.Errorf("%s: %v", key, err)
		} else if name, plain := o.column.Plain(); name != key || !plain || o.column.Kind() != 0 {
			t.Errorf("%s is read as %s", key, name)
		}
	}
}
