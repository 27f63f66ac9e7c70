package study

import (
	"cmp"
	"math"
	"slices"
)

// Level is the value of a flag in one trial: a number, or else a text.
type Level struct {
	Text    string
	Number  float64
	Numeric bool
}

// fewestTrials is the least number of results from which importance is computed.
const fewestTrials = 4

// mostBins is the most groups of values of a numeric flag.
const mostBins = 8

// Importance returns the share of the variance of the results that a flag explains by itself, from 0 to 1; ok is false if too few trials
// have a result, or the flag has the same value in all of them.
//
// Trials are grouped by the value of the flag, a number with many values by quantiles, so that the effect may have any shape. The share is
// epsilon squared (Kelley 1935, "An unbiased correlation ratio measure"): the variance between groups over the whole variance, corrected
// for what as many groups would explain by chance. It is computed from the ranks of the results, as in the test of Kruskal and Wallis
// (1952), so that a single diverged trial does not dominate, and a logarithmic scale of results makes no difference. Effects that flags
// have only together are in no share, so shares need not add up to 1.
func Importance(levels []Level, results []float64) (share float64, ok bool) {
	var have []Level
	var y []float64
	for i, v := range results {
		if !math.IsNaN(v) {
			have, y = append(have, levels[i]), append(y, v)
		}
	}
	n := len(y)
	if n < fewestTrials {
		return 0, false
	}
	group, k := groups(have)
	if k < 2 || k >= n {
		return 0, false
	}
	r := ranks(y)
	total := sumOfSquares(r)
	if total == 0 { // all results are equal, whatever the flag
		return 0, true
	}
	members := make([][]float64, k)
	for i, g := range group {
		members[g] = append(members[g], r[i])
	}
	within := 0.0
	for _, m := range members {
		within += sumOfSquares(m)
	}
	return max(0, 1-within/float64(n-k)*float64(n-1)/total), true
}

// groups assigns each value to one of k groups.
func groups(levels []Level) (group []int, k int) {
	numeric := !slices.ContainsFunc(levels, func(l Level) bool { return !l.Numeric })
	order := func(a, b Level) int {
		if numeric {
			return cmp.Compare(a.Number, b.Number)
		}
		return cmp.Compare(a.Text, b.Text)
	}
	sorted := slices.Clone(levels)
	slices.SortFunc(sorted, order)
	distinct := slices.CompactFunc(slices.Clone(sorted), func(a, b Level) bool { return order(a, b) == 0 })
	bins := min(mostBins, max(2, int(math.Sqrt(float64(len(levels))))))
	if !numeric || len(distinct) <= bins {
		group = make([]int, len(levels))
		for i, l := range levels {
			group[i], _ = slices.BinarySearchFunc(distinct, l, order)
		}
		return group, len(distinct)
	}
	// Equal values share a bin, so some bins may stay empty: the others are renumbered without gaps.
	at := make([]int, len(levels))
	for i, l := range levels {
		first, _ := slices.BinarySearchFunc(sorted, l, order)
		at[i] = first * bins / len(levels)
	}
	used := slices.Compact(slices.Sorted(slices.Values(at)))
	for i, b := range at {
		at[i], _ = slices.BinarySearch(used, b)
	}
	return at, len(used)
}

// ranks returns the ranks of values, from 1; equal values have the mean of their ranks.
func ranks(values []float64) []float64 {
	index := make([]int, len(values))
	for i := range index {
		index[i] = i
	}
	slices.SortFunc(index, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for i := 0; i < len(index); {
		j := i
		for j < len(index) && values[index[j]] == values[index[i]] {
			j++
		}
		for _, at := range index[i:j] {
			out[at] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}

// sumOfSquares returns the sum of squared distances from the mean.
func sumOfSquares(values []float64) float64 {
	mean := 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	sum := 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return sum
}
