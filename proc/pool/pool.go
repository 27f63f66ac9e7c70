// Package pool runs several runs at the same time, each in a worker process and at most as many as there are slots: those of a
// scheduler on this host, the trials of a batch, the steps of a pipeline.
package pool

import (
	"os"
	"sync"
	"time"

	"guild/proc"
	"guild/proc/environ"
	"guild/runs"
)

// Pool has slots for runs that are under way at the same time, and a worker process for each slot in use. One goroutine uses it.
type Pool struct {
	store   *runs.Store
	slots   []*Slot
	events  chan Event
	closed  chan struct{}     // closed when nobody receives events any more
	retired map[*process]bool // processes that were asked to end and have not ended yet
	senders sync.WaitGroup    // goroutines that deliver events, one for each process
}

// Slot is a place for one run at a time. Its process is kept as long as there are runs for it.
type Slot struct {
	Number int // from 1

	proc *process  // nil until it is needed, and after it has ended
	run  *runs.Run // the run under way; nil if the slot is free
}

// Event is the end of the run of a slot or of its process.
type Event struct {
	End  End  // of the run
	Gone bool // the process has ended

	slot *Slot
	proc *process
}

// New returns a pool of free slots.
func New(store *runs.Store, slots int) *Pool {
	p := &Pool{store: store, events: make(chan Event), closed: make(chan struct{}), retired: map[*process]bool{}}
	for i := range slots {
		p.slots = append(p.slots, &Slot{Number: i + 1})
	}
	return p
}

// Size returns the number of slots.
func (p *Pool) Size() int { return len(p.slots) }

// Busy returns the number of runs under way.
func (p *Pool) Busy() int {
	n := 0
	for _, sl := range p.slots {
		if sl.run != nil {
			n++
		}
	}
	return n
}

// Events delivers the ends of runs and processes. Each must be passed to Settle.
func (p *Pool) Events() <-chan Event { return p.events }

// Give starts an owned run in a free slot, of which there must be one. claim is the name of the run's claim, empty if it was not staged;
// env is added to the environment of the operation; held are open files with locks that belong to the run until it has ended. The output of
// the run goes to standard output. On an error the caller still owns all of it.
func (p *Pool) Give(l *runs.Lock, claim string, env map[string]string, held ...*os.File) (*Slot, error) {
	sl := p.freeSlot()
	for started := 0; ; {
		if sl.proc == nil {
			if err := p.addProcess(sl); err != nil {
				return nil, err
			}
			started++
		}
		err := sl.proc.give(l, claim, env, held...)
		if err == nil {
			break
		}
		// It died while it was idle, or of a Ctrl-C that reached it before it had a session of its own.
		if sl.proc = nil; started == 2 {
			return nil, err
		}
	}
	sl.run = l.Run()
	return sl, nil
}

// PID returns the process id of the slot's worker process.
func (sl *Slot) PID() int { return sl.proc.cmd.Process.Pid }

// freeSlot returns a free slot, if possible one that has a process.
func (p *Pool) freeSlot() *Slot {
	var free *Slot
	for _, sl := range p.slots {
		if sl.run == nil && (free == nil || free.proc == nil && sl.proc != nil) {
			free = sl
		}
	}
	return free
}

// addProcess starts a process for a slot, and a goroutine that delivers its events.
func (p *Pool) addProcess(sl *Slot) error {
	nameLines := len(p.slots) > 1 && os.Getenv(environ.NameLines) != ""
	worker, err := startProcess(p.store, os.Stdout, nameLines)
	if err != nil {
		return err
	}
	sl.proc = worker
	p.senders.Go(func() {
		for end := range worker.ends {
			p.report(Event{slot: sl, proc: worker, End: end})
		}
		p.report(Event{slot: sl, proc: worker, Gone: true})
	})
	return nil
}

// report delivers an event, unless the pool is closed.
func (p *Pool) report(e Event) {
	select {
	case p.events <- e:
	case <-p.closed:
	}
}

// Settle updates the slots for an event. It returns the run that has ended by it, or nil if none has. A run ends with its process.
func (p *Pool) Settle(e Event) *runs.Run {
	if e.Gone {
		delete(p.retired, e.proc)
	}
	sl := e.slot
	if e.proc != sl.proc || e.End.Died != nil { // the process has retired, or the event of its end follows
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
		proc.EndStrays(run) // also if the run has been staged again meanwhile, or started elsewhere
	}
	return run
}

// Retire makes the processes of free slots end.
func (p *Pool) Retire() {
	for _, sl := range p.slots {
		if sl.run == nil && sl.proc != nil {
			sl.proc.retire()
			p.retired[sl.proc] = true
			sl.proc = nil
		}
	}
}

// AwaitRetired waits for the end of retired processes, for five seconds at most. handle receives the events that come meanwhile.
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

// Close ends the use of the pool. Runs under way go on in their processes, which end after them.
func (p *Pool) Close() {
	close(p.closed)
	for _, sl := range p.slots {
		if sl.proc != nil {
			sl.proc.abandon()
		}
	}
	for worker := range p.retired {
		worker.abandon()
	}
	p.senders.Wait()
}
