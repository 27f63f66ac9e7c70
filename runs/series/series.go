// Package series reads the values of scalars step by step, for lists, exports and plots.
package series

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/natural"
	"guild/runs/scalars"
)

// Series are the values of one scalar of a run, sorted by step and, within a step, in the order of recording.
type Series struct {
	Run    *runs.View
	Key    string // see scalars.Summary.Key
	Points []Point
}

// Point is a value at a step.
type Point struct {
	Step  int64
	Time  time.Time // when it was recorded; zero if unknown
	Value float64
}

// Select chooses scalars by name.
type Select struct {
	// Tags are names of scalars, with or without the directory; * and ? stand for other characters. If it is empty, all scalars count
	// except those of the system (sys/...).
	Tags []string
}

func (s Select) has(tag, key string) bool {
	if len(s.Tags) == 0 {
		return !strings.HasPrefix(tag, scalars.SystemPrefix)
	}
	return slices.ContainsFunc(s.Tags, func(pattern string) bool { return matches(pattern, key) || matches(pattern, tag) })
}

// matches is path.Match with wildcards that also match slashes. A malformed pattern matches itself.
func matches(pattern, name string) bool {
	if pattern == name {
		return true
	}
	flat := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(flat.Replace(pattern), flat.Replace(name))
	return ok && err == nil
}

// Read returns the selected series of a run, sorted by key. With an error, it returns what can be read.
func Read(r runs.Viewer, s Select) ([]Series, error) {
	type id struct{ dir, tag string }
	found := map[id]*Series{}
	err := scalars.Each(r, func(dir, tag string, p scalars.Point, at time.Time) {
		one, known := found[id{dir, tag}]
		if !known {
			key := (&scalars.Summary{Prefix: dir, Tag: tag}).Key()
			if s.has(tag, key) {
				one = &Series{Run: r.AsView(), Key: key}
			}
			found[id{dir, tag}] = one
		}
		if one != nil {
			one.Points = append(one.Points, Point{Step: p.Step, Time: at, Value: p.Value})
		}
	})
	list := []Series{}
	for _, one := range found {
		if one == nil {
			continue
		}
		slices.SortStableFunc(one.Points, func(a, b Point) int { return cmp.Compare(a.Step, b.Step) })
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b Series) int { return natural.Compare(a.Key, b.Key) })
	return list, err
}

// Reduction names the point that represents a series.
type Reduction string

// The reductions.
const (
	Last Reduction = "last" // the latest value of the highest step
	Min  Reduction = "min"
	Max  Reduction = "max"
	Mean Reduction = "mean" // has the last step and no time
)

// Reduce returns the point for a reduction. NaN counts for Min and Max only if all values are NaN. The series must have at least one point.
func (s Series) Reduce(by Reduction) Point {
	result := s.Points[0]
	total := 0.0
	for _, p := range s.Points {
		total += p.Value
		switch {
		case by == Last, math.IsNaN(result.Value) && !math.IsNaN(p.Value), by == Min && p.Value < result.Value, by == Max && p.Value > result.Value:
			result = p
		}
	}
	if by == Mean {
		last := s.Points[len(s.Points)-1]
		return Point{Step: last.Step, Value: total / float64(len(s.Points))}
	}
	return result
}

// Every returns every nth point from the first on, and the last one.
func (s Series) Every(n int) []Point {
	if n <= 1 {
		return s.Points
	}
	var some []Point
	for i, p := range s.Points {
		if i%n == 0 || i == len(s.Points)-1 {
			some = append(some, p)
		}
	}
	return some
}

// Seconds returns a time in TensorBoard's form: seconds since the epoch, to the microsecond; empty for the zero time.
func Seconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	us := t.UnixMicro()
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}
