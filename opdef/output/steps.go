package output

import (
	"maps"
	"math"
)

// Steps determines the step of the scalars in each line. A value named step sets it for all lines that follow. Until there is one, steps
// are counted: a name that occurs again begins the next step.
type Steps struct {
	said   bool
	step   int64
	seen   map[string]bool // names that occurred in the current step
	counts int64
}

// Take removes the value named step from the scalars of a line and returns the step of the others.
func (s *Steps) Take(vals map[string]float64) int64 {
	if v, ok := vals[stepKey]; ok {
		delete(vals, stepKey)
		if v >= math.MinInt64 && v < math.MaxInt64 {
			s.said, s.step = true, int64(v)
		}
	}
	if s.said {
		return s.step
	}
	if len(vals) == 0 {
		return s.counts
	}
	again := false
	for key := range vals {
		again = again || s.seen[key]
	}
	if again {
		s.counts++
		clear(s.seen)
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	for key := range maps.Keys(vals) {
		s.seen[key] = true
	}
	return s.counts
}
