// Package pool keeps worker processes in a bounded number of slots, so that several runs are under way at the same time: those of a
// scheduler on this host, the trials of a batch, the steps of a pipeline.
package pool

import (
	"os"
	"time"

	"guild/proc"
	"guild/runs"
)

// Pool is slots for runs that are under way at the same time, and the worker processes in them. It is used by one goroutine.
type Pool struct {
	store   *runs.Store
	slots   []*Slot
	events  chan Event
	closed  chan struct{}          // closed when nobody takes events any more
	retired map[*proc.Process]bool // let go, and not ended yet
}

// Slot is a place for one run at a time. Its process lives while there are runs for it.
type Slot struct {
	Number int // from 1

	proc  *proc.Process // nil: none was needed yet, or the last one has gone
	run   *runs.Run     // under way; nil: the slot is free
	since time.Time
}

// Event is the end of a slot's run or of its process.
type Event struct {
	End  proc.End // of the run
	Gone bool     // the process has ended

	slot *Slot
	proc *proc.Process
}

// New returns a pool of free slots.
func New(store *runs.Store, slots int) *Pool {
	p := &Pool{store: store, events: make(chan Event), closed: make(chan struct{}), retired: map[*proc.Process]bool{}}
	for i := range slots {
		p.slots = append(p.slots, &Slot{Number: i + 1})
	}
	return p
}

// Size is the number of slots.
func (p *Pool) Size() int { return len(p.slots) }

// Busy is the number of runs under way.
func (p *Pool) Busy() int {
	n := 0
	for _, sl := range p.slots {
		if sl.run != nil {
			n++
		}
	}
	return n
}

// Events delivers the ends of runs and processes; each is to be passed to Settle.
func (p *Pool) Events() <-chan Event { return p.events }

// Give starts an owned run in a free slot, whose process is started if it has none. Output goes to the standard output. held are files
// with locks that are the run's until it has ended. On an error all is still the caller's.
func (p *Pool) Give(l *runs.Lock, claim string, env map[string]string, held ...*os.File) (*Slot, error) {
	sl := p.freeSlot()
	if sl.proc != nil && sl.proc.Give(l, claim, env, held...) != nil {
		sl.proc = nil // it died while it was idle
	}
	if sl.proc == nil {
		if err := p.startProcess(sl); err != nil {
			return nil, err
		}
		if err := sl.proc.Give(l, claim, env, held...); err != nil {
			return nil, err
		}
	}
	sl.run, sl.since = l.Run(), time.Now()
	return sl, nil
}

// PID of the slot's process.
func (sl *Slot) PID() int { return sl.proc.PID() }

// freeSlot prefers one that has a process.
func (p *Pool) freeSlot() *Slot {
	var free *Slot
	for _, sl := range p.slots {
		if sl.run == nil && (free == nil || free.proc == nil && sl.proc != nil) {
			free = sl
		}
	}
	return free
}

func (p *Pool) startProcess(sl *Slot) error {
	worker, err := proc.StartProcess(p.store, os.Stdout)
	if err != nil {
		return err
	}
	sl.proc = worker
	go func() {
		for end := range worker.Ends() {
			p.report(Event{slot: sl, proc: worker, End: end})
		}
		p.report(Event{slot: sl, proc: worker, Gone: true})
	}()
	return nil
}

// report passes an event on, as long as there is somebody who takes it.
func (p *Pool) report(e Event) {
	select {
	case p.events <- e:
	case <-p.closed:
	}
}

// Settle takes note of an event and returns the run that is no longer under way, nil where there is none. A process that ends
// takes the run that it had along.
func (p *Pool) Settle(e Event) *runs.Run {
	if e.Gone {
		delete(p.retired, e.proc)
	}
	sl := e.slot
	if e.proc != sl.proc || e.End.Died != nil { // a process that was let go, or one whose end follows
		return nil
	}
	if e.Gone {
		sl.proc = nil
	}
	run := sl.run
	if run == nil {
		return nil
	}
	sl.run = nil
	if e.Gone {
		proc.EndStrays(run) // whatever becomes of the run: it can be staged again, and started elsewhere, by now
	}
	return run
}

// Retire lets the processes of free slots go.
func (p *Pool) Retire() {
	for _, sl := range p.slots {
		if sl.run == nil && sl.proc != nil {
			sl.proc.Retire()
			p.retired[sl.proc] = true
			sl.proc = nil
		}
	}
}

// AwaitRetired waits for the processes that were let go, which have nothing left to do but to end.
func (p *Pool) AwaitRetired(handle func(Event)) {
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

// Close gives the pool up. Runs under way go on in their processes, which end with them.
func (p *Pool) Close() {
	close(p.closed)
	for _, sl := range p.slots {
		if sl.proc != nil {
			sl.proc.Retire()
		}
	}
}
