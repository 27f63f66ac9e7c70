package sequential_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"guild/opdef/search"
	"guild/opdef/search/sequential"
)

// function is a function to minimise.
type function struct {
	name  string
	space search.Space
	at    func(x []float64) float64
	least float64
}

// branin has three minima, see Dixon and Szegö, Towards Global Optimization 2 (1978).
var branin = function{"Branin", search.Space{{Flag: "x", Low: -5, High: 10}, {Flag: "y", Low: 0, High: 15}}, func(x []float64) float64 {
	const a, b, c, r, s, t = 1, 5.1 / (4 * math.Pi * math.Pi), 5 / math.Pi, 6, 10, 1 / (8 * math.Pi)
	q := x[1] - b*x[0]*x[0] + c*x[0] - r
	return a*q*q + s*(1-t)*math.Cos(x[0]) + s
}, 0.39788735772973816}

// hartmann is Hartmann's function of six variables, from the same book.
var hartmann = function{"Hartmann-6", hartmannSpace(), func(x []float64) float64 {
	alpha := []float64{1, 1.2, 3, 3.2}
	a := [][]float64{{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}}
	p := [][]float64{{1312, 1696, 5569, 124, 8283, 5886}, {2329, 4135, 8307, 3736, 1004, 9991}, {2348, 1451, 3522, 2883, 3047, 6650},
		{4047, 8828, 8732, 5743, 1091, 381}}
	sum := 0.0
	for i := range alpha {
		in := 0.0
		for j := range x {
			d := x[j] - p[i][j]*1e-4
			in += a[i][j] * d * d
		}
		sum += alpha[i] * math.Exp(-in)
	}
	return -sum
}, -3.322368011415515}

func hartmannSpace() search.Space {
	s := make(search.Space, 6)
	for i := range s {
		s[i] = search.Dim{Flag: fmt.Sprint(i), High: 1}
	}
	return s
}

func (f *function) of(vals []any) float64 {
	x := make([]float64, len(vals))
	for i, v := range vals {
		x[i] = v.(float64)
	}
	return f.at(x)
}

func (f *function) random(seed int64, trials int) float64 {
	rng := search.Rand(seed, 0)
	best := math.Inf(1)
	for range trials {
		best = min(best, f.of(f.draw(rng.Float64)))
	}
	return best - f.least
}

func (f *function) draw(chance func() float64) []any {
	vals := make([]any, len(f.space))
	for i := range vals {
		vals[i] = f.space[i].At(chance())
	}
	return vals
}

// search returns the regret of an optimizer after so many trials, three of them at random, as `guild run` has them by default.
func (f *function) search(t testing.TB, o sequential.Options, seed int64, trials int) float64 {
	rng := search.Rand(seed, 0)
	var results []sequential.Result
	best := math.Inf(1)
	for i := range trials {
		vals := f.draw(rng.Float64)
		if i >= 3 {
			var err error
			if vals, err = sequential.Suggest(f.space, results, o, rng); err != nil {
				t.Fatal(err)
			}
		}
		results = append(results, sequential.Result{Values: vals, Y: f.of(vals)})
		best = min(best, results[i].Y)
	}
	return best - f.least
}

