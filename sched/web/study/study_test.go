package study

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var none = math.NaN()

func TestBestSoFar(t *testing.T) {
	for _, tt := range []struct {
		goal   Goal
		values []float64
		want   []int
	}{
		{Min, []float64{none, 3, 2, none, 2, 1}, []int{-1, 1, 2, 2, 2, 5}},
		{Max, []float64{3, 2, 4, math.Inf(1), none}, []int{0, 0, 2, 3, 3}},
		{Min, nil, []int{}},
		{Max, []float64{none}, []int{-1}},
	} {
		if got := BestSoFar(tt.values, tt.goal); !slices.Equal(got, tt.want) {
			t.Errorf("%s of %v: %v, want %v", tt.goal, tt.values, got, tt.want)
		}
	}
}

func TestFront(t *testing.T) {
	a := []float64{1, 2, 3, 2, 2, none, 1}
	b := []float64{5, 4, 1, 3, 6, 0, 5}
	for _, tt := range []struct {
		goalA, goalB Goal
		want         string
	}{
		{Min, Min, "[true false true true false false true]"},
		{Min, Max, "[true false false false true false true]"},
		{Max, Max, "[false false true false true false false]"},
	} {
		if got := fmt.Sprint(Front(a, b, tt.goalA, tt.goalB)); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.goalA, tt.goalB, got, tt.want)
		}
	}
}

// Each pair that is not on the front is beaten by one that is, and none on it is beaten.
func TestFrontIsWhatNothingBeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		draw := func(name string) []float64 {
			list := rapid.SliceOfN(rapid.IntRange(0, 6), n, n).Draw(t, name)
			out := make([]float64, n)
			for i, v := range list {
				out[i] = float64(v)
			}
			return out
		}
		a, b := draw("a"), draw("b")
		front := Front(a, b, Min, Max)
		beats := func(i, j int) bool { return a[i] <= a[j] && b[i] >= b[j] && (a[i] < a[j] || b[i] > b[j]) }
		for i := range n {
			beaten, byFront := false, false
			for j := range n {
				beaten = beaten || beats(j, i)
				byFront = byFront || front[j] && beats(j, i)
			}
			if front[i] == beaten || beaten != byFront {
				t.Fatalf("pair %d of %v, %v: on the front %v, beaten %v, by one on it %v", i, a, b, front[i], beaten, byFront)
			}
		}
	})
}

func number(v float64) Level { return Level{strconv.FormatFloat(v, 'g', -1, 64), v, true} }

func TestImportance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var matters, valley, idle, words, ids []Level
	var y []float64
	for i := range 200 {
		x, v := random.Float64(), 2*random.Float64()-1
		matters, valley, idle = append(matters, number(math.Pow(10, -3*x))), append(valley, number(v)), append(idle, number(random.Float64()))
		w := random.IntN(3)
		words = append(words, Level{Text: []string{"adam", "sgd", "none"}[w]})
		ids = append(ids, Level{Text: strconv.Itoa(i)})
		y = append(y, math.Exp(6*x+4*v*v+float64(w)))
	}
	y[7], y[100] = none, math.Inf(1) // failed, and diverged
	shares := map[string]float64{}
	for name, levels := range map[string][]Level{"matters": matters, "valley": valley, "idle": idle, "words": words} {
		share, ok := Importance(levels, y)
		if !ok || share < 0 || share > 1 {
			t.Errorf("%s: %v, %v", name, share, ok)
		}
		shares[name] = share
	}
	// Of the variance of the logarithm, 6x has 3, 4v² has 1.4 and w has 0.7 by their variances, and the rest nothing.
	if shares["matters"] < 0.4 || shares["valley"] < 0.15 || shares["valley"] > shares["matters"] || shares["words"] < 0.05 ||
		shares["words"] > shares["valley"] || shares["idle"] > 0.05 {
		t.Errorf("%v", shares)
	}
	if share, ok := Importance(ids, y); ok {
		t.Errorf("a flag that is different in each trial explains %v", share)
	}
}

func TestImportanceOfLittle(t *testing.T) {
	words := func(list ...string) []Level {
		var out []Level
		for _, w := range list {
			out = append(out, Level{Text: w})
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		levels []Level
		y      []float64
		want   float64
		ok     bool
	}{
		{"all of it", words("a", "a", "b", "b"), []float64{1, 1, 2, 2}, 1, true},
		{"nothing", words("a", "b", "a", "b"), []float64{1, 1, 2, 2}, 0, true},
		{"equal results", words("a", "a", "b", "b"), []float64{3, 3, 3, 3}, 0, true},
		{"one value", words("a", "a", "a", "a"), []float64{1, 2, 3, 4}, 0, false},
		{"few trials", words("a", "b", "a"), []float64{1, 2, 3}, 0, false},
		{"few results", words("a", "b", "a", "b"), []float64{1, 2, 3, none}, 0, false},
		{"no trials", nil, nil, 0, false},
	} {
		if got, ok := Importance(tt.levels, tt.y); ok != tt.ok || math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// A flag with numbers of which most are alike has fewer groups than bins.
func TestGroupsOfTies(t *testing.T) {
	levels := []Level{number(0), number(0), number(0), number(0), number(0), number(0), number(1), number(2), number(3)}
	if got, k := groups(levels); fmt.Sprint(got, k) != "[0 0 0 0 0 0 1 1 1] 2" {
		t.Errorf("%v, %d", got, k)
	}
}

func TestEnd(t *testing.T) {
	now := time.Unix(10_000, 0)
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	took := []time.Duration{10 * time.Second, 1000 * time.Second, 20 * time.Second}
	for _, tt := range []struct {
		name string
		p    Progress
		want time.Time
		ok   bool
	}{
		{"one after another", Progress{Left: 3, Running: []time.Time{at(-5)}, Took: took}, at(15 + 3*20), true},
		{"two at a time", Progress{Left: 3, Running: []time.Time{at(-5), at(-15)}, Took: took}, at(5 + 2*20), true},
		{"the last one", Progress{Running: []time.Time{at(-12)}, Took: took}, at(8), true},
		{"overdue", Progress{Left: 1, Running: []time.Time{at(-500)}, Took: took[:1]}, at(10), true},
		{"nothing under way", Progress{Left: 3, Took: took}, time.Time{}, false},
		{"nothing completed", Progress{Left: 3, Running: []time.Time{now}}, time.Time{}, false},
	} {
		if got, ok := tt.p.End(now); ok != tt.ok || !got.Equal(tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, ok, tt.want)
		}
	}
}
