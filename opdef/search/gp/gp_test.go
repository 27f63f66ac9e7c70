package gp

import (
	"math"
	"math/rand/v2"
	"testing"
)

func data(n int) (x [][]float64, y []float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range n {
		p := []float64{rng.Float64(), rng.Float64()}
		x, y = append(x, p), append(y, 1.5*math.Sin(5*p[0]))
	}
	return x, y
}

// The second feature has no influence, which the process learns.
func TestPredict(t *testing.T) {
	x, y := data(25)
	p, err := Fit(x, y, -1, rand.New(rand.NewPCG(3, 4)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		at := []float64{float64(i) / 20, float64(i*7%20) / 20}
		want := 1.5 * math.Sin(5*at[0])
		mean, sd := p.Predict(at)
		if math.Abs(mean-want) > 0.1 || sd > 0.3 {
			t.Errorf("at %v: %.2f with a deviation of %.2f, want %.2f", at, mean, sd, want)
		}
	}
	if p.theta[fixed+1] < p.theta[fixed]+1 {
		t.Errorf("the logarithms of the lengths are %v", p.theta[fixed:])
	}
	mean, sd := p.Predict(x[0])
	if math.Abs(mean-y[0]) > 0.02 || sd > 0.1 {
		t.Errorf("at a result of %.2f: %.2f with a deviation of %.2f", y[0], mean, sd)
	}
}

func TestNoise(t *testing.T) {
	x := [][]float64{{0.5}, {0.5}, {0.5}, {0.5}}
	y := []float64{-1, 1, -1, 1}
	p, err := Fit(x, y, 1, rand.New(rand.NewPCG(3, 4)))
	if err != nil {
		t.Fatal(err)
	}
	if mean, sd := p.Predict(x[0]); math.Abs(mean) > 0.01 || sd < 0.2 || sd > 0.6 {
		t.Errorf("%.3f with a deviation of %.3f, that of the mean of four results with variance 1", mean, sd)
	}
	if p, err = Fit(x[:1], []float64{0}, -1, rand.New(rand.NewPCG(3, 4))); err != nil {
		t.Fatal(err)
	}
	if mean, _ := p.Predict([]float64{0.9}); math.Abs(mean) > 1e-9 {
		t.Errorf("one result predicts %g", mean)
	}
	if _, err := Fit(nil, nil, -1, nil); err == nil {
		t.Error("no results are enough")
	}
}

// TestGradient compares the derivatives with finite differences.
func TestGradient(t *testing.T) {
	x, y := data(8)
	f := &fit{x: x, y: y, features: 2, logNoise: math.NaN()}
	at := []float64{0.3, -3, -0.5, 0.4}
	grad, unused := make([]float64, 4), make([]float64, 4)
	f.loss(at, grad)
	const h = 1e-5
	for i := range at {
		at[i] += h
		up := f.loss(at, unused)
		at[i] -= 2 * h
		down := f.loss(at, unused)
		at[i] += h
		if want := (up - down) / (2 * h); math.Abs(grad[i]-want) > 1e-4*(1+math.Abs(want)) {
			t.Errorf("derivative %d is %g, want %g", i, grad[i], want)
		}
	}
}
