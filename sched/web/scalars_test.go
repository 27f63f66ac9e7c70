package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/scalars"
	"guild/sched/web/reply"
)

func TestScalars(t *testing.T) {
	s := offline(t, world(t))
	index := decode[ScalarIndex](t, get(t, s, http.MethodGet, "/api/scalars?ids=b,c,a,nobody,b"))
	if len(index.Runs) != 3 || index.Runs[0].ID != "b" || index.Runs[0].Flags["opt"] != "adam" || index.Runs[1].Label != "run é c" {
		t.Errorf("runs: %+v", index.Runs)
	}
	if len(index.Scalars) != 1 || index.Scalars[0] != (ScalarName{"loss", 2, 4}) {
		t.Errorf("scalars: %+v", index.Scalars)
	}
	series := decode[ScalarSeries](t, get(t, s, http.MethodGet, "/api/scalars?ids=b,c,a&tag=loss"))
	if len(series.Runs) != 2 || series.Runs[1].ID != "a" || series.Runs[1].N != 2 || fmt.Sprint(series.Runs[1].Digits) != "[2 1]" || fmt.Sprint(series.Runs[1].Steps) != "[0 8]" {
		t.Errorf("series: %+v", series)
	}
	if none := decode[ScalarSeries](t, get(t, s, http.MethodGet, "/api/scalars?ids=a&tag=nothing&x=time")); none.Runs == nil || len(none.Runs) != 0 {
		t.Errorf("a scalar that nobody has: %+v", none)
	}
	for _, target := range []string{"/api/scalars", "/api/scalars?ids=,", "/api/scalars?ids=a&tag=loss&x=y", "/api/scalars?ids=a&tag=loss&points=1",
		"/api/scalars?ids=" + strings.Repeat("a,", maxCurves+1), "/api/scalars.csv", "/api/scalars/events"} {
		if w := get(t, s, http.MethodGet, target); w.Code != 400 || decode[reply.Error](t, w).Error == "" {
			t.Errorf("%s: %d, %s", target, w.Code, w.Body)
		}
	}
	csv := get(t, s, http.MethodGet, "/api/scalars.csv?ids=a&tag=loss").Body.String()
	if lines := strings.Split(csv, "\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], "a,train,run é a,loss,1,20") && !strings.Contains(lines[1], ",loss,1,20") || !strings.HasSuffix(lines[2], ",1") {
		t.Errorf("CSV: %q", csv)
	}
}

// New points are sent as they are written, each once, until the run has ended.
func TestScalarEvents(t *testing.T) {
	store := newStore(t)
	lock := running(t, store, "train", nil)
	run := lock.Run()
	w := scalars.NewWriter(run)
	w.Scalar("loss", 1, 1, time.Unix(1000, 0))
	must(t, w.Flush())
	m := newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	l := listenTo(t, s, "/api/scalars/events?ids="+run.ID)
	if e := l.next(); e.name != "start" || e.data != `{"`+run.ID+`":1}` {
		t.Errorf("%s %s, want how many points there are", e.name, e.data)
	}
	m.tick(t, curvesEvery) // the first look is over when the second begins
	w.Scalar("loss", 0.5, 2, time.Unix(1001, 0))
	w.Scalar("acc", 0.25, 2, time.Unix(1001, 0))
	must(t, w.Close())
	m.advance(time.Minute)
	m.tick(t, curvesEvery)
	e := l.next()
	want := `{"id":"` + run.ID + `","series":{"acc":{"from":0,"step":[2],"at":[1001],"y":[0.25]},"loss":{"from":1,"step":[2],"at":[1001],"y":[0.5]}}}`
	if e.name != "points" || e.data != want {
		t.Errorf("%s %s, want %s", e.name, e.data, want)
	}
	must(t, lock.Finish(0))
	must(t, lock.Close())
	m.advance(time.Minute)
	m.tick(t, curvesEvery)
	if e := l.next(); e.name != "end" {
		t.Errorf("%+v, want the end", e)
	}
}

// A chart of many noisy curves compresses well, also with values on both sides of 0.
func TestChartIsSmall(t *testing.T) {
	const most = 350 << 10
	store := newStore(t)
	random := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for range 100 {
		d, err := store.Draft("")
		must(t, err)
		r, err := d.Commit(runs.Completed)
		must(t, err)
		w := scalars.NewWriter(r)
		at := time.Unix(1_700_000_000, 0)
		for step := range 1000 {
			at = at.Add(time.Duration(200+random.IntN(100)) * time.Millisecond)
			w.Scalar("loss", 0.3+2/float64(step+10)+0.02*random.NormFloat64(), int64(step), at)
			w.Scalar("gradient", random.NormFloat64(), int64(step), at)
		}
		must(t, w.Close())
		ids = append(ids, r.ID)
	}
	s := offline(t, store)
	for _, of := range []string{"loss step", "loss time", "gradient step", "gradient time"} {
		tag, axis, _ := strings.Cut(of, " ")
		w := get(t, s, http.MethodGet, "/api/scalars?tag="+tag+"&points=1000&x="+axis+"&ids="+strings.Join(ids, ","), "Accept-Encoding", "gzip")
		size := w.Body.Len()
		t.Logf("100 runs × 1000 points of %s by %s: %d bytes compressed", tag, axis, size)
		if w.Header().Get("Content-Encoding") != "gzip" || size > most {
			t.Errorf("%s by %s: %d bytes, %d are the most", tag, axis, size, most)
		}
		z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		must(t, err)
		var got ScalarSeries
		must(t, json.NewDecoder(z).Decode(&got))
		if len(got.Runs) != 100 || len(got.Runs[99].Digits) != 1000 {
			t.Errorf("%s by %s: %d runs", tag, axis, len(got.Runs))
		}
	}
}
