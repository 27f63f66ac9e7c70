package web

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/csvsafe"
	"guild/sched/web/curves"
	"guild/sched/web/reply"
)

// Limits of one response.
const (
	maxCurves     = 200    // runs
	fewPoints     = 1000   // per run, if the client names no number
	maxPointsAsk  = 20_000 // per run
	maxScalarTags = 2000
)

// ScalarIndex lists the scalars of some runs.
type ScalarIndex struct {
	Runs    []CurveRun   `json:"runs"`    // in the order asked for
	Scalars []ScalarName `json:"scalars"` // by name
}

// CurveRun is a run as charts show it.
type CurveRun struct {
	ID      string            `json:"id"`
	ShortID string            `json:"short_id"`
	Op      string            `json:"op"`
	Label   string            `json:"label"`
	Status  string            `json:"status"`
	Flags   map[string]string `json:"flags"`  // values as YAML
	Points  int               `json:"points"` // number of points of all scalars, see scalarEvents
}

// ScalarName is a scalar that some of the runs have.
type ScalarName struct {
	Name   string `json:"name"`
	Runs   int    `json:"runs"`
	Points int    `json:"points"`
}

// ScalarSeries is one scalar of some runs.
type ScalarSeries struct {
	Tag  string      `json:"tag"`
	Axis curves.Axis `json:"x"`
	Runs []RunSeries `json:"runs"` // runs that have the scalar, in the order asked for
}

// RunSeries is a scalar of one run. N is the number of values read; a stream continues from there.
type RunSeries struct {
	ID    string  `json:"id"`
	N     int     `json:"n"`
	Start float64 `json:"start"` // first time of all scalars of the run, in seconds since the epoch; 0: unknown
	curves.Columns
}

// scalars responds with a ScalarIndex, or for ?tag=NAME with a ScalarSeries: per run at most ?points=N, by ?x=step or time.
func (s *Server) scalars(w http.ResponseWriter, r *http.Request) {
	list, ok := s.curveRuns(w, r)
	if !ok {
		return
	}
	done := s.reading(w, r)
	if done == nil {
		return
	}
	defer done()
	params := r.URL.Query()
	if !params.Has("tag") {
		reply.JSONIfNew(w, r, reply.Encode(s.scalarIndex(list)))
		return
	}
	by := curves.Axis(cmp.Or(params.Get("x"), string(curves.ByStep)))
	if by != curves.ByStep && by != curves.ByTime {
		reply.Fail(w, r, http.StatusBadRequest, "x is step or time")
		return
	}
	points, ok := rowsParam(w, r, "points", fewPoints, 4)
	if !ok {
		return
	}
	out := ScalarSeries{Tag: params.Get("tag"), Axis: by, Runs: []RunSeries{}}
	for _, run := range list {
		read := s.curves.Get(run.AsView())
		if series := read.Series[out.Tag]; len(series) > 0 {
			out.Runs = append(out.Runs, RunSeries{ID: run.ID, N: len(series), Start: read.Start,
				Columns: curves.Make(series, by, min(points, maxPointsAsk))})
		}
	}
	reply.JSONIfNew(w, r, reply.Encode(out))
}

// curveRuns returns the runs in ?ids=ID,ID without those that no longer exist.
func (s *Server) curveRuns(w http.ResponseWriter, r *http.Request) ([]*runs.Run, bool) {
	ids := strings.FieldsFunc(r.URL.Query().Get("ids"), func(c rune) bool { return c == ',' })
	if len(ids) == 0 || len(ids) > maxCurves {
		reply.Fail(w, r, http.StatusBadRequest, fmt.Sprintf("ids names from 1 to %d runs by their full ids, with commas between", maxCurves))
		return nil, false
	}
	var list []*runs.Run
	for _, id := range ids {
		if run, err := s.catalog.Get(id); err == nil && s.serves(run.ID) && !slices.ContainsFunc(list, func(o *runs.Run) bool { return o.ID == run.ID }) {
			list = append(list, run)
		}
	}
	return list, true
}

func (s *Server) scalarIndex(list []*runs.Run) *ScalarIndex {
	index := &ScalarIndex{Runs: []CurveRun{}, Scalars: []ScalarName{}}
	found := map[string]*ScalarName{}
	for _, run := range list {
		c := CurveRun{ID: run.ID, ShortID: run.ShortID(), Op: run.OpSpec(), Status: string(run.Status()), Flags: map[string]string{}}
		flags := run.Flags()
		for name, v := range flags {
			c.Flags[name] = valueText(v)
		}
		c.Label = cmp.Or(run.Label(), flagsText(flags))
		read := s.curves.Get(run.AsView())
		c.Points = read.Points()
		index.Runs = append(index.Runs, c)
		for name, points := range read.Series {
			if found[name] == nil {
				found[name] = &ScalarName{Name: name}
			}
			found[name].Runs++
			found[name].Points += len(points)
		}
	}
	for _, n := range found {
		index.Scalars = append(index.Scalars, *n)
	}
	slices.SortFunc(index.Scalars, func(a, b ScalarName) int { return cmp.Compare(a.Name, b.Name) })
	index.Scalars = index.Scalars[:min(len(index.Scalars), maxScalarTags)]
	return index
}

// scalarsCSV responds with all points of ?tag=NAME of the runs, a line for each, with all digits.
func (s *Server) scalarsCSV(w http.ResponseWriter, r *http.Request) {
	list, ok := s.curveRuns(w, r)
	if !ok {
		return
	}
	done := s.reading(w, r)
	if done == nil {
		return
	}
	defer done()
	tag := r.URL.Query().Get("tag")
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="scalars.csv"`)
	out := csv.NewWriter(deadlineWriter{w})
	defer out.Flush()
	_ = out.Write([]string{"run", "operation", "label", "scalar", "step", "time", "value"})
	for _, run := range list {
		head := csvsafe.Row([]string{run.ID, run.OpSpec(), run.Label(), tag})
		for _, p := range s.curves.Get(run.AsView()).Series[tag] {
			if out.Write(append(head[:4:4], strconv.FormatInt(p.Step, 10), timeText(p.At), strconv.FormatFloat(p.Value, 'g', -1, 64))) != nil {
				return // the client is gone
			}
		}
	}
}

// timeText returns the RFC 3339 form of a time in seconds since the epoch; empty if it is 0, which means unknown.
func timeText(at float64) string {
	if at == 0 {
		return ""
	}
	seconds, fraction := math.Modf(at)
	return time.Unix(int64(seconds), int64(fraction*1e9)).UTC().Format("2006-01-02T15:04:05.000Z")
}
