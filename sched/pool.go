package sched

import (
	"os"
	"time"

	"guild/proc"
	"guild/runs"
)

// pool is the places for runs that are under way at the same time, and the worker processes in them.
type pool struct {
	store   *runs.Store
	slots   []*slot
	events  chan slotEvent
	closed  chan struct{}          // when nobody takes events any more
	retired map[*proc.Process]bool // let go, and not yet ended
}

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

func newPool(store *runs.Store, slots int) pool {
	p := pool{store: store, events: make(chan slotEvent), closed: make(chan struct{}), retired: map[*proc.Process]bool{}}
	for i := range slots {
		p.slots = append(p.slots, &slot{number: i + 1})
	}
	return p
}

// busy is the number of runs under way.
func (p *pool) busy() int {
	n := 0
	for _, sl := range p.slots {
		if sl.run != nil {
			n++
		}
	}
	return n
}

// give starts an owned run in a free slot, whose process is started if it has none. On an error the run is still the caller's.
func (p *pool) give(l *runs.Lock, claim string, env map[string]string) (*slot, error) {
	sl := p.freeSlot()
	if sl.proc != nil && sl.proc.Give(l, claim, env) != nil {
		sl.proc = nil // it died while it was idle
	}
	if sl.proc == nil {
		if err := p.startProcess(sl); err != nil {
			return nil, err
		}
		if err := sl.proc.Give(l, claim, env); err != nil {
			return nil, err
		}
	}
	sl.run, sl.since = l.Run(), time.Now()
	return sl, nil
}

// freeSlot prefers one that has a process.
func (p *pool) freeSlot() *slot {
	var free *slot
	for _, sl := range p.slots {
		if sl.run == nil && (free == nil || free.proc == nil && sl.proc != nil) {
			free = sl
		}
	}
	return free
}

func (p *pool) startProcess(sl *slot) error {
	worker, err := proc.StartProcess(p.store, os.Stdout)
	if err != nil {
		return err
	}
	sl.proc = worker
	go func() {
		for end := range worker.Ends() {
			p.report(slotEvent{slot: sl, proc: worker, end: end})
		}
		p.report(slotEvent{slot: sl, proc: worker, gone: true})
	}()
	return nil
}

// report passes an event on, as long as there is somebody who takes it.
func (p *pool) report(e slotEvent) {
	select {
	case p.events <- e:
	case <-p.closed:
	}
}

// settle takes note of an event and returns the run that is no longer under way, nil where there is none. A process that ends
// takes the run that it had along.
func (p *pool) settle(e slotEvent) *runs.Run {
	if e.gone {
		delete(p.retired, e.proc)
	}
	sl := e.slot
	if e.proc != sl.proc || e.end.Died != nil { // a process that was let go, or one whose end follows
		return nil
	}
	if e.gone {
		sl.proc = nil
	}
	run := sl.run
	if run == nil {
		return nil
	}
	sl.run, sl.needs = nil, nil
	if e.gone {
		proc.EndStrays(run) // whatever becomes of the run: it can be staged again, and started elsewhere, by now
	}
	return run
}

// retire lets the processes of free slots go.
func (p *pool) retire() {
	for _, sl := range p.slots {
		if sl.run == nil && sl.proc != nil {
			sl.proc.Retire()
			p.retired[sl.proc] = true
			sl.proc = nil
		}
	}
}

// awaitRetired waits for the processes that were let go, which have nothing left to do but to end.
func (p *pool) awaitRetired(handle func(slotEvent)) {
	const patience = 5 * time.Second
	late := time.After(patience)
	for len(p.retired) > 0 {
		select {
		case e := <-p.events:
			handle(e)
		case <-late:
			return
		}
	}
}
