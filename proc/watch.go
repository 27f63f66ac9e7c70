package proc

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"guild/runs"
)

// How often a worker looks for a request to stop by another host, gives a sign of life, and, after a stop, looks whether all
// processes have ended.
const (
	stopPoll  = time.Second
	heartbeat = 10 * time.Second
	strayPoll = 20 * time.Millisecond
)

// watch sees an operation to its end and passes requests to stop on to it.
type watch struct {
	worker *Worker
	group  group
	exited <-chan struct{} // the leader has ended, and is not reaped yet

	timeUp  <-chan time.Time // when the operation has run for as long as it may; nil is never
	started time.Time

	stopped, timedOut bool

	kill <-chan time.Time // when patience ends
}

// run returns when the leader has ended and, after a stop, everything that it started. It reports whether there was a stop.
func (w *watch) run() (stopped bool) {
	poll := time.NewTicker(stopPoll)
	defer poll.Stop()
	heart := time.NewTicker(heartbeat)
	defer heart.Stop()
	for {
		select {
		case <-w.exited:
			w.clean()
			return w.stopped
		case sig := <-w.worker.Signals:
			w.obey(sig)
		case <-poll.C:
			w.look()
		case <-heart.C:
			// A sign of life that fails is missed by people, and no more than that. A run that another owner has taken over
			// meanwhile, over NFS, must not go on here.
			if err := w.worker.Lock.Touch(); errors.Is(err, runs.ErrBusy) && !w.stopped {
				w.stop(syscall.SIGTERM)
			}
		case <-w.timeUp:
			w.worker.say(fmt.Sprintf("Stopping process early (pid %d) - %.1f minute(s) elapsed", w.group.pid, time.Since(w.started).Minutes()))
			w.timedOut = !w.stopped
			w.stop(syscall.SIGTERM)
		case <-w.kill:
			w.signal(syscall.SIGKILL)
		}
	}
}

func (w *watch) obey(sig os.Signal) {
	switch sig {
	case nudge:
		w.look()
	case warning:
		// To the operation's own process alone: most programs are ended by a signal that they do not expect, such as those that the
		// operation has started.
		w.group.signalLeader(warning)
	default:
		w.stop(sig.(syscall.Signal))
	}
}

// stop passes a signal on. Whoever asks twice will not wait any longer.
func (w *watch) stop(sig syscall.Signal) {
	if w.stopped {
		sig = syscall.SIGKILL
	}
	w.stopped = true
	w.signal(sig)
	w.kill = time.After(w.worker.grace())
}

// look obeys a request to stop by file.
func (w *watch) look() {
	req, ok := w.worker.Lock.Run().StopRequested()
	if !ok || w.stopped && !req.Force {
		return
	}
	w.stop(syscall.SIGTERM)
	if req.Force {
		w.signal(syscall.SIGKILL)
	}
}

// signal reaches the operation's group and the processes that have left it.
func (w *watch) signal(sig syscall.Signal) {
	w.group.signal(sig)
	for _, s := range strays(w.worker.Lock.Run()) {
		if !s.in(w.group.pid) { // whoever is in it must not get the signal twice
			s.signal(sig)
		}
	}
}

// clean waits, after a stop, for the processes that outlive their leader, and kills them when patience ends. A run that was not
// stopped may leave processes behind.
func (w *watch) clean() {
	if !w.stopped {
		return
	}
	tick := time.NewTicker(strayPoll)
	defer tick.Stop()
	for {
		left := strays(w.worker.Lock.Run())
		if len(left) == 0 {
			return
		}
		select {
		case <-w.kill:
			for _, s := range left {
				s.signal(syscall.SIGKILL)
			}
			return
		case sig := <-w.worker.Signals:
			w.obey(sig)
		case <-tick.C:
		}
	}
}
