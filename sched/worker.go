package sched

import (
	"os"
	"time"

	"guild/proc"
	"guild/runs"
)

// slot is a place for one run at a time. Its process is there while there are runs for it.
type slot struct {
	number int           // from 1
	proc   *proc.Process // nil: none was needed yet, or the last one has gone
	run    *runs.Run     // under way; nil: the slot is free
	needs  *needs
	since  time.Time
}

// slotEvent is the end of a slot's run or, with gone, of its process.
type slotEvent struct {
	slot *slot
	proc *proc.Process
	end  proc.End
	gone bool
}

// start gives a claimed run to a free slot, whose process is started if it has none.
func (s *Scheduler) start(c claimed) error {
	sl := s.freeSlot()
	env, err := s.shareGPUs(c)
	if err != nil {
		return err
	}
	if sl.proc != nil && sl.proc.Give(c.Claim, env) != nil {
		sl.proc = nil // it died while it was idle
	}
	if sl.proc == nil {
		if err := s.startProcess(sl); err != nil {
			return err
		}
		if err := sl.proc.Give(c.Claim, env); err != nil {
			return err
		}
	}
	sl.run, sl.needs, sl.since = c.Run, c.needs, time.Now()
	return nil
}

// freeSlot prefers one that has a process.
func (s *Scheduler) freeSlot() *slot {
	var free *slot
	for _, sl := range s.slots {
		if sl.run == nil && (free == nil || free.proc == nil && sl.proc != nil) {
			free = sl
		}
	}
	return free
}

func (s *Scheduler) startProcess(sl *slot) error {
	p, err := proc.StartProcess(s.store, os.Stdout)
	if err != nil {
		return err
	}
	sl.proc = p
	go func() {
		for end := range p.Ends() {
			s.report(slotEvent{slot: sl, proc: p, end: end})
		}
		s.report(slotEvent{slot: sl, proc: p, gone: true})
	}()
	return nil
}

// report passes an event on to the loop, as long as there is one.
func (s *Scheduler) report(e slotEvent) {
	select {
	case s.events <- e:
	case <-s.closed:
	}
}

// retire lets the processes of free slots go.
func (s *Scheduler) retire() {
	for _, sl := range s.slots {
		if sl.run == nil && sl.proc != nil {
			sl.proc.Retire()
			s.retired[sl.proc] = true
			sl.proc = nil
		}
	}
}

// awaitRetired waits for the processes that were let go, which have nothing left to do but to end.
func (s *Scheduler) awaitRetired() {
	const patience = 5 * time.Second
	late := time.After(patience)
	for len(s.retired) > 0 {
		select {
		case e := <-s.events:
			s.handle(e)
		case <-late:
			return
		}
	}
}

// shareGPUs gives this scheduler's GPUs to a run that names none, and records them with the run.
func (s *Scheduler) shareGPUs(c claimed) (map[string]string, error) {
	if s.opts.GPUs == "" || c.needs.gpus != "" {
		return nil, nil
	}
	v, _ := c.Run.Attr("run_params")
	params, ok := v.(map[string]any)
	if !ok {
		params = map[string]any{}
	}
	params["gpus"] = s.opts.GPUs
	return map[string]string{"CUDA_VISIBLE_DEVICES": s.opts.GPUs}, c.Run.SetAttr("run_params", params)
}
