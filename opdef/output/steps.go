package output

import (
	"maps"
	"math"
)

// Steps tells the step of the scalars of a line. The output says it where it has a value named step, once for all lines
// that follow; until then it is counted: a name that comes again begins the next step.
type Steps struct {
	said   bool
	step   int64
	seen   map[string]bool // names of the step that is being counted
	counts int64
}

// Take removes the step from the scalars of one line and returns that of the others.
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
