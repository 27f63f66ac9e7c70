package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"guild/runs"
)

// How a worker waits for a file system that does not take the outcome of its run.
const (
	firstFinishPause   = 250 * time.Millisecond
	longestFinishPause = 30 * time.Second
	vanishedPatience   = 10 * time.Minute // for a runs root that is not there: it may have been deleted
)

// finish records the outcome. Where the file system does not take it, for it is read-only or away at the moment, this says so
// and tries again until it does, or somebody ends this process: the outcome is known nowhere else.
func (w *Worker) finish(exit int, loss runs.Loss) error {
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

// mayPass tells errors of the file system that can pass from a run that is another owner's, or is deleted.
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

// pause waits for a while, and reports false where a signal asks this process to end.
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
