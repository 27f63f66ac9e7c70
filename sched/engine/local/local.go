// Package local starts claimed runs in worker processes on this host.
package local

import (
	"context"
	"sync"

	"guild/proc/pool"
	"guild/runs"
	"guild/sched/engine"
)

// Engine is a pool of worker processes. A worker inherits the lock of its run, so that the run has an owner at every moment.
type Engine struct {
	events  chan engine.Event
	stopped chan struct{} // closed by Close
	done    chan struct{} // closed when no more events are passed on

	mu     sync.Mutex
	pool   *pool.Pool
	tokens map[string]string // by run id, of the runs under way
}

// New returns an engine with at most the given number of workers at a time.
func New(store *runs.Store, workers int) *Engine {
	e := &Engine{events: make(chan engine.Event), stopped: make(chan struct{}), done: make(chan struct{}),
		pool: pool.New(store, workers), tokens: map[string]string{}}
	go e.passOn()
	return e
}

// Traits returns the properties of local workers: they need no queued runs.
func (*Engine) Traits() engine.Traits { return engine.Traits{Kind: "local"} }

// Room returns the number of free workers.
func (e *Engine) Room() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pool.Size() - e.pool.Busy()
}

// Fits accepts everything: the scheduler itself allocates the resources of its host.
func (*Engine) Fits(engine.Needs) string { return "" }

// Submit starts runs and takes over their locks.
func (e *Engine) Submit(_ context.Context, jobs []*engine.Job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range jobs {
		slot, err := e.pool.Give(j.Lock, j.Token, j.Env, j.Held...)
		if err != nil {
			j.Err = err
			continue
		}
		j.Worker, j.PID = slot.Number, slot.PID()
		e.tokens[j.Run.ID] = j.Token
	}
	e.pool.Retire()
}

// Known returns nothing: the state of local workers is in the store.
func (*Engine) Known(context.Context, []*engine.Job) (map[string]engine.State, error) {
	return map[string]engine.State{}, nil
}

// Cancel does nothing: a submitted run has begun.
func (*Engine) Cancel(context.Context, []*engine.Job) {}

// Events delivers the ends of runs.
func (e *Engine) Events() <-chan engine.Event { return e.events }

// Close ends idle workers now, and busy workers after their run.
func (e *Engine) Close() {
	close(e.stopped)
	<-e.done
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pool.Retire()
	e.pool.AwaitRetired(func(ev pool.Event) { e.pool.Settle(ev) })
	e.pool.Close()
}

// passOn converts events of the pool to events of the engine until Close.
func (e *Engine) passOn() {
	defer close(e.done)
	for {
		select {
		case ev := <-e.pool.Events():
			if out, ok := e.settle(ev); ok {
				select {
				case e.events <- out:
				case <-e.stopped:
					return
				}
			}
		case <-e.stopped:
			return
		}
	}
}

func (e *Engine) settle(ev pool.Event) (engine.Event, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	run := e.pool.Settle(ev)
	if run == nil {
		return engine.Event{}, false
	}
	token := e.tokens[run.ID]
	delete(e.tokens, run.ID)
	return engine.Event{Token: token, State: engine.State{Progress: engine.Ended}, End: ev.End, Died: ev.Gone}, true
}
