package study

import (
	"slices"
	"time"
)

// Progress is how far a batch has come.
type Progress struct {
	Left    int             // trials that have not begun
	Running []time.Time     // when those under way began
	Took    []time.Duration // how long completed ones took
}

// End returns when the last trial is likely to end: each takes the median of those that have completed, and as many run at a time as do
// now. ok is false if nothing is under way, or nothing has completed.
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
