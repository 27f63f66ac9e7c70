package web

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/sched/state"
)

const (
	silentAfter = 30 * time.Second // at least, see life
	lostFor     = time.Hour        // how long a lost scheduler is shown
)

// scheduler has what the picture knows of a run that has published a scheduler's state.
type scheduler struct {
	state *state.State
	heard time.Time // when this host saw the last heartbeat: the clocks of hosts may differ by minutes
}

// openScheduler returns nil for a run that is not a scheduler.
func openScheduler(run *runs.Run) *scheduler {
	if !state.IsScheduler(run) {
		return nil
	}
	return &scheduler{}
}

// read reads the state and notes a new heartbeat. If the file cannot be read, the state stays as it was.
func (s *scheduler) read(run *runs.Run, now time.Time) {
	st, err := state.Read(run)
	if err != nil {
		return
	}
	switch {
	case s.state == nil:
		// No change was seen yet: take the later of the heartbeat and the file's time, but no time in the future.
		s.heard = st.Heartbeat
		if t := fileTime(run.GuildPath(state.File)); t.After(s.heard) {
			s.heard = t
		}
		if s.heard.After(now) {
			s.heard = now
		}
	case !st.Heartbeat.Equal(s.state.Heartbeat):
		s.heard = now
	}
	s.state = st
}

// fileTime returns the modification time of a file; zero if there is none.
func fileTime(path string) time.Time {
	st, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

// readSchedulers reads the states of the schedulers that have not ended, and checks the runs that they own.
func (x *picture) readSchedulers() {
	for _, r := range x.schedulers() {
		r.Extra.sched.read(x.Run(r.ID), x.now())
		if r.Extra.sched.state == nil || r.Status != runs.Running {
			continue
		}
		for _, owned := range r.Extra.sched.state.Running {
			if o := x.All()[owned.RunID]; o != nil && !x.Moving(o) {
				x.Check(o)
			}
		}
	}
}

// schedulers returns the records of the running or lost schedulers, by id.
func (x *picture) schedulers() []*record {
	var list []*record
	for _, r := range x.All() {
		if r.Extra.sched != nil && (r.Status == runs.Running || r.Lost) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *record) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (s *scheduler) life(r *record, now time.Time) Life {
	limit := max(silentAfter, time.Duration(3*s.state.Interval*float64(time.Second)))
	switch {
	case r.Status != runs.Running:
		return Lost
	case now.Sub(s.heard) > limit:
		return Silent
	case s.state.Stopping:
		return Stopping
	}
	return Live
}

// rank orders schedulers: working ones first.
var rank = map[Life]int{Live: 0, Stopping: 0, Silent: 1, Lost: 2}

// schedulerRows returns the schedulers to show: working ones, longest running first, then silent and lost ones.
func (x *picture) schedulerRows(here string) []Scheduler {
	now := x.now()
	rows := []Scheduler{}
	for _, r := range x.schedulers() {
		s := r.Extra.sched
		if s.state == nil {
			continue
		}
		life := s.life(r, now)
		if life == Lost && now.Sub(s.heard) > lostFor {
			continue
		}
		st := s.state
		d := x.ensureDetail(r)
		row := Scheduler{ID: r.ID, ShortID: x.Run(r.ID).ShortID(), Kind: st.Kind, Label: d.label, Host: st.Host, PID: st.PID,
			Here: r.ID == here, Life: life, Reason: r.Reason, Started: st.Started, Heartbeat: s.heard, Interval: st.Interval,
			RunOnce: st.RunOnce, Paused: st.Paused, Workers: st.Workers, Busy: []Slot{}, Waiting: st.WaitingTotal, Done: st.Done, Failed: st.Failed}
		for _, owned := range st.Running {
			row.Busy = append(row.Busy, Slot{Worker: owned.Worker, RunID: owned.RunID})
		}
		for _, name := range slices.Sorted(maps.Keys(st.Resources)) {
			row.Resources = append(row.Resources, Resource{Name: name, Used: st.Used[name], Total: st.Resources[name]})
		}
		// It becomes a link: a state file on a shared root must lead to a web page only.
		if strings.HasPrefix(st.Dashboard, "http://") || strings.HasPrefix(st.Dashboard, "https://") {
			row.Dashboard = st.Dashboard
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Scheduler) int {
		return cmp.Or(cmp.Compare(rank[a.Life], rank[b.Life]), a.Started.Compare(b.Started))
	})
	return rows
}

// place is where a run is running.
type place struct {
	order           int // index of the scheduler in the list, from 1
	scheduler, host string
	worker          int
}

// places maps runs to the workers that own them. A working scheduler has precedence over one in trouble, whose state may be outdated.
func places(list []Scheduler) map[string]place {
	m := make(map[string]place)
	for i, s := range list {
		for _, slot := range s.Busy {
			if _, ok := m[slot.RunID]; !ok {
				m[slot.RunID] = place{order: i + 1, scheduler: s.ShortID, host: s.Host, worker: slot.Worker}
			}
		}
	}
	return m
}
