package curves

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestColumns(t *testing.T) {
	points := []Point{{3, 1000.5, 1.0 / 3}, {1, 1000, 2}, {2, 0, math.NaN()}, {4, 1001, 1e-9}}
	for _, tt := range []struct {
		by   Axis
		want string
	}{
		{ByStep, `{"x0":1,"unit":1,"dx":[0,1,1,1],"m":[2,null,33333,1],"e":[0,0,-5,-9]}`},
		{ByTime, `{"x0":1000,"unit":0.001,"dx":[0,500,500],"m":[2,33333,1],"e":[0,-5,-9]}`},
	} {
		got, err := json.Marshal(Make(points, tt.by, 10))
		if err != nil || string(got) != tt.want {
			t.Errorf("by %s: %s, %v; want %s", tt.by, got, err, tt.want)
		}
	}
	if got, _ := json.Marshal(Make(nil, ByStep, 10)); string(got) != `{"x0":0,"unit":1,"dx":[],"m":[],"e":[]}` {
		t.Errorf("nothing: %s", got)
	}
	if points[0].Step != 3 {
		t.Error("the points themselves were sorted")
	}
}

// Values on both sides of 0 share a power of ten, and come back to within half of it.
func TestColumnsAcrossZero(t *testing.T) {
	points := []Point{{Step: 1, Value: -0.25}, {Step: 2, Value: 1e-9}, {Step: 3, Value: math.Inf(1)}, {Step: 4, Value: 0.123456}, {Step: 5, Value: -1.99996}}
	got, err := json.Marshal(Make(points, ByStep, 10))
	const want = `{"x0":1,"unit":1,"dx":[0,1,1,1,1],"m":[-2500,0,null,1235,-20000],"e":[-4,-4,-4,-4,-4]}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e12, 1e12), 2, 50).Draw(t, "values")
		points := make([]Point, len(values))
		largest := 0.0
		for i, v := range values {
			points[i] = Point{Step: int64(i), Value: v}
			largest = max(largest, math.Abs(v))
		}
		c := Make(points, ByStep, 100)
		for i, v := range values {
			back := float64(c.Digits[i]) * math.Pow10(c.Exponents[i])
			if math.Abs(back-v) > largest*1e-4 {
				t.Fatalf("%v of %v comes back as %v", v, values, back)
			}
		}
	})
}

func TestLongTimesAreInCoarseUnits(t *testing.T) {
	c := Make([]Point{{0, 1e9, 0}, {1, 1e9 + 1e6, 0}}, ByTime, 10)
	if c.Unit != 100 || c.Steps[1] != 10000 {
		t.Errorf("%+v", c)
	}
}

// What is left of many points has their ends, their lowest and their highest, and is in their order.
func TestThin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 500).Draw(t, "values")
		most := rapid.IntRange(4, 60).Draw(t, "most")
		points := make([]Point, len(values))
		for i, v := range values {
			points[i] = Point{Step: int64(i), Value: v}
		}
		got := thin(points, most)
		if len(got) > max(most, 4) {
			t.Errorf("%d points of %d, want %d at most", len(got), len(points), most)
		}
		if got[0] != points[0] || got[len(got)-1] != points[len(points)-1] {
			t.Errorf("ends %v and %v", got[0], got[len(got)-1])
		}
		if !slices.IsSortedFunc(got, func(a, b Point) int { return int(a.Step - b.Step) }) {
			t.Error("not in order")
		}
		kept := make([]float64, len(got))
		for i, p := range got {
			kept[i] = p.Value
		}
		if slices.Min(kept) != slices.Min(values) || slices.Max(kept) != slices.Max(values) {
			t.Errorf("from %v to %v, want from %v to %v", slices.Min(kept), slices.Max(kept), slices.Min(values), slices.Max(values))
		}
	})
}

func TestThinKeepsNumbersAmongNone(t *testing.T) {
	points := make([]Point, 100)
	for i := range points {
		points[i] = Point{Step: int64(i), Value: math.NaN()}
	}
	points[50].Value = 7
	if got := thin(points, 10); !slices.ContainsFunc(got, func(p Point) bool { return p.Value == 7 }) {
		t.Errorf("%v", got)
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		v float64
		d Digits
		e int
	}{{0, 0, 0}, {1, 1, 0}, {-0.25, -25, -2}, {123456, 12346, 1}, {99999.9, 1, 5}, {1e300, 1, 300}, {5e-324, 49407, -328},
		{math.Inf(1), NoDigits, 0}, {math.NaN(), NoDigits, 0}} {
		if d, e := split(tt.v); d != tt.d || e != tt.e {
			t.Errorf("%v: %d, %d; want %d, %d", tt.v, d, e, tt.d, tt.e)
		}
	}
}
