package web

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/process"
	"guild/sched/state"
)

const (
	maxFinished = 50
	maxRunning  = 500
	maxWaiting  = state.MaxWaiting
)

// forWorker is the reason why a run waits that waits for nothing else.
const forWorker = "for a free worker"

// snapshot builds a Snapshot of what is known. here is the id of the run of the scheduler that serves.
func (x *picture) snapshot(here string) *Snapshot {
	now := x.now()
	s := &Snapshot{Now: now, Host: process.Hostname(), Root: x.catalog.Root(), Zone: zoneName(), Chosen: x.choose != nil, Schedulers: x.schedulerRows(here)}
	var running, staged, pending, ended []*record
	for _, r := range x.All() {
		if !x.shows(r.ID) {
			continue
		}
		s.Counts.Total++
		switch {
		case r.Read.IsZero():
			s.Counts.Unread++
		case r.Status == runs.Running:
			if r.Extra.sched == nil {
				running = append(running, r)
			}
		case r.Status == runs.Staged:
			s.Counts.Staged++
			if !x.Marked(r.ID) {
				staged = append(staged, r)
			}
		case r.Status == runs.Pending:
			pending = append(pending, r)
		default:
			s.Counts.ended(r.Status)
			if !r.Ended.IsZero() {
				ended = append(ended, r)
			}
		}
	}
	s.Counts.Running, s.Counts.Pending = len(running), len(pending)
	at := places(s.Schedulers)
	x.listed = x.listed[:0]
	s.Running = x.runningRows(running, at)
	s.Waiting = x.waitingRows(staged, pending, at, s.Schedulers)
	s.Finished = x.finishedRows(ended)
	s.Schedulers = slices.DeleteFunc(s.Schedulers, func(sch Scheduler) bool { return !x.shows(sch.ID) })
	s.Throughput = throughput(ended, now)
	return s
}

func (c *Counts) ended(status runs.Status) {
	switch status {
	case runs.Completed:
		c.Completed++
	case runs.Error:
		c.Error++
	case runs.Terminated:
		c.Terminated++
	}
}

// runningRows returns the running runs, ordered by worker, so that rows stay in their places.
func (x *picture) runningRows(list []*record, at map[string]place) []Run {
	rows := make([]Run, 0, len(list))
	for _, r := range list {
		row := x.row(r)
		if p, ok := at[r.ID]; ok {
			row.Scheduler, row.Worker = p.scheduler, p.worker
		}
		rows = append(rows, row)
		x.listed = append(x.listed, r)
	}
	order := func(r Run) int {
		if p, ok := at[r.ID]; ok {
			return p.order
		}
		return math.MaxInt
	}
	slices.SortFunc(rows, func(a, b Run) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Worker, b.Worker), byTime(a, b))
	})
	return rows[:min(len(rows), maxRunning)]
}

// waitingRows returns the queue in its order, then staged runs without a marker, then pending runs that nobody staged.
func (x *picture) waitingRows(unmarked, pending []*record, at map[string]place, schedulers []Scheduler) []Run {
	rows := []Run{}
	alive := slices.ContainsFunc(schedulers, func(s Scheduler) bool { return s.Life == Live })
	reasons := x.reasons()
	position := 0
	for _, m := range x.Markers() {
		if len(rows) == maxWaiting {
			break
		}
		r := x.All()[m.ID]
		if r != nil && r.Read.IsZero() {
			x.Check(r)
		}
		if r == nil || r.Status != runs.Staged {
			continue
		}
		position++
		if !x.shows(r.ID) {
			continue
		}
		row := x.row(r)
		row.Position, row.Since = position, jsonTime(m.Time)
		row.Reason = cmp.Or(reasons[r.ID], forWorker)
		if !alive {
			row.Reason = "no scheduler is at work"
		}
		rows = append(rows, row)
		x.listed = append(x.listed, r)
	}
	var rest []Run
	for _, r := range latestOf(unmarked, maxWaiting) {
		row := x.row(r)
		row.Reason = "staged without a marker: a scheduler finds it when it sweeps the runs root"
		if p, ok := at[r.ID]; ok {
			row.Reason, row.Scheduler, row.Worker = "being started on "+p.host, p.scheduler, p.worker
		}
		rest = append(rest, row)
	}
	for _, r := range latestOf(pending, maxWaiting) {
		row := x.row(r)
		row.Reason = "not staged"
		if p, ok := at[r.ID]; ok { // a scheduler has given it to an engine
			row.Reason, row.Scheduler = cmp.Or(state.WhyWaits(x.catalog.Store, x.Run(r.ID)), row.Reason), p.scheduler
		}
		rest = append(rest, row)
	}
	slices.SortFunc(rest, byTime)
	return append(rows, rest[:min(len(rest), maxWaiting)]...)
}

// latestOf returns the n records that changed most recently.
func latestOf(list []*record, n int) []*record {
	slices.SortFunc(list, func(a, b *record) int { return cmp.Or(b.Changed.Compare(a.Changed), cmp.Compare(a.ID, b.ID)) })
	return list[:min(len(list), n)]
}

// reasons returns why runs wait, as the live schedulers say. If a scheduler gives no reason, the run waits only for that scheduler's next
// free worker.
func (x *picture) reasons() map[string]string {
	all := make(map[string][]string)
	for _, r := range x.schedulers() {
		if r.Extra.sched.state == nil || r.Extra.sched.life(r, x.now()) != Live {
			continue
		}
		for _, w := range r.Extra.sched.state.Waiting {
			all[w.RunID] = append(all[w.RunID], w.Reason)
		}
	}
	out := make(map[string]string)
	for id, list := range all {
		slices.Sort(list)
		list = slices.Compact(list)
		if list[0] != "" {
			out[id] = strings.Join(list, "; ")
		}
	}
	return out
}

// finishedRows returns the most recently ended runs and forgets the details of the others.
func (x *picture) finishedRows(ended []*record) []Run {
	slices.SortFunc(ended, func(a, b *record) int { return cmp.Or(b.Ended.Compare(a.Ended), cmp.Compare(a.ID, b.ID)) })
	rows := make([]Run, 0, maxFinished)
	for i, r := range ended {
		if i >= maxFinished {
			r.Extra.detail = nil
			continue
		}
		rows = append(rows, x.row(r))
		x.listed = append(x.listed, r)
	}
	return rows
}

// throughput counts ended runs by minutes of the clock, so that it changes only once a minute and when a run ends.
func throughput(ended []*record, now time.Time) Throughput {
	var t Throughput
	this := now.Unix() / 60
	for _, r := range ended {
		if r.Lost {
			continue // the time of its end is unknown
		}
		back := this - r.Ended.Unix()/60
		if back < 0 || back >= throughputMinutes {
			continue
		}
		if r.Status == runs.Completed {
			t.Completed[throughputMinutes-1-back]++
		} else {
			t.Failed[throughputMinutes-1-back]++
		}
	}
	return t
}
