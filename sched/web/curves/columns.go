package curves

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Axis is the quantity on the x axis.
type Axis string

// The axes.
const (
	ByStep Axis = "step"
	ByTime Axis = "time"
)

// Columns are points in a form that compresses well: positions as differences in whole units, and values as whole numbers beside their
// powers of ten, most of which are equal. Values have five digits. If there are values above and below 0, values near 0 have fewer: as many
// decimal places as the largest value, which is finer than a chart.
type Columns struct {
	First     float64  `json:"x0"`   // position of the first point: a step, or seconds since the epoch
	Unit      float64  `json:"unit"` // of Steps
	Steps     []int64  `json:"dx"`   // differences from point to point; 0 for the first
	Digits    []Digits `json:"m"`
	Exponents []int    `json:"e"` // powers of ten by which Digits are multiplied
}

// Digits are the digits of a value, or NoDigits for a value that is not finite.
type Digits int64

// NoDigits is encoded as null.
const NoDigits Digits = math.MinInt64

// MarshalJSON writes a number or null.
func (d Digits) MarshalJSON() ([]byte, error) {
	if d == NoDigits {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(d), 10), nil
}

// UnmarshalJSON reads the form that MarshalJSON writes.
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
	if err != nil || err2 != nil { // cannot happen: the formatted number can be parsed
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

// units is the number of units in the whole range of times: finer than the pixels of a screen, and few digits.
const units = 9_999

// Make sorts points by an axis, thins them to at most most points, and returns them as columns. On an axis of times, points without a time
// are left out.
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
		// At least a millisecond: no two hosts' clocks agree better than that.
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

// common returns the power of ten at which the largest value has five digits; ok is false unless there are values below and above 0. Such
// curves are not drawn on a logarithmic axis, where small values would need their own digits.
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

// rounded returns a value as a multiple of a power of ten.
func rounded(v float64, e int) Digits {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoDigits
	}
	if e < 0 {
		return Digits(math.Round(v * math.Pow10(-e)))
	}
	return Digits(math.Round(v / math.Pow10(e)))
}

// thin keeps the first and the last point, and from each of several buckets of equally many points the lowest and the highest, so that no
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
			// NaN loses against every number.
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

// InOrder returns points by step, thinned to at most most points.
func InOrder(points []Point, most int) []Point {
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.Step, b.Step) })
	return thin(points, most)
}
