package dask

import (
	"fmt"
	"strings"
	"time"

	"guild/proc/joborder"
	"guild/sched/engine"
	"guild/sched/engine/command"
)

// workerGone is the reason for the end of a run whose Dask worker was killed, restarted or lost.
const workerGone = "its Dask worker is gone"

// repeated reports whether a task found its run already started: Dask has executed the task again since its first worker is gone.
func (t *task) repeated() bool { return joborder.HadNothingToDo(t.text) }

// state returns the state of a task that has ended. exe is the program that it was to start.
func (t *task) state(exe string) engine.State {
	s := engine.State{Progress: engine.Ended}
	switch {
	case t.repeated(), t.exit == notStarted && strings.HasPrefix(t.text, "KilledWorker"):
		s.Reason = workerGone
	case t.exit == notStarted && strings.HasPrefix(t.text, "FileNotFoundError"):
		s.Said = fmt.Sprintf("the host of a Dask worker has no %s: install guild there, at the same path", exe)
	case t.exit != 0 && t.text != "":
		s.Said = command.LastLine(t.text)
	}
	return s
}

// notStarted is the exit status of a task that could not start its program.
const notStarted = -1

// do runs f in the loop, unless the engine is closed.
func (e *Engine) do(f func()) {
	done := make(chan struct{})
	select {
	case e.calls <- func() { f(); close(done) }:
		<-done
	case <-e.closed:
	}
}

// loop owns the engine's state until it is closed.
func (e *Engine) loop() {
	defer close(e.closed)
	var outgoing []engine.Event // not yet received by the scheduler
	var again <-chan time.Time  // when to connect again
	pause := firstPause
	connected := make(chan connection, 1)
	connecting := false
	for {
		var events <-chan event
		if e.bridge != nil {
			events = e.bridge.events
		}
		var out chan<- engine.Event
		var next engine.Event
		if len(outgoing) > 0 {
			out, next = e.events, outgoing[0]
		}
		select {
		case <-e.ctx.Done():
			if connecting { // connecting ends with the engine, too
				if c := <-connected; c.err == nil {
					c.bridge.end()
				}
			}
			if e.bridge != nil {
				e.bridge.end()
			}
			return
		case f := <-e.calls:
			f()
		case out <- next:
			outgoing = outgoing[1:]
		case ev, ok := <-events:
			if ok && ev.Event != "lost" {
				outgoing = append(outgoing, e.handle(ev)...)
				continue
			}
			outgoing = append(outgoing, e.disconnect(ev))
			again = time.After(pause)
		case <-again:
			again, connecting = nil, true
			go func() {
				b, up, err := connect(e.ctx, e.ctx, &e.cfg)
				connected <- connection{b, up, err}
			}()
		case c := <-connected:
			connecting = false
			if c.err != nil {
				pause = min(2*pause, longestPause)
				again = time.After(pause)
				continue
			}
			pause = firstPause
			e.bridge, e.up = c.bridge, c.up
			e.sayConnected()
			outgoing = append(outgoing, engine.Event{Back: true})
		}
	}
}

type connection struct {
	bridge *bridge
	up     *cluster
	err    error
}

// handle updates the engine for an event of the bridge, and returns the events for the scheduler.
func (e *Engine) handle(ev event) []engine.Event {
	switch ev.Event {
	case "cluster":
		e.up = &ev.cluster
		return []engine.Event{{Back: true}}
	case "done":
		for token, t := range e.tasks {
			if t.key != ev.Key {
				continue
			}
			t.done, t.exit, t.text = time.Now(), ev.Exit, ev.Stderr
			return []engine.Event{{Token: token, State: t.state(e.exe)}}
		}
	}
	return nil
}

// disconnect forgets the cluster and all of its tasks, and returns the event for the scheduler.
func (e *Engine) disconnect(ev event) engine.Event {
	e.bridge.end()
	e.bridge, e.up = nil, nil
	clear(e.tasks)
	why := ev.Error
	if why == "" {
		why = "its client ended"
	}
	return engine.Event{Lost: fmt.Errorf("lost the Dask cluster at %s: %s", e.cfg.name(), why)}
}
