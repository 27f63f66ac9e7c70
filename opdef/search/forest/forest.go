package forest

import (
	"math"
	"math/rand/v2"
)

const trees = 100 // of a forest

// Forest is an ensemble of extremely randomized trees.
type Forest []*node

// Fit fits a forest to the results y at the features x. There must be at least one result.
func Fit(x [][]float64, y []float64, rng *rand.Rand) Forest {
	f := make(Forest, trees)
	g := &grower{x: x, y: y, rng: rng}
	for i := range f {
		f[i] = g.grow(all(len(y)), math.MaxInt)
	}
	return f
}

func all(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// Predict implements search.Model. sd combines the variance between the trees and within their leaves (Hutter, Xu, Hoos and
// Leyton-Brown 2014).
func (f Forest) Predict(x []float64) (mean, sd float64) {
	n := float64(len(f))
	var square float64
	for _, t := range f {
		leaf := t.leaf(x)
		mean += leaf.value / n
		square += (leaf.value*leaf.value + leaf.variance) / n
	}
	return mean, math.Sqrt(max(square-mean*mean, 0))
}
