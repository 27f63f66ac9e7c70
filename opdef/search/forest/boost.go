package forest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Parameters of boosted trees.
const (
	ensembles    = 30
	stages       = 10
	learningRate = 0.5
	boostDepth   = 6
)

// Boosted is several ensembles of gradient boosted trees, which differ in their random splits.
type Boosted []boosted

// boosted is one ensemble: an initial prediction and trees that correct it.
type boosted struct {
	guess float64
	trees []*node
}

// FitBoosted fits boosted trees to the results y at the features x. There must be at least one result.
func FitBoosted(x [][]float64, y []float64, rng *rand.Rand) Boosted {
	b := make(Boosted, ensembles)
	for i := range b {
		b[i] = boost(x, y, rng)
	}
	return b
}

func boost(x [][]float64, y []float64, rng *rand.Rand) boosted {
	rest := slices.Clone(y) // residuals
	g := &grower{x: x, y: rest, rng: rng}
	rows := all(len(y))
	guess, _ := g.moments(rows)
	b := boosted{guess: guess}
	for i := range rest {
		rest[i] -= guess
	}
	for range stages {
		t := g.grow(rows, boostDepth)
		for i := range x {
			rest[i] -= learningRate * t.leaf(x[i]).value
		}
		b.trees = append(b.trees, t)
	}
	return b
}

func (b *boosted) predict(x []float64) float64 {
	v := b.guess
	for _, t := range b.trees {
		v += learningRate * t.leaf(x).value
	}
	return v
}

// Predict implements search.Model. sd is the standard deviation between the ensembles.
func (b Boosted) Predict(x []float64) (mean, sd float64) {
	n := float64(len(b))
	var square float64
	for i := range b {
		v := b[i].predict(x)
		mean += v / n
		square += v * v / n
	}
	return mean, math.Sqrt(max(square-mean*mean, 0))
}
