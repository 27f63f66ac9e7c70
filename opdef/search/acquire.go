package search

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Model predicts the result of a trial from the features of its point in the space.
type Model interface {
	// Predict returns the mean and the standard deviation of the result.
	Predict(features []float64) (mean, sd float64)
}

// Acquisition is an acquisition function: how much a trial is expected to gain, given a model's prediction and the least result so far.
type Acquisition func(mean, sd, best float64) float64

// EI is the expected improvement by more than xi (Jones, Schonlau and Welch 1998).
func EI(xi float64) Acquisition {
	return func(mean, sd, best float64) float64 {
		gain := best - xi - mean
		if sd <= 0 {
			return max(gain, 0)
		}
		z := gain / sd
		return gain*normalCDF(z) + sd*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
	}
}

// PI is the probability of an improvement by more than xi (Kushner 1964).
func PI(xi float64) Acquisition {
	return func(mean, sd, best float64) float64 {
		if sd <= 0 {
			return 0
		}
		return normalCDF((best - xi - mean) / sd)
	}
}

// LCB is the lower confidence bound, kappa standard deviations below the mean (Cox and John 1992).
func LCB(kappa float64) Acquisition {
	return func(mean, sd, _ float64) float64 { return kappa*sd - mean }
}

func normalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Parameters of the search for the maximum of an acquisition function: it evaluates random points, then climbs from the best of them,
// and from the best trials so far, with shrinking steps.
const (
	drawnPlaces = 2000
	climbers    = 6
	climbTries  = 24 // tries per step size
	nearTries   = 8  // tries per step size around each point in near
	firstStep   = 0.2
	lastStep    = 1e-4
)

// candidate is a point and its value.
type candidate struct {
	place []float64
	worth float64
}

// Best searches for the point with the highest worth. It also searches around the points in near.
func (s Space) Best(worth func(place []float64) float64, near [][]float64, rng *rand.Rand) []float64 {
	var found []candidate
	for _, at := range near {
		for step := firstStep; step > lastStep; step /= 2 {
			for range nearTries {
				place := s.step(at, step, rng)
				found = append(found, candidate{place, worth(place)})
			}
		}
	}
	for range drawnPlaces {
		place := make([]float64, len(s))
		for i := range place {
			place[i] = rng.Float64()
		}
		found = append(found, candidate{place, worth(place)})
	}
	byWorth := func(a, b candidate) int { return cmp.Compare(b.worth, a.worth) }
	slices.SortStableFunc(found, byWorth)
	found = found[:min(len(found), climbers)]
	for i := range found {
		s.climb(&found[i], worth, rng)
	}
	slices.SortStableFunc(found, byWorth)
	return found[0].place
}

// climb moves to better points, with smaller steps when it finds none.
func (s Space) climb(c *candidate, worth func(place []float64) float64, rng *rand.Rand) {
	for step := firstStep; step > lastStep; step /= 2 {
		for range climbTries {
			place := s.step(c.place, step, rng)
			if w := worth(place); w > c.worth {
				c.place, c.worth = place, w
			}
		}
	}
}

// step returns a random point near from, which differs in one coordinate or in all.
func (s Space) step(from []float64, size float64, rng *rand.Rand) []float64 {
	place := slices.Clone(from)
	only := rng.IntN(len(place) + 1) // the coordinate, or all of them
	for i := range place {
		if only == len(place) || only == i {
			place[i] = reflected(place[i] + size*rng.NormFloat64())
		}
	}
	return place
}

// reflected reflects a coordinate at the bounds of the unit interval.
func reflected(u float64) float64 {
	if u < 0 {
		u = -u
	}
	if u > 1 {
		u = 2 - u
	}
	return min(max(u, 0), 1)
}
