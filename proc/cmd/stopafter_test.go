package cmd

import (
	"math"
	"testing"
)

func TestCheckStopAfter(t *testing.T) {
	for _, m := range []float64{0.001, 0.5, 1, 90, 1e6} {
		if err := checkStopAfter(&m); err != nil {
			t.Errorf("%g: %v", m, err)
		}
	}
	for _, m := range []float64{0, -1, -1e-9, math.NaN(), math.Inf(1), math.Inf(-1), 1e30, 1e8, 1e-30} {
		if checkStopAfter(&m) == nil {
			t.Errorf("%g is accepted", m)
		}
	}
	if err := checkStopAfter(nil); err != nil {
		t.Error(err)
	}
}
