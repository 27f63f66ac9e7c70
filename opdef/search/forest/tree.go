// Package forest implements regression by ensembles of decision trees: extremely randomized trees (Geurts, Ernst and Wehenkel 2006) and
// gradient boosting (Friedman 2001).
package forest

import (
	"math"
	"math/rand/v2"
)

// node is a tree: a leaf, or a split by whether a weighted sum of features is at most a threshold.
type node struct {
	weights   []float64 // weights of the features
	threshold float64
	yes, no   *node
	value     float64 // prediction of a leaf
	variance  float64 // variance of the results in a leaf
}

func (n *node) leaf(x []float64) *node {
	for n.yes != nil {
		if dot(n.weights, x) <= n.threshold {
			n = n.yes
		} else {
			n = n.no
		}
	}
	return n
}

// grower grows trees from results y at the features x.
type grower struct {
	x   [][]float64
	y   []float64
	rng *rand.Rand
}

// grow grows a tree from the results with the indexes rows.
func (g *grower) grow(rows []int, depth int) *node {
	mean, variance := g.moments(rows)
	n := &node{value: mean, variance: variance}
	if depth == 0 || len(rows) < 2 || variance == 0 {
		return n
	}
	weights, threshold, ok := g.split(rows)
	if !ok {
		return n
	}
	var yes, no []int
	for _, i := range rows {
		if dot(weights, g.x[i]) <= threshold {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	n.weights, n.threshold = weights, threshold
	n.yes, n.no = g.grow(yes, depth-1), g.grow(no, depth-1)
	return n
}

func (g *grower) moments(rows []int) (mean, variance float64) {
	for _, i := range rows {
		mean += g.y[i] / float64(len(rows))
	}
	for _, i := range rows {
		variance += (g.y[i] - mean) * (g.y[i] - mean) / float64(len(rows))
	}
	return mean, variance
}

// split draws one random split of a single feature and two of sums of all features, which can follow diagonal slopes, and returns the one
// with the lowest squared error. There are only three so that the trees differ where the data leave room. ok is false if no split
// separates the results.
func (g *grower) split(rows []int) (weights []float64, threshold float64, ok bool) {
	least := math.Inf(1)
	sums := make([]float64, len(rows))
	features := len(g.x[0])
	single := g.rng.IntN(features)
	const questions = 3
	for q := range questions {
		w := make([]float64, features)
		if q == 0 {
			w[single] = 1
		} else {
			for j := range w {
				w[j] = g.rng.NormFloat64()
			}
		}
		low, high := math.Inf(1), math.Inf(-1)
		for k, i := range rows {
			sums[k] = dot(w, g.x[i])
			low, high = min(low, sums[k]), max(high, sums[k])
		}
		if low == high {
			continue
		}
		at := low + g.rng.Float64()*(high-low)
		if loss, legal := g.squares(rows, sums, at); legal && loss < least {
			least, weights, threshold, ok = loss, w, at, true
		}
	}
	return weights, threshold, ok
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// squares returns the sum of squared errors of the two leaves that a split makes.
func (g *grower) squares(rows []int, sums []float64, threshold float64) (loss float64, legal bool) {
	var count, sum, square [2]float64
	for k, i := range rows {
		side := 0
		if sums[k] > threshold {
			side = 1
		}
		count[side]++
		sum[side] += g.y[i]
		square[side] += g.y[i] * g.y[i]
	}
	if count[0] == 0 || count[1] == 0 {
		return 0, false
	}
	return square[0] - sum[0]*sum[0]/count[0] + square[1] - sum[1]*sum[1]/count[1], true
}
