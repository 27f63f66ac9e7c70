package pool

import "guild/runs"

// Work hands out runs that are run several at a time: the trials of a batch, or the steps of a run. One goroutine at a time calls it.
type Work interface {
	// Next returns the next run, which the caller then owns and must start. It returns nil if there is none, or none before one of the
	// runs under way has ended. After an error no more runs are started.
	Next() (*runs.Lock, error)
	// Ended receives how a run ended. After an error no more runs are started.
	Ended(r *runs.Run, end End) error
	// Stop makes Next return no more runs, and returns the runs under way.
	Stop() []*runs.Run
}
