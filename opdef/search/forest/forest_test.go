package forest

import (
	"math"
	"math/rand/v2"
	"testing"
)

type model interface {
	Predict(x []float64) (mean, sd float64)
}

// TestPredict: both learn a step in one of two features, and are more certain where there are results.
func TestPredict(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var x [][]float64
	var y []float64
	for range 60 {
		p := []float64{rng.Float64(), rng.Float64()}
		v := 1.0
		if p[0] > 0.5 {
			v = 3
		}
		x, y = append(x, p), append(y, v)
	}
	for name, m := range map[string]model{"forest": Fit(x, y, rng), "boosted": FitBoosted(x, y, rng)} {
		for at, want := range map[float64]float64{0.1: 1, 0.3: 1, 0.7: 3, 0.95: 3} {
			if mean, sd := m.Predict([]float64{at, 0.4}); math.Abs(mean-want) > 0.3 || sd > 0.6 {
				t.Errorf("%s: %.3f with a deviation of %.3f at %g, want %g", name, mean, sd, at, want)
			}
		}
		if _, sd := m.Predict([]float64{0.5, 0.4}); sd < 0.05 {
			t.Errorf("%s: a deviation of %.3f at the step", name, sd)
		}
	}
	for name, m := range map[string]model{"forest": Fit(x[:1], y[:1], rng), "boosted": FitBoosted(x[:1], y[:1], rng)} {
		if mean, sd := m.Predict(x[5]); math.Abs(mean-y[0]) > 1e-6 || sd > 1e-6 {
			t.Errorf("%s: one result of %g predicts %g with a deviation of %g", name, y[0], mean, sd)
		}
	}
}
