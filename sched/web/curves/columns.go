package curves

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Axis is what points are placed by.
type Axis string

// The axes.
const (
	ByStep Axis = "step"
	ByTime Axis = "time"
)

// Columns are points in a form that is small when it is compressed: places as differences in whole units, and values as whole numbers
// beside their powers of ten, which are mostly alike. Values have five digits; where some are above and some below 0, those near it have
// fewer: as many as the largest one has at that place, which is finer than a chart.
type Columns struct {
	First     float64  `json:"x0"`   // place of the first point: a step, or seconds since the epoch
	Unit      float64  `json:"unit"` // of Steps
	Steps     []int64  `json:"dx"`   // from each point to the next one; 0 for the first
	Digits    []Digits `json:"m"`
	Exponents []int    `json:"e"` // of ten, by which Digits are to be multiplied
}

// Digits are the digits of a value, or NoDigits of what is no finite number.
type Digits int64

// NoDigits is null in JSON.
const NoDigits Digits = math.MinInt64

// MarshalJSON writes a number or null.
func (d Digits) MarshalJSON() ([]byte, error) {
	if d == NoDigits {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(d), 10), nil
}

// UnmarshalJSON reads what MarshalJSON has written.
func (d *Digits) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*d = NoDigits
		return nil
	}
	n, err := strconv.ParseInt(string(data), 10, 64)
	*d = Digits(n)
	return err
}

// split rounds a value to five digits.
func split(v float64) (Digits, int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoDigits, 0
	}
	const digits = 5
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], v, 'e', digits-1, 64)
	mantissa, power, _ := bytes.Cut(text, []byte("e"))
	m, err := strconv.ParseInt(strings.Replace(string(mantissa), ".", "", 1), 10, 64)
	e, err2 := strconv.Atoi(string(power))
	if err != nil || err2 != nil { // not reached: what was formatted can be parsed
		return NoDigits, 0
	}
	if m == 0 {
		return 0, 0
	}
	for e -= digits - 1; m%10 == 0; e++ {
		m /= 10
	}
	return Digits(m), e
}

// units is into how many units the whole span of times is divided: finer than a screen has pixels, and small when compressed.
const units = 9_999

// Make puts points in the order of an axis, leaves out what a chart of most points does not show, and returns them as columns. Points
// without a time are left out of an axis of times.
func Make(points []Point, by Axis, most int) Columns {
	x := func(p Point) float64 {
		if by == ByTime {
			return p.At
		}
		return float64(p.Step)
	}
	points = slices.Clone(points)
	if by == ByTime {
		points = slices.DeleteFunc(points, func(p Point) bool { return p.At == 0 })
	}
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(x(a), x(b)) })
	points = thin(points, most)
	c := Columns{Unit: 1, Steps: make([]int64, len(points)), Digits: make([]Digits, len(points)), Exponents: make([]int, len(points))}
	if len(points) == 0 {
		return c
	}
	c.First = x(points[0])
	if by == ByTime {
		// Not finer than a millisecond, which no clock of two hosts agrees on.
		c.Unit = max(0.001, (x(points[len(points)-1])-c.First)/units)
		c.Unit, _ = strconv.ParseFloat(strconv.FormatFloat(c.Unit, 'g', 3, 64), 64)
	}
	before := int64(0)
	form := split
	if e, ok := common(points); ok {
		form = func(v float64) (Digits, int) { return rounded(v, e), e }
	}
	for i, p := range points {
		at := int64(math.Round((x(p) - c.First) / c.Unit))
		c.Steps[i], before = at-before, at
		c.Digits[i], c.Exponents[i] = form(p.Value)
	}
	return c
}

// common is the power of ten at which the largest value has five digits; ok is false if no value is below or none is above 0. Nobody
// draws those on a logarithmic axis, on which small ones would need digits of their own.
func common(points []Point) (e int, ok bool) {
	low, high := 0.0, 0.0
	for _, p := range points {
		if !math.IsInf(p.Value, 0) && !math.IsNaN(p.Value) {
			low, high = min(low, p.Value), max(high, p.Value)
		}
	}
	if low == 0 || high == 0 {
		return 0, false
	}
	m, e := split(max(-low, high))
	for m < 10_000 {
		m, e = m*10, e-1
	}
	return e, e > -300
}

// rounded is a value as a multiple of a power of ten.
func rounded(v float64, e int) Digits {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoDigits
	}
	if e < 0 {
		return Digits(math.Round(v * math.Pow10(-e)))
	}
	return Digits(math.Round(v / math.Pow10(e)))
}

// thin leaves the first and the last point, and of each of some buckets of equally many points the lowest and the highest, so that no
// peak is lost.
func thin(points []Point, most int) []Point {
	if len(points) <= most {
		return points
	}
	buckets := max(1, (most-2)/2)
	out := []Point{points[0]}
	inner := points[1 : len(points)-1]
	for i := range buckets {
		bucket := inner[i*len(inner)/buckets : (i+1)*len(inner)/buckets]
		if len(bucket) == 0 {
			continue
		}
		low, high := 0, 0
		for j, p := range bucket {
			// What is no number loses against every number.
			if p.Value < bucket[low].Value || math.IsNaN(bucket[low].Value) {
				low = j
			}
			if p.Value > bucket[high].Value || math.IsNaN(bucket[high].Value) {
				high = j
			}
		}
		out = append(out, bucket[min(low, high)])
		if low != high {
			out = append(out, bucket[max(low, high)])
		}
	}
	return append(out, points[len(points)-1])
}

// InOrder are points by step, thinned to most.
func InOrder(points []Point, most int) []Point {
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.Step, b.Step) })
	return thin(points, most)
}
