package sched

import (
	"slices"
	"time"
)

// Without reservations, a run that needs many resources can starve: smaller runs take each resource as soon as it is free. A run that has
// waited longer than its patience therefore reserves the resources it lacks, and later runs that need one of them do not start.

// The time that a run waits for resources before it reserves them.
const (
	leastPatience   = time.Minute
	patienceInRuns  = 10 // multiple of the median duration of the runs that have ended here
	rememberedTimes = 101
)

// fairness decides when a waiting run reserves resources.
type fairness struct {
	now   func() time.Time // clock for waiting times
	times []time.Duration  // durations of the latest runs
}

func (f *fairness) ended(took time.Duration) {
	if len(f.times) == rememberedTimes {
		f.times = f.times[1:]
	}
	f.times = append(f.times, took)
}

func (f *fairness) patience() time.Duration {
	if len(f.times) == 0 {
		return leastPatience
	}
	sorted := slices.Sorted(slices.Values(f.times))
	return max(leastPatience, patienceInRuns*sorted[len(sorted)/2])
}

// reserve notes that a run lacks resources. Once it has waited long enough, the resources are reserved for it: reserved has its id.
func (f *fairness) reserve(id string, e *entry, names []string, reserved map[string]string) {
	if e.shortSince.IsZero() {
		e.shortSince = f.now()
	}
	if f.now().Sub(e.shortSince) < f.patience() {
		return
	}
	for _, name := range names {
		if reserved[name] == "" {
			reserved[name] = id
		}
	}
}
