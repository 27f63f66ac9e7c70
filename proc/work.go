package proc

import "guild/runs"

// Work is runs that are handed out to be run several at a time: the trials of a batch, or the steps of a run. It is asked by one
// goroutine.
type Work interface {
	// Next takes the next run, which the caller then owns and is to start. It is nil where there is none, or none before one of
	// those under way has ended. An error ends the work.
	Next() (*runs.Lock, error)
	// Ended takes note of how a run ended. An error ends the work.
	Ended(r *runs.Run, end End) error
	// Stop says that no more runs are to be started, and returns those under way.
	Stop() []*runs.Run
}
