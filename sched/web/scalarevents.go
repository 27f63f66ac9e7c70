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

// NewPoints are the new points of a run.
type NewPoints struct {
	ID     string                `json:"id"`
	Series map[string]PointsFrom `json:"series"` // by name
}

// PointsFrom are new points of a scalar in the order of writing; From is the number of points before them. Reset says that earlier points
// have changed, so that the client has to request the scalar again.
type PointsFrom struct {
	From  int        `json:"from"`
	Steps []int64    `json:"step"`
	Times []float64  `json:"at"` // seconds since the epoch; 0: not known
	Y     []*float64 `json:"y"`  // null if not finite
	Reset bool       `json:"reset,omitempty"`
}

// scalarEvents streams new points of the runs in ?ids=. First it sends "start" with the number of points of each run, by id, so that a
// client knows whether it has missed points since its request for a ScalarIndex; then "points" with a NewPoints for each run with new
// points, until all runs have ended.
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
			s.sendClosing(st)
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

// newPoints returns the points that were added between two readings of a run.
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

// samePoint does not compare the value, since NaN is not equal to itself.
func samePoint(a, b curves.Point) bool { return a.Step == b.Step && a.At == b.At }

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
