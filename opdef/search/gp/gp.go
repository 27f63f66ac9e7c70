// Package gp implements Gaussian process regression; see Rasmussen and Williams, Gaussian Processes for Machine Learning (2006).
package gp

import (
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Process is a Gaussian process with a Matérn 5/2 kernel, one length scale per feature, and Gaussian noise.
type Process struct {
	x      [][]float64
	theta  []float64         // parameters, see below
	root   blas64.Triangular // Cholesky factor of the covariances
	weight []float64         // inverse of the covariances times the results
}

// The parameters of a process are the logarithms of the signal variance, the noise variance, and the length scale of each feature, for
// results with mean 0 and variance 1. These constants are the means and standard deviations of their prior distributions: length scales of
// half the space or more, longer with more features, and little noise.
const (
	signalMean, signalSD = 0.0, 1.0
	noiseMean, noiseSD   = -8.0, 2.5
	lengthMean, lengthSD = -0.7, 1.0
	fixed                = 2 // number of parameters before the length scales
)

// jitter keeps the covariance matrix positive definite in spite of rounding.
const jitter = 1e-8

// restarts is the number of starting points of the search for parameters.
const restarts = 3

var errNoResults = errors.New("a Gaussian process needs at least one result")

// Fit fits a process to the results y at the features x. The results must have mean 0 and variance 1. noise is the noise variance; if it is
// negative, it is fitted too.
func Fit(x [][]float64, y []float64, noise float64, rng *rand.Rand) (*Process, error) {
	if len(y) == 0 {
		return nil, errNoResults
	}
	f := &fit{x: x, y: y, features: len(x[0]), logNoise: math.NaN()}
	if noise >= 0 {
		f.logNoise = math.Log(noise + jitter)
	}
	p := &Process{x: x, theta: f.best(rng)}
	var ok bool
	if p.root, ok = lapack64.Potrf(f.covariances(p.theta)); !ok {
		return nil, errors.New("the covariances of the results are singular")
	}
	p.weight = solve(p.root, f.y)
	return p, nil
}

// solve returns the product of v and the inverse of the matrix whose Cholesky factor is root.
func solve(root blas64.Triangular, v []float64) []float64 {
	x := append([]float64{}, v...)
	lapack64.Potrs(root, blas64.General{Rows: len(x), Cols: 1, Stride: 1, Data: x})
	return x
}

func vector(v []float64) blas64.Vector { return blas64.Vector{N: len(v), Inc: 1, Data: v} }

// Predict implements search.Model. sd does not include the noise of a single result.
func (p *Process) Predict(x []float64) (mean, sd float64) {
	signal := math.Exp(p.theta[0])
	k := make([]float64, len(p.x))
	for i := range p.x {
		k[i] = signal * matern(distance(p.x[i], x, p.theta[fixed:]))
	}
	mean = blas64.Dot(vector(k), vector(p.weight))
	blas64.Trsv(blas.Trans, p.root, vector(k))
	variance := max(signal-blas64.Dot(vector(k), vector(k)), 0)
	return mean, math.Sqrt(variance)
}

// distance returns the distance of two points in units of the length scales.
func distance(a, b, logLengths []float64) float64 {
	sum := 0.0
	for j := range a {
		d := (a[j] - b[j]) * math.Exp(-logLengths[j])
		sum += d * d
	}
	return math.Sqrt(sum)
}

func matern(r float64) float64 {
	r *= math.Sqrt(5)
	return (1 + r + r*r/3) * math.Exp(-r)
}

// fit is a search for parameters.
type fit struct {
	x        [][]float64
	y        []float64
	features int
	logNoise float64 // logarithm of the given noise variance, or NaN to fit it
}

// best returns the parameters with the highest posterior probability.
func (f *fit) best(rng *rand.Rand) []float64 {
	var found []float64
	least := math.Inf(1)
	for i := range restarts {
		start := f.prior(nil)
		if i > 0 {
			start = f.prior(rng)
		}
		if t, loss := f.descend(start); found == nil || loss < least {
			least, found = loss, t
		}
	}
	return found
}

// descend minimizes the loss by resilient propagation (Riedmiller and Braun 1993), as Blum and Riedmiller (2013) use it for Gaussian
// processes.
func (f *fit) descend(t []float64) (best []float64, least float64) {
	const (
		rounds       = 50
		first        = 0.2
		shrink, grow = 0.5, 1.2
		small, large = 1e-4, 1.0
	)
	step := make([]float64, len(t))
	for i := range step {
		step[i] = first
	}
	grad, was := make([]float64, len(t)), make([]float64, len(t))
	best, least = append(best, t...), f.loss(t, grad)
	for range rounds {
		moved := 0.0
		for i := range t {
			switch sign := grad[i] * was[i]; {
			case sign > 0:
				step[i] = min(step[i]*grow, large)
			case sign < 0:
				step[i] = max(step[i]*shrink, small)
				grad[i] = 0
			}
			switch {
			case grad[i] > 0:
				t[i] -= step[i]
			case grad[i] < 0:
				t[i] += step[i]
			}
			moved = max(moved, step[i])
		}
		copy(was, grad)
		if loss := f.loss(t, grad); loss < least {
			least = loss
			copy(best, t)
		}
		if moved <= 10*small {
			break
		}
	}
	return best, least
}

// prior draws parameters from their prior distributions. If rng is nil it returns the means.
func (f *fit) prior(rng *rand.Rand) []float64 {
	t := make([]float64, fixed+f.features)
	for i := range t {
		mean, sd := f.expected(i)
		t[i] = mean
		if rng != nil {
			t[i] += sd * rng.NormFloat64()
		}
	}
	if !math.IsNaN(f.logNoise) {
		t[1] = f.logNoise
	}
	return t
}

func (f *fit) expected(parameter int) (mean, sd float64) {
	switch parameter {
	case 0:
		return signalMean, signalSD
	case 1:
		return noiseMean, noiseSD
	}
	return lengthMean + math.Log(float64(f.features))/2, lengthSD
}

// covariances returns the covariance matrix of the results.
func (f *fit) covariances(t []float64) blas64.Symmetric {
	n := len(f.x)
	k := blas64.Symmetric{N: n, Stride: n, Data: make([]float64, n*n), Uplo: blas.Upper}
	signal := math.Exp(t[0])
	for i := range n {
		k.Data[i*n+i] = signal + math.Exp(t[1]) + jitter
		for j := i + 1; j < n; j++ {
			k.Data[i*n+j] = signal * matern(distance(f.x[i], f.x[j], t[fixed:]))
		}
	}
	return k
}

// loss returns the negative log posterior of the parameters, up to a constant, and stores its gradient in grad.
func (f *fit) loss(t, grad []float64) float64 {
	clear(grad)
	root, ok := lapack64.Potrf(f.covariances(t))
	if !ok {
		return math.Inf(1)
	}
	weight := solve(root, f.y)
	loss := blas64.Dot(vector(f.y), vector(weight)) / 2
	for i := range f.x {
		loss += math.Log(root.Data[i*root.Stride+i]) // half the log determinant
	}
	for i := range t {
		mean, sd := f.expected(i)
		z := (t[i] - mean) / sd
		loss += z * z / 2
		grad[i] = z / sd
	}
	f.addGradient(grad, t, root, weight)
	if !math.IsNaN(f.logNoise) {
		grad[1] = 0
	}
	return loss
}

// addGradient adds the gradient of the negative log likelihood to grad: half the trace of (inverse - weight*weightᵀ) times the derivative of
// the covariance matrix. It overwrites root with the inverse.
func (f *fit) addGradient(grad, t []float64, root blas64.Triangular, weight []float64) {
	inverse, ok := lapack64.Potri(root)
	if !ok {
		return
	}
	n := len(f.x)
	signal, noise := math.Exp(t[0]), math.Exp(t[1])
	scale := make([]float64, f.features)
	for j := range scale {
		scale[j] = math.Exp(-2 * t[fixed+j])
	}
	for i := range n {
		w := inverse.Data[i*n+i] - weight[i]*weight[i]
		grad[0] += w * signal / 2
		grad[1] += w * noise / 2
		for j := i + 1; j < n; j++ {
			w := inverse.Data[i*n+j] - weight[i]*weight[j] // counts for both triangles
			r := math.Sqrt(5) * distance(f.x[i], f.x[j], t[fixed:])
			e := signal * math.Exp(-r)
			grad[0] += w * e * (1 + r + r*r/3)
			for c := range scale {
				d := f.x[i][c] - f.x[j][c]
				grad[fixed+c] += w * e * 5 / 3 * (1 + r) * d * d * scale[c]
			}
		}
	}
}