func median(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func options(name string) sequential.Options {
	o := sequential.Options{Optimizer: name, Kappa: 1.96, Xi: 0.05, Noise: -1}
	if name == sequential.GP {
		o.AcqFunc = "gp_hedge"
	}
	return o
}

// regrets returns the median of an optimizer's after so many trials, and of the best of ten times as many at random.
func (f *function) regrets(t testing.TB, name string, trials, seeds int) (regret, random float64) {
	var a, b []float64
	for seed := range int64(seeds) {
		a = append(a, f.search(t, options(name), 100+seed, trials))
		b = append(b, f.random(100+seed, 10*trials))
	}
	return median(a), median(b)
}

// TestRegret is BenchmarkRegret for the fast cases.
func TestRegret(t *testing.T) {
	regret, random := branin.regrets(t, sequential.GP, 20, 3)
	t.Logf("regret %.3g after 20 trials, %.3g after 200 at random", regret, random)
	if regret > random {
		t.Errorf("regret %.3g after 20 trials is more than %.3g after 200 at random", regret, random)
	}
}

// BenchmarkRegret reports the median regret of each optimizer, and that of ten times as many random trials.
func BenchmarkRegret(b *testing.B) {
	for _, f := range []struct {
		*function
		trials, seeds int
	}{{&branin, 20, 60}, {&hartmann, 40, 20}} {
		for _, name := range []string{sequential.GP, sequential.Forest, sequential.GBRT} {
			b.Run(f.name+"/"+name, func(b *testing.B) {
				for b.Loop() {
					regret, random := f.regrets(b, name, f.trials, f.seeds)
					b.ReportMetric(regret, "regret")
					b.ReportMetric(random, "random-regret")
				}
			})
		}
	}
}

func mixed() search.Space {
	return search.Space{{Flag: "i", Low: 1, High: 4, Int: true}, {Flag: "c", Choices: []any{"a", "b", nil}}, {Flag: "l", Low: 1e-4, High: 1, Log: true}}
}

func TestSuggest(t *testing.T) {
	results := []sequential.Result{{[]any{1, "a", 0.1}, 3}, {[]any{2, "b", 0.01}, 2}, {[]any{4, nil, 1}, 5}, {[]any{2, "b", 0.02}, 1.9},
		{[]any{"x", "b", 0.02}, 0}, {[]any{2, "z", 0.02}, 0}, {[]any{2, "b", 0.02}, math.NaN()}}
	for _, name := range []string{sequential.GP, sequential.Forest, sequential.GBRT} {
		for _, acq := range []string{"", "EI", "PI", "LCB", "gp_hedge"} {
			o := options(name)
			o.AcqFunc = acq
			got, err := sequential.Suggest(mixed(), results, o, search.Rand(1, 2))
			if err != nil {
				t.Fatal(err)
			}
			again, _ := sequential.Suggest(mixed(), results, o, search.Rand(1, 2))
			if !slices.Equal(got, again) {
				t.Errorf("%s, %s: %v and %v of the same seed", name, acq, got, again)
			}
			i, isInt := got[0].(int)
			l, isFloat := got[2].(float64)
			if !isInt || i < 1 || i > 4 || !slices.Contains([]any{"a", "b", nil}, got[1]) || !isFloat || l < 1e-4 || l > 1 {
				t.Errorf("%s, %s: %v", name, acq, got)
			}
		}
	}
	if _, err := sequential.Suggest(mixed(), results[4:], options(sequential.GP), search.Rand(1, 1)); err == nil {
		t.Error("no result is in the space, and one is suggested")
	}
}

// A place with a known result is suggested only if there is no other.
func TestSuggestNew(t *testing.T) {
	space := search.Space{{Flag: "i", Low: 1, High: 3, Int: true}}
	for _, name := range []string{sequential.GP, sequential.Forest, sequential.GBRT} {
		var results []sequential.Result
		for i := range 4 {
			got := []any{2}
			if i > 0 {
				var err error
				if got, err = sequential.Suggest(space, results, options(name), search.Rand(7, uint64(i))); err != nil {
					t.Fatal(err)
				}
			}
			if known := slices.ContainsFunc(results, func(r sequential.Result) bool { return r.Values[0] == got[0] }); known != (i == 3) {
				t.Errorf("%s: suggestion %d is %v after %v", name, i, got, results)
			}
			results = append(results, sequential.Result{Values: got, Y: 1})
		}
	}
}

// Of many results only some are used.
func TestSuggestOfMany(t *testing.T) {
	rng := search.Rand(1, 1)
	var results []sequential.Result
	for range 1000 {
		x := rng.Float64()
		results = append(results, sequential.Result{Values: []any{x}, Y: (x - 0.5) * (x - 0.5)})
	}
	o := options(sequential.GP)
	o.AcqFunc, o.Kappa = "LCB", 0
	got, err := sequential.Suggest(search.Space{{Flag: "x", High: 1}}, results, o, rng)
	if err != nil || math.Abs(got[0].(float64)-0.5) > 0.05 {
		t.Errorf("suggestion %v, %v", got, err)
	}
}
