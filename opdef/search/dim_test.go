package search_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/search"
)

func TestFunction(t *testing.T) {
	tests := []struct {
		name string
		args []any
		want search.Dim
	}{
		{"", []any{1.0, 2}, search.Dim{Low: 1, High: 2}},
		{"uniform", []any{1, 100}, search.Dim{Low: 1, High: 100, Int: true}},
		{"uniform", []any{1, 100, 25}, search.Dim{Low: 1, High: 100, Int: true, Initial: 25}},
		{"loguniform", []any{1, 100}, search.Dim{Low: 1, High: 100, Log: true}},
		{"log-uniform", []any{0.5, 2, 1.5}, search.Dim{Low: 0.5, High: 2, Log: true, Initial: 1.5}},
	}
	for _, tt := range tests {
		tt.want.Flag = "x"
		got, err := search.Function("x", tt.name, tt.args)
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%s%v: %v %s", tt.name, tt.args, err, d)
		}
	}
	for want, args := range map[string][]any{
		"uniform requires 2 or 3 args, got () for flag x":                                                    {},
		"uniform requires 2 or 3 args, got (1) for flag x":                                                   {1},
		"invalid function args in 'x=uniform[a:1]': both bounds have to be numbers":                          {"a", 1},
		"invalid function args in 'x=uniform[2:2]': the lower bound 2 has to be less than the upper bound 2": {2, 2},
		"invalid function args in 'x=uniform[1:2:a]': the initial value has to be a number":                  {1, 2, "a"},
		"invalid function args in 'x=uniform[-1e+308:1e+308]': both bounds have to be numbers":               {-1e308, 1e308},
		"invalid function args in 'x=uniform[NaN:1]': both bounds have to be numbers":                        {math.NaN(), 1},
	} {
		if _, err := search.Function("x", "", args); err == nil || err.Error() != want {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestAt(t *testing.T) {
	tests := []struct {
		dim  search.Dim
		u    float64
		want any
	}{
		{search.Dim{Low: 2, High: 4}, 0.25, 2.5},
		{search.Dim{Low: 2, High: 4}, 1, 4.0},
		{search.Dim{Low: 1, High: 3, Int: true}, 0, 1},
		{search.Dim{Low: 1, High: 3, Int: true}, 0.34, 2},
		{search.Dim{Low: 1, High: 3, Int: true}, 1, 3},
		{search.Dim{Low: 0.01, High: 100, Log: true}, 0.5, 1.0},
		{search.Dim{Choices: []any{"a", nil}}, 0.49, "a"},
		{search.Dim{Choices: []any{"a", nil}}, 1, nil},
	}
	for _, tt := range tests {
		got := tt.dim.At(tt.u)
		if f, ok := got.(float64); ok {
			got = math.Round(f*1e9) / 1e9
		}
		if got != tt.want {
			t.Errorf("%+v at %g is %v, want %v", tt.dim, tt.u, got, tt.want)
		}
	}
}

// TestPlace: every drawn value has a place, and At returns the same value for it.
func TestPlace(t *testing.T) {
	space := search.Space{{Low: -2, High: 7}, {Low: -3, High: 5, Int: true}, {Low: 1e-5, High: 10, Log: true}, {Choices: []any{1, "1", true, nil, 2.5}}}
	rng := search.Rand(1, 1)
	for range 1000 {
		var vals []any
		for i := range space {
			vals = append(vals, space[i].Sample(rng))
		}
		place, ok := space.Place(vals)
		again := space.Values(place)
		if !ok || !cmp.Equal(vals, again, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(a) })) {
			t.Fatalf("%v has the place %v of %v", vals, place, again)
		}
		x := space.Features(place)
		if len(x) != 8 || x[3]+x[4]+x[5]+x[6]+x[7] != 1 {
			t.Fatalf("features of %v are %v", vals, x)
		}
	}
	for _, vals := range [][]any{{"a", 1, 1.0, 1}, {1.0, 1, 1.0, "x"}, {nil, 1, 1.0, 1}, {math.NaN(), 1, 1.0, 1}} {
		if place, ok := space.Place(vals); ok {
			t.Errorf("%v has the place %v", vals, place)
		}
	}
	if place, ok := space.Place([]any{99, -99.0, 0.0, 1.0}); !ok || place[0] != 1 || place[1] > 0.1 || place[2] != 0 {
		t.Errorf("values outside have the place %v, %v", place, ok)
	}
}

func TestAcquisition(t *testing.T) {
	ei, pi, lcb := search.EI(0.1), search.PI(0.1), search.LCB(2)
	for _, tt := range []struct{ got, want float64 }{
		{ei(0, 0, 1), 0.9}, {ei(2, 0, 1), 0}, {ei(0.9, 1, 1), 1 / math.Sqrt(2*math.Pi)}, {pi(0.9, 1, 1), 0.5}, {pi(0, 0, 1), 0}, {lcb(1, 3, 0), 5},
	} {
		if math.Abs(tt.got-tt.want) > 1e-12 {
			t.Errorf("%g, want %g", tt.got, tt.want)
		}
	}
}

func TestBest(t *testing.T) {
	space := search.Space{{Low: 0, High: 1}, {Low: 0, High: 1}}
	place := space.Best(func(p []float64) float64 { return -math.Hypot(p[0]-0.123, p[1]-0.987) }, [][]float64{{0.9, 0.1}}, search.Rand(1, 1))
	if math.Hypot(place[0]-0.123, place[1]-0.987) > 1e-3 {
		t.Errorf("the best place is %v", place)
	}
}
