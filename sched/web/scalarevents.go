package web

import (
	"math"
	"net/http"
	"time"

	"guild/runs"
	"guild/sched/web/curves"
	"guild/sched/web/reply"
)

const curvesEvery = 2 * time.Second

// NewPoints are points that a run has got.
type NewPoints struct {
	ID     string                `json:"id"`
	Series map[string]PointsFrom `json:"series"` // by name
}

// PointsFrom are points of a scalar in the order in which they came, From being how many there were before. Reset says that what was there
// before is no longer so: the scalar is to be asked for anew.
type PointsFrom struct {
	From  int        `json:"from"`
	Steps []int64    `json:"step"`
	Times []float64  `json:"at"` // seconds since the epoch; 0: not known
	Y     []*float64 `json:"y"`  // null for what is no finite number
	Reset bool       `json:"reset,omitempty"`
}

// scalarEvents streams what the runs that ?ids= names get from now on: at first "start" with how many points each of them has by now, by id,
// so that a client knows whether it has missed some since it asked for a ScalarIndex; then "points" with a NewPoints for each run that has
// some, as long as one of them has not ended.
func (s *Server) scalarEvents(w http.ResponseWriter, r *http.Request) {
	list, ok := s.curveRuns(w, r)
	if !ok {
		return
	}
	st, done := s.open(w, r)
	if st == nil {
		return
	}
	defer done()
	tick, stop := s.clock.ticker(curvesEvery)
	defer stop()
	beat, stopBeat := s.clock.ticker(heartbeatEvery)
	defer stopBeat()
	last, start := map[string]*curves.Run{}, map[string]int{}
	for _, run := range list {
		last[run.ID] = s.curves.Get(run.AsView())
		start[run.ID] = last[run.ID].Points()
	}
	if st.send("start", "", reply.Encode(start)) != nil {
		return
	}
	for {
		for _, run := range list {
			before := last[run.ID]
			if before.Ended {
				continue
			}
			now := s.curves.Get(run.AsView())
			last[run.ID] = now
			if before == now {
				continue
			}
			if news := newPoints(before, now); len(news) > 0 && st.send("points", "", reply.Encode(NewPoints{ID: run.ID, Series: news})) != nil {
				return
			}
		}
		if allEnded(list, last) && st.send("end", "", []byte("{}")) == nil {
			return
		}
		select {
		case <-tick:
		case <-beat:
			if st.beat() != nil {
				return
			}
		case <-r.Context().Done():
			s.sayClosing(st)
			return
		}
	}
}

func allEnded(list []*runs.Run, last map[string]*curves.Run) bool {
	for _, run := range list {
		if !last[run.ID].Ended {
			return false
		}
	}
	return true
}

// newPoints is what a run has got between two looks.
func newPoints(before, now *curves.Run) map[string]PointsFrom {
	news := map[string]PointsFrom{}
	for name, points := range now.Series {
		old := before.Series[name]
		if len(points) == len(old) {
			continue
		}
		if n := len(old); len(points) < n || n > 0 && !samePoint(points[n-1], old[n-1]) {
			news[name] = PointsFrom{Reset: true}
			continue
		}
		add := PointsFrom{From: len(old)}
		for _, p := range points[len(old):] {
			add.Steps, add.Times, add.Y = append(add.Steps, p.Step), append(add.Times, p.At), append(add.Y, finite(p.Value))
		}
		news[name] = add
	}
	return news
}

// samePoint compares without the value, which may be no number and so not even equal to itself.
func samePoint(a, b curves.Point) bool { return a.Step == b.Step && a.At == b.At }

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
