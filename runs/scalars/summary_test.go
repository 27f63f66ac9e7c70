package scalars

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSummary adds points one by one: of equal values the first is the minimum and maximum, of equal steps the first is the first and the
// last is the last, and NaN is neither minimum nor maximum if there is a number.
func TestSummary(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		points []Point
		want   Summary
	}{
		{"one", []Point{{3, 7}}, Summary{First: Point{3, 7}, Last: Point{3, 7}, Min: Point{3, 7}, Max: Point{3, 7}, Total: 3, Avg: 3, Count: 1}},
		{"equal values", []Point{{2, 1}, {2, 2}, {2, 3}},
			Summary{First: Point{2, 1}, Last: Point{2, 3}, Min: Point{2, 1}, Max: Point{2, 1}, Total: 6, Avg: 2, Count: 3}},
		{"equal steps", []Point{{1, 5}, {3, 5}, {2, 5}},
			Summary{First: Point{1, 5}, Last: Point{2, 5}, Min: Point{1, 5}, Max: Point{3, 5}, Total: 6, Avg: 2, Count: 3}},
		{"steps backwards", []Point{{1, 3}, {2, 2}, {3, 1}},
			Summary{First: Point{3, 1}, Last: Point{1, 3}, Min: Point{1, 3}, Max: Point{3, 1}, Total: 6, Avg: 2, Count: 3}},
		{"NaN first", []Point{{nan, 1}, {4, 2}, {5, 3}},
			Summary{First: Point{nan, 1}, Last: Point{5, 3}, Min: Point{4, 2}, Max: Point{5, 3}, Total: nan, Avg: nan, Count: 3}},
		{"NaN later", []Point{{4, 1}, {nan, 2}},
			Summary{First: Point{4, 1}, Last: Point{nan, 2}, Min: Point{4, 1}, Max: Point{4, 1}, Total: nan, Avg: nan, Count: 2}},
		{"negative steps", []Point{{1, -1}, {2, 0}},
			Summary{First: Point{1, -1}, Last: Point{2, 0}, Min: Point{1, -1}, Max: Point{2, 0}, Total: 3, Avg: 1.5, Count: 2}},
	} {
		var got Summary
		for _, p := range tt.points {
			got.add(p)
		}
		if d := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if got := (Point{math.Inf(1), 2}).String(); got != "inf (step 2)" {
		t.Errorf("infinite: %s", got)
	}
}
