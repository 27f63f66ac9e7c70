package sched

import (
	"cmp"
	"os"
	"reflect"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/process"
	"guild/sched/state"
)

// The least and the greatest time between two writes of the state: rarely enough to cost nothing, often enough to look live.
const (
	publishGap = 250 * time.Millisecond
	heartbeat  = 10 * time.Second
)

// publisher writes the scheduler's state to its run directory after changes, and regularly as a sign of life.
type publisher struct {
	run       *runs.Run
	log       zerolog.Logger
	dashboard string

	timer   *time.Timer
	last    *state.State // the state as last written
	lastAt  time.Time
	failing bool
}

func (p *publisher) start() { p.timer = time.NewTimer(heartbeat) }

// due fires when update should be called although nothing has happened.
func (p *publisher) due() <-chan time.Time { return p.timer.C }

// update writes the result of build, unless the last write is less than publishGap ago; then update is due again at the end of that time.
func (p *publisher) update(build func() *state.State) {
	if wait := publishGap - time.Since(p.lastAt); wait > 0 {
		p.timer.Reset(wait)
		return
	}
	p.timer.Reset(heartbeat)
	s := build()
	if p.last != nil && time.Since(p.lastAt) < heartbeat {
		s.Heartbeat = p.last.Heartbeat
		if reflect.DeepEqual(s, p.last) {
			return
		}
	}
	p.write(s)
}

// finish writes the state for the last time.
func (p *publisher) finish(s *state.State) {
	p.timer.Stop()
	p.write(s)
}

func (p *publisher) write(s *state.State) {
	s.Heartbeat = time.Now()
	p.last, p.lastAt = s, s.Heartbeat
	err := state.Write(p.run, s)
	if err != nil && !p.failing {
		p.log.Warn().Msg(sentence(err))
	}
	p.failing = err != nil
}

// snapshot returns the current state.
func (s *Scheduler) snapshot() *state.State {
	st := &state.State{
		Kind: string(s.opts.Kind), RunID: s.self.ID, Host: process.Hostname(), PID: os.Getpid(),
		Started: s.begun, Interval: s.opts.PollInterval.Seconds(), Workers: s.opts.Workers, RunOnce: s.opts.RunOnce,
		Resources: s.opts.Resources, Running: []state.Running{}, Waiting: []state.Waiting{},
		Engine: s.traits.Kind, Cluster: s.traits.Cluster,
		WaitingTotal: len(s.queue.markers), Done: s.done, Failed: s.failed, Dashboard: s.state.dashboard,
	}
	if len(s.opts.Resources) > 0 {
		st.Used, _ = s.host.used() // claim logs errors
	}
	s.recent.forget(time.Now())
	st.Recent = slices.Clone(s.recent)
	for _, j := range s.jobs {
		r := state.Running{Worker: j.Worker, RunID: j.Run.ID, PID: j.PID, Since: j.since, Job: j.name(), Node: j.Node}
		if s.traits.Queues && j.Began.IsZero() {
			r.Waits = cmp.Or(j.reason, state.Unexplained)
		}
		st.Running = append(st.Running, r)
	}
	slices.SortFunc(st.Running, func(a, b state.Running) int {
		return cmp.Or(cmp.Compare(a.Worker, b.Worker), a.Since.Compare(b.Since), cmp.Compare(a.RunID, b.RunID))
	})
	for _, m := range s.queue.markers[:min(len(s.queue.markers), state.MaxWaiting)] {
		st.Waiting = append(st.Waiting, state.Waiting{RunID: m.ID, Since: m.Time, Reason: s.queue.entries[m.ID].reason})
	}
	return st
}
