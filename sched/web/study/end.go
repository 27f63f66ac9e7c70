package study

import (
	"slices"
	"time"
)

// Progress is the progress of a batch.
type Progress struct {
	Left    int             // number of trials that have not begun
	Running []time.Time     // start times of running trials
	Took    []time.Duration // durations of completed trials
}

// End estimates when the last trial will end: each trial takes the median duration of completed ones, and as many trials run at a time as
// now. ok is false if no trial is running, or none has completed.
func (p Progress) End(now time.Time) (end time.Time, ok bool) {
	if len(p.Running) == 0 || len(p.Took) == 0 {
		return time.Time{}, false
	}
	took := slices.Clone(p.Took)
	slices.Sort(took)
	median := (took[(len(took)-1)/2] + took[len(took)/2]) / 2
	free := make([]time.Time, len(p.Running))
	for i, began := range p.Running {
		if free[i] = began.Add(median); free[i].Before(now) {
			free[i] = now
		}
	}
	for range p.Left {
		first := 0
		for i := range free {
			if free[i].Before(free[first]) {
				first = i
			}
		}
		free[first] = free[first].Add(median)
	}
	return slices.MaxFunc(free, time.Time.Compare), true
}
