// Package sequential implements sequential model-based optimization: it chooses the values of a trial from the results of earlier ones.
package sequential

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"guild/opdef/search"
	"guild/opdef/search/forest"
	"guild/opdef/search/gp"
)

// Names of optimizers.
const (
	GP     = "gp"
	Forest = "forest"
	GBRT   = "gbrt"
)

// Options of an optimizer.
type Options struct {
	Optimizer string
	AcqFunc   string  // EI, PI, LCB or gp_hedge; empty for EI, or for trees EI or LCB at random
	Kappa     float64 // see search.LCB
	Xi        float64 // see search.EI; in standard deviations of the results
	Noise     float64 // noise variance, for GP; negative to fit it
}

// Result is the loss of a trial with the given values; lower is better.
type Result struct {
	Values []any
	Y      float64
}

// maxResults limits the results that a model is fitted to, because the time for a Gaussian process grows with the cube of their number. If
// there are more, the best and the latest are used, half of the limit each.
const maxResults = 300

// Suggest returns the values for the next trial. results are in the order of the trials. It is an error if none of them is in the space.
func Suggest(space search.Space, results []Result, o Options, rng *rand.Rand) ([]any, error) {
	var places, x [][]float64
	var y []float64
	for _, r := range thinned(results) {
		if place, ok := space.Place(r.Values); ok && !math.IsNaN(r.Y) && !math.IsInf(r.Y, 0) {
			places = append(places, place)
			x = append(x, space.Features(place))
			y = append(y, r.Y)
		}
	}
	if len(y) == 0 {
		return nil, fmt.Errorf("%s: none of the results is in the space to search", o.Optimizer)
	}
	model, y, err := o.fit(x, y, rng)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Optimizer, err)
	}
	s := &suggestion{space: space, model: model, results: results, rng: rng, near: bestPlaces(places, y), best: slices.Min(y),
		discrete: !slices.ContainsFunc(space, func(d search.Dim) bool { return d.Choices == nil && !d.Int })}
	return s.choose(o), nil
}

// standardized scales results to mean 0 and variance 1. sd is the divisor.
func standardized(y []float64) (out []float64, sd float64) {
	mean := 0.0
	for _, v := range y {
		mean += v / float64(len(y))
	}
	for _, v := range y {
		sd += (v - mean) * (v - mean) / float64(len(y))
	}
	if sd = math.Sqrt(sd); sd < 1e-12*(1+math.Abs(mean)) { // they are equal except for rounding
		sd = 1
	}
	out = make([]float64, len(y))
	for i, v := range y {
		out[i] = (v - mean) / sd
	}
	return out, sd
}

// logarithmic scales results so that differences between good results are larger than between bad ones; otherwise trees would mostly split
// bad ones. The unit is the distance from the best result to the median.
func logarithmic(y []float64) []float64 {
	const floor = 0.1
	sorted := slices.Sorted(slices.Values(y))
	least, middle := sorted[0], sorted[len(sorted)/2]
	if middle == least {
		middle = least + 1
	}
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = math.Log((v-least)/(middle-least) + floor)
	}
	return out
}

func thinned(results []Result) []Result {
	if len(results) <= maxResults {
		return results
	}
	latest := results[len(results)-maxResults/2:]
	rest := slices.Clone(results[:len(results)-maxResults/2])
	slices.SortStableFunc(rest, func(a, b Result) int { return cmp.Compare(a.Y, b.Y) })
	return append(rest[:maxResults/2], latest...)
}

// fit returns the model, and the results on the scale of the model.
func (o *Options) fit(x [][]float64, y []float64, rng *rand.Rand) (search.Model, []float64, error) {
	switch o.Optimizer {
	case Forest:
		y = logarithmic(y)
		return forest.Fit(x, y, rng), y, nil
	case GBRT:
		y = logarithmic(y)
		return forest.FitBoosted(x, y, rng), y, nil
	}
	y, sd := standardized(y)
	model, err := gp.Fit(x, y, o.Noise/(sd*sd), rng)
	return model, y, err
}

// bestPlaces returns the points of the lowest results.
func bestPlaces(places [][]float64, y []float64) [][]float64 {
	const most = 5
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(y[a], y[b]) })
	var near [][]float64
	for _, i := range order[:min(most, len(order))] {
		near = append(near, places[i])
	}
	return near
}

// suggestion is the state for choosing one trial.
type suggestion struct {
	space   search.Space
	model   search.Model
	results []Result
	near    [][]float64
	best    float64
	rng     *rand.Rand

	discrete bool // the space has a finite number of values
}

func (s *suggestion) choose(o Options) []any {
	switch {
	case o.AcqFunc == "gp_hedge":
		return s.hedge(o)
	case o.Optimizer != GP && o.AcqFunc == "" && s.rng.IntN(3) == 0:
		o.AcqFunc = "LCB" // trees predict steps, for which EI alone would stay near earlier trials
	}
	return s.space.Values(s.by(acquisition(o.AcqFunc, o)))
}

func acquisition(name string, o Options) search.Acquisition {
	switch name {
	case "PI":
		return search.PI(o.Xi)
	case "LCB":
		return search.LCB(o.Kappa)
	}
	return search.EI(o.Xi)
}

// by returns the point that maximizes an acquisition function. It avoids the values of earlier trials as long as there are others.
func (s *suggestion) by(acq search.Acquisition) []float64 {
	return s.space.Best(func(place []float64) float64 {
		if s.discrete && s.has(s.space.Values(place)) {
			return math.Inf(-1)
		}
		mean, sd := s.model.Predict(s.space.Features(place))
		return acq(mean, sd, s.best)
	}, s.near, s.rng)
}

func (s *suggestion) has(vals []any) bool {
	return slices.ContainsFunc(s.results, func(r Result) bool { return slices.Equal(r.Values, vals) })
}

// hedge uses one of several acquisition functions, chosen at random, and more often those whose suggestions the model predicts to be better
// (Hoffman, Brochu and de Freitas 2011, but with rewards from the current model only).
func (s *suggestion) hedge(o Options) []any {
	var places [][]float64
	var odds []float64
	total := 0.0
	for _, name := range []string{"EI", "LCB", "PI"} {
		place := s.by(acquisition(name, o))
		mean, sd := s.model.Predict(s.space.Features(place))
		odd := math.Exp(min(max((s.best-mean)/max(sd, 1e-12), -5), 5))
		places, odds, total = append(places, place), append(odds, odd), total+odd
	}
	at := s.rng.Float64() * total
	for i, odd := range odds {
		if at -= odd; at < 0 {
			return s.space.Values(places[i])
		}
	}
	return s.space.Values(places[len(places)-1])
}
