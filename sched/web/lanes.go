package web

import (
	"cmp"
	"slices"
	"time"

	"guild/runs"
	"guild/sched/state"
)

// Lanes show what each worker has done recently, and when waiting runs are likely to start.
type Lanes struct {
	Now        time.Time       `json:"now"`
	Seconds    float64         `json:"seconds"` // how far lanes go back
	Schedulers []SchedulerLane `json:"schedulers"`
	Queue      []Queued        `json:"queue"`            // in the order of their starts
	Median     float64         `json:"median,omitempty"` // median seconds of recent runs; 0: none has ended
}

// SchedulerLane shows the recent work of a scheduler.
type SchedulerLane struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Host    string `json:"host"`
	Life    Life   `json:"life"`
	Workers int    `json:"workers"`
	Cut     bool   `json:"cut,omitempty"` // more runs have ended than the scheduler lists: the older part of its lanes has gaps
	Spans   []Span `json:"spans"`
}

// Span is the time in which a worker owned a run.
type Span struct {
	Worker int       `json:"worker,omitempty"` // from 1; 0: the engine has no numbered workers
	RunID  string    `json:"run_id"`
	Name   string    `json:"name"` // operation and label
	Status string    `json:"status"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero: still running
}

// Queued is a run that waits for a scheduler.
type Queued struct {
	Run
	Expected time.Time `json:"expected,omitzero"` // zero: cannot be estimated
}

func (x *picture) lanes(s *Snapshot) *Lanes {
	l := &Lanes{Now: s.Now, Seconds: state.RecentFor.Seconds(), Schedulers: []SchedulerLane{}, Queue: []Queued{}}
	took := durations(s.Finished)
	l.Median = took.all.Seconds()
	var free []time.Time
	for _, sch := range s.Schedulers {
		r := x.All()[sch.ID]
		if r == nil || r.Extra.sched == nil || r.Extra.sched.state == nil {
			continue
		}
		st := r.Extra.sched.state
		lane := SchedulerLane{ID: sch.ID, Kind: sch.Kind, Host: sch.Host, Life: sch.Life, Workers: sch.Workers, Spans: []Span{},
			Cut: len(st.Recent) == state.MaxRecent}
		for _, e := range st.Recent {
			if s.Now.Sub(e.Until) <= state.RecentFor {
				lane.Spans = append(lane.Spans, x.span(e.RunID, e.Worker, e.Since, e.Until))
			}
		}
		for _, o := range st.Running {
			lane.Spans = append(lane.Spans, x.span(o.RunID, o.Worker, o.Since, time.Time{}))
		}
		l.Schedulers = append(l.Schedulers, lane)
		if sch.Life != Live || st.Paused {
			continue
		}
		for _, o := range st.Running {
			end := o.Since.Add(took.of(x.opOf(o.RunID)))
			if end.Before(s.Now) {
				end = s.Now
			}
			free = append(free, end)
		}
		for range sch.Workers - len(st.Running) {
			free = append(free, s.Now)
		}
	}
	for _, r := range s.Waiting {
		if r.Position > 0 {
			l.Queue = append(l.Queue, Queued{Run: r})
		}
	}
	expect(l.Queue, free, took)
	return l
}

func (x *picture) span(id string, worker int, since, until time.Time) Span {
	span := Span{Worker: worker, RunID: id, Since: jsonTime(since), Until: jsonTime(until)}
	r := x.All()[id]
	if r == nil || r.Read.IsZero() || !x.shows(id) {
		return span // for example one that was deleted on success
	}
	d := x.ensureDetail(r)
	span.Status, span.Name = string(r.Status), d.op+" "+d.label
	if until.IsZero() {
		span.Status = string(runs.Running)
	}
	return span
}

func (x *picture) opOf(id string) string {
	if r := x.All()[id]; r != nil && !r.Read.IsZero() {
		return x.ensureDetail(r).op
	}
	return ""
}

// typical has median durations of finished runs.
type typical struct {
	all  time.Duration
	byOp map[string]time.Duration
}

// of returns the expected duration of a run of an operation; 0 if nothing is known.
func (t typical) of(op string) time.Duration {
	if d, ok := t.byOp[op]; ok {
		return d
	}
	return t.all
}

func durations(finished []Run) typical {
	seconds := map[string][]float64{}
	var all []float64
	for _, r := range finished {
		if r.Seconds > 0 && r.Status == string(runs.Completed) {
			seconds[r.Op] = append(seconds[r.Op], r.Seconds)
			all = append(all, r.Seconds)
		}
	}
	t := typical{all: median(all), byOp: map[string]time.Duration{}}
	for op, list := range seconds {
		t.byOp[op] = median(list)
	}
	return t
}

func median(list []float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	n := len(list) / 2
	m := list[n]
	if len(list)%2 == 0 {
		m = (list[n-1] + list[n]) / 2
	}
	return time.Duration(m * float64(time.Second))
}

// expect estimates when the runs of a queue start: each on the first free worker, for the typical duration of its operation. Like
// schedulers, it skips runs that wait for something else than a worker. free has the times at which workers become free.
func expect(queue []Queued, free []time.Time, took typical) {
	if took.all == 0 || len(free) == 0 {
		return
	}
	for i := range queue {
		if queue[i].Reason != forWorker {
			continue
		}
		first := slices.MinFunc(free, time.Time.Compare)
		at := slices.Index(free, first)
		queue[i].Expected = first
		free[at] = first.Add(cmp.Or(took.of(queue[i].Op), took.all))
	}
}
