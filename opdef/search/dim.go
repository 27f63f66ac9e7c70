// Package search defines the search spaces of flags for batches that optimize. Its subpackages implement the optimizers.
package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"guild/runs/pyyaml"
)

// Dim is the search space of one flag.
type Dim struct {
	Flag      string
	Choices   []any   // possible values; nil for a number
	Low, High float64 // bounds of a number, inclusive
	Int       bool    // whole numbers only
	Log       bool    // uniform in the logarithm of the value
	Initial   any     // value of the first trial, or nil
}

// Names of the functions that define search spaces in the values of flags.
const (
	Uniform    = "uniform"
	LogUniform = "loguniform"
)

// Known reports whether name is a function that defines a search space.
func Known(name string) bool {
	switch name {
	case "", Uniform, LogUniform, "log-uniform":
		return true
	}
	return false
}

// Function returns the space that NAME[LOW:HIGH] or NAME[LOW:HIGH:INITIAL] defines. Without a name it is uniform. If both bounds are
// integers, so are the values.
func Function(flag, name string, args []any) (Dim, error) {
	if !Known(name) {
		return Dim{}, fmt.Errorf("unknown function '%s' used for flag %s", name, flag)
	}
	d := Dim{Flag: flag, Log: name != "" && name != Uniform}
	called := Uniform
	if d.Log {
		called = LogUniform
	}
	if len(args) < 2 || len(args) > 3 {
		return Dim{}, fmt.Errorf("%s requires 2 or 3 args, got (%s) for flag %s", called, join(args, ", "), flag)
	}
	invalid := func(format string, words ...any) (Dim, error) {
		return Dim{}, fmt.Errorf("invalid function args in '%s=%s[%s]': "+format,
			append([]any{flag, called, join(args, ":")}, words...)...)
	}
	var low, high bool
	d.Low, low = pyyaml.Number(args[0])
	d.High, high = pyyaml.Number(args[1])
	_, lowInt := args[0].(int)
	_, highInt := args[1].(int)
	switch {
	case !low || !high || math.IsInf(d.High-d.Low, 0) || math.IsNaN(d.High-d.Low):
		return invalid("both bounds have to be numbers")
	case d.Low >= d.High:
		return invalid("the lower bound %v has to be less than the upper bound %v", args[0], args[1])
	case d.Log && d.Low <= 0:
		return invalid("the bounds have to be more than 0")
	}
	d.Int = !d.Log && lowInt && highInt
	if len(args) == 3 {
		if _, ok := pyyaml.Number(args[2]); !ok {
			return invalid("the initial value has to be a number")
		}
		d.Initial = args[2]
	}
	return d, nil
}

func join(args []any, sep string) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = fmt.Sprint(a)
	}
	return strings.Join(texts, sep)
}

// Sample returns a random value.
func (d *Dim) Sample(rng *rand.Rand) any { return d.At(rng.Float64()) }

// At maps a coordinate between 0 and 1 to a value. Each choice or integer has an interval of the same length.
func (d *Dim) At(u float64) any {
	u = min(max(u, 0), 1)
	if d.Choices != nil {
		return d.Choices[part(u, len(d.Choices))]
	}
	if d.Int {
		return int(min(d.Low+math.Floor(u*(d.High-d.Low+1)), d.High))
	}
	low, high := d.Low, d.High
	if d.Log {
		low, high = math.Log(low), math.Log(high)
	}
	v := low + u*(high-low)
	if d.Log {
		v = math.Exp(v)
	}
	return min(max(v, d.Low), d.High)
}

// part returns the index of that of n equal parts of the unit interval that contains u.
func part(u float64, n int) int { return min(int(u*float64(n)), n-1) }

// Place is the inverse of At. For a choice or an integer it returns the middle of its interval. Numbers outside the bounds have the
// coordinate of the nearest bound. ok is false for a value of a wrong type, or one that is not a choice.
func (d *Dim) Place(v any) (u float64, ok bool) {
	if d.Choices != nil {
		for i, c := range d.Choices {
			if same(c, v) {
				return (float64(i) + 0.5) / float64(len(d.Choices)), true
			}
		}
		return 0, false
	}
	f, ok := pyyaml.Number(v)
	if !ok || math.IsNaN(f) {
		return 0, false
	}
	f = min(max(f, d.Low), d.High)
	switch {
	case d.Int:
		return (math.Round(f) - d.Low + 0.5) / (d.High - d.Low + 1), true
	case d.Log:
		return (math.Log(f) - math.Log(d.Low)) / (math.Log(d.High) - math.Log(d.Low)), true
	}
	return (f - d.Low) / (d.High - d.Low), true
}

// same reports whether two values of a flag are equal; an int and a float can be equal.
func same(a, b any) bool {
	x, xIs := pyyaml.Number(a)
	y, yIs := pyyaml.Number(b)
	if xIs && yIs {
		return x == y
	}
	return xIs == yIs && fmt.Sprintf("%T %v", a, a) == fmt.Sprintf("%T %v", b, b)
}

// Rand returns a random number generator for a batch with the given seed. Different streams are independent.
func Rand(seed int64, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), stream)) }
