package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"guild/runs"
	"guild/runs/phase"
)

// How often and how long a worker tries to record the outcome of its run on a file system that fails.
const (
	firstFinishPause   = 250 * time.Millisecond
	longestFinishPause = 30 * time.Second
	vanishedPatience   = 10 * time.Minute // while the runs root does not exist: it may have been deleted for good
)

// finish records the outcome. If the file system fails, because it is read-only or not mounted at the moment, finish warns and tries
// again until it succeeds or somebody asks this process to end. Nobody else knows the outcome.
func (w *Worker) finish(exit int, loss phase.Loss) error {
	var waited time.Duration
	for pause := firstFinishPause; ; pause = min(2*pause, longestFinishPause) {
		err := w.Lock.FinishWith(exit, loss)
		if err == nil || w.Lock.Ended() || !w.mayPass(err, waited) {
			return err
		}
		if waited == 0 {
			w.say(fmt.Sprintf("WARNING: the operation has ended with exit status %d, which cannot be recorded now: %v. It is tried again until it can; "+
				"to give up, end process %d", exit, err, os.Getpid()))
		}
		if !w.pause(pause) {
			return fmt.Errorf("the outcome, exit status %d, is not recorded: %w", exit, err)
		}
		waited += pause
	}
}

// mayPass reports whether recording may succeed later. It cannot if the run has another owner now or was deleted.
func (w *Worker) mayPass(err error, waited time.Duration) bool {
	switch {
	case errors.Is(err, runs.ErrBusy):
		return false
	case errors.Is(err, runs.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		_, err := os.Stat(filepath.Dir(w.Lock.Run().Dir))
		return err != nil && waited < vanishedPatience
	}
	return true
}

// pause waits. It reports false if a signal asks this process to end.
func (w *Worker) pause(d time.Duration) bool {
	over := time.After(d)
	for {
		select {
		case <-over:
			return true
		case sig := <-w.Signals:
			if AsksToEnd(sig) {
				return false
			}
		}
	}
}
