package study

import "math"

// Goal says whether small or large values are good.
type Goal string

// The goals.
const (
	Min Goal = "min"
	Max Goal = "max"
)

// better reports whether a is better than b. NaN is worse than every number, and never better.
func (g Goal) better(a, b float64) bool {
	switch {
	case math.IsNaN(a):
		return false
	case math.IsNaN(b):
		return true
	case g == Max:
		return a > b
	}
	return a < b
}

// BestSoFar returns for each value the index of the best value up to it, the earliest of equal ones; -1 while there is no number. NaN is a
// trial without a result.
func BestSoFar(values []float64, goal Goal) []int {
	best := -1
	out := make([]int, len(values))
	for i, v := range values {
		if !math.IsNaN(v) && (best < 0 || goal.better(v, values[best])) {
			best = i
		}
		out[i] = best
	}
	return out
}

// Front reports for each pair of values whether it is on the Pareto front: no other pair is better in one value and at least as good in the
// other. A pair with NaN is not on the front; equal pairs are all on it, or none.
func Front(a, b []float64, goalA, goalB Goal) []bool {
	front := make([]bool, len(a))
	for i := range a {
		front[i] = !math.IsNaN(a[i]) && !math.IsNaN(b[i])
		for j := range a {
			if !front[i] {
				break
			}
			worseA, worseB := goalA.better(a[i], a[j]), goalB.better(b[i], b[j]) // j is worse in these
			if !math.IsNaN(a[j]) && !math.IsNaN(b[j]) && !worseA && !worseB && (goalA.better(a[j], a[i]) || goalB.better(b[j], b[i])) {
				front[i] = false
			}
		}
	}
	return front
}
