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

// fewestTrials are needed to tell anything.
const fewestTrials = 4

// mostBins is into how many groups the values of a numeric flag are divided.
const mostBins = 8

// Importance returns how much of the variance of the results a flag explains by itself, from 0 to 1; ok is false where too few trials
// have a result, or the flag is the same in all of them.
//
// Trials are grouped by the value of the flag, a number with many values by quantiles, so that the effect may have any shape. The share
// is epsilon squared (Kelley 1935, "An unbiased correlation ratio measure"): the variance between groups over the whole variance, less
// what as many groups would explain by chance. It is taken of the ranks of the results, as in the test of Kruskal and Wallis (1952):
// one trial that diverged does not decide, and it does not matter whether results are on a logarithmic scale. What flags explain only
// together is in the share of none of them, so shares need not add up to 1.
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
	if total == 0 { // all results are the same, whatever the flag
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
	// Equal values share a bin, so some may stay empty: the numbers of those that do not are closed up.
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

// ranks are the places of values in their order, from 1; equal ones have the mean of theirs.
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

// sumOfSquares is that of the distances from the mean.
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
