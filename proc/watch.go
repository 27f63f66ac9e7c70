package proc

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"guild/runs"
	"guild/runs/process"
)

// Intervals of a worker: stopPoll for reading requests to stop from other hosts, heartbeat for touching the lock, and strayPoll for
// checking, after a stop, whether all processes have ended.
const (
	stopPoll  = time.Second
	heartbeat = 10 * time.Second
	strayPoll = 20 * time.Millisecond
)

// watch waits for the end of an operation and passes requests to stop on to it.
type watch struct {
	worker *Worker
	group  group
	exited <-chan struct{} // closed when the leader has ended; it is not reaped yet

	timeUp  <-chan time.Time // fires when the operation must be stopped; nil: never
	started time.Time

	stopped, timedOut bool
	asked             syscall.Signal // the first one that asked the operation to end

	kill <-chan time.Time // fires when an operation that was asked to stop must be killed
}

// run returns when the leader has ended and, after a stop, all processes that it started. It reports whether there was a stop.
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
			// Other errors do no harm: the heartbeat only informs people. But over NFS another owner may have taken over the run,
			// which then must not go on here.
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

// obey handles a signal to the worker.
func (w *watch) obey(sig os.Signal) {
	switch sig {
	case nudge:
		w.look()
	case warning:
		// Only to the operation's own process: it may have started programs that do not handle the signal, which would end them.
		w.group.signalLeader(warning)
	default:
		w.stop(sig.(syscall.Signal))
	}
}

// stop sends a signal to the operation; at the second request it kills the operation.
func (w *watch) stop(sig syscall.Signal) {
	if w.stopped {
		sig = syscall.SIGKILL
	} else {
		w.asked = sig
	}
	w.stopped = true
	w.signal(sig)
	w.kill = time.After(w.worker.grace())
}

// look reads the file of requests to stop, and obeys a new one.
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

// signal sends a signal to all processes of the operation, also to those that have left its group.
func (w *watch) signal(sig syscall.Signal) {
	w.group.signal(sig)
	for _, s := range w.strays() {
		if !s.in(w.group.pid) { // those in the group have got the signal already
			s.signal(sig)
		}
	}
}

// strays returns the processes of the run. Another owner can have taken over the run, over NFS: what that one has started is not returned.
func (w *watch) strays() []stray {
	run := w.worker.Lock.Run()
	if owner, ok := run.Owner(); ok && owner.Identity != process.Self() {
		return straysBut(run, owner.Identity)
	}
	return strays(run)
}

// clean waits after a stop for the processes that outlive the leader, and kills them when the grace period is over. A run that was not
// stopped may leave processes behind.
func (w *watch) clean() {
	if !w.stopped {
		return
	}
	tick := time.NewTicker(strayPoll)
	defer tick.Stop()
	for {
		left := w.strays()
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
