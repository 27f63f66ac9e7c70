package web

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/scalars"
	"guild/sched/web/curves"
)

// Scalar is a summary of a scalar of one run.
type Scalar struct {
	Name  string     `json:"name"`
	Last  Mark       `json:"last"`
	Min   Mark       `json:"min"`
	Max   Mark       `json:"max"`
	Count int        `json:"count"`
	Spark []*float64 `json:"spark"` // some of its values in order; null if not finite
}

// Mark is a value and its step.
type Mark struct {
	Value *float64 `json:"value"` // null if not finite
	Step  int64    `json:"step"`
}

const (
	sparkPoints = 60
	maxScalars  = 300 // in a run's overview
)

// isSystem reports whether the name of a scalar is of a measurement of system resources, by a run or one of its steps.
func isSystem(name string) bool {
	if _, tag, found := strings.Cut(name, "#"); found { // of a directory
		name = tag
	}
	return strings.HasPrefix(name, scalars.SystemPrefix)
}

// lastScalars returns summaries of a run's scalars, without those of the system, sorted by name.
func (s *Server) lastScalars(run *runs.View) []Scalar {
	list := []Scalar{}
	for name, points := range s.curves.Get(run).Series {
		if !isSystem(name) {
			list = append(list, inShort(name, points))
		}
	}
	slices.SortFunc(list, func(a, b Scalar) int { return cmp.Compare(a.Name, b.Name) })
	return list[:min(len(list), maxScalars)]
}

func inShort(name string, points []curves.Point) Scalar {
	last, low, high := points[0], points[0], points[0]
	for _, p := range points {
		if p.Step >= last.Step {
			last = p
		}
		if p.Value < low.Value || math.IsNaN(low.Value) {
			low = p
		}
		if p.Value > high.Value || math.IsNaN(high.Value) {
			high = p
		}
	}
	mark := func(p curves.Point) Mark { return Mark{finite(p.Value), p.Step} }
	out := Scalar{Name: name, Last: mark(last), Min: mark(low), Max: mark(high), Count: len(points)}
	for _, p := range curves.InOrder(points, sparkPoints) {
		out.Spark = append(out.Spark, finite(p.Value))
	}
	return out
}
