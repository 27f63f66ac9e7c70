package sched

import (
	"slices"
	"time"
)

// A run that needs much waits for ever where smaller ones take each part of it that gets free. So a run that has waited for long
// reserves what it waits for: later ones do not start if they need some of that too.

// How long a run waits for resources before it reserves them.
const (
	leastPatience   = time.Minute
	patienceInRuns  = 10 // times the median of the runs that have ended here
	rememberedTimes = 101
)

// fairness remembers how long runs take.
type fairness struct {
	now   func() time.Time // the clock of waiting
	times []time.Duration  // of the latest runs
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

// reserve notes that a run waits for resources. Once it has for long enough, they are kept for it, by its id.
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
