package cmd

import (
	"fmt"
	"maps"
	"strings"

	"guild/runs"
	"guild/runs/runjson"
	"guild/runs/scalars"
)

// results are the scalars, in order, and attributes that the run's operation reported; from a damaged file, what can be read.
type results struct {
	scalars []*scalars.Summary
	attrs   map[string]any
	whole   bool // show more of scalars than the last value
}

// readResults reads the event files of a run, without attributes that guild itself sets and, unless allScalars is set, without scalars of
// the system.
func readResults(r *runs.View, allScalars bool) results {
	res := results{attrs: map[string]any{}, whole: allScalars}
	all, _ := scalars.Read(r)
	for _, s := range all {
		if allScalars || !s.IsSystem() {
			res.scalars = append(res.scalars, s)
		}
	}
	logged, _ := scalars.Attrs(r)
	for name, text := range logged {
		if !reserved(name) {
			res.attrs[name] = text
		}
	}
	return res
}

// write writes the scalars with their last values, or with all statistics.
func (res results) write(b *strings.Builder) {
	writeField(b, 0, "scalars", "")
	for _, s := range res.scalars {
		if !res.whole {
			fmt.Fprintf(b, "  %s: %s\n", s.Key(), s.Last)
			continue
		}
		fmt.Fprintf(b, "  %s:\n    avg: %s\n    count: %d\n    first: %s\n    last: %s\n    max: %s\n    min: %s\n    total: %s\n",
			s.Key(), scalars.Text(s.Avg), s.Count, s.First, s.Last, s.Max, s.Min, scalars.Text(s.Total))
	}
}

// json returns the scalars for programs: by key, the last value and its step.
func (res results) json() map[string]any {
	m := map[string]any{}
	for _, s := range res.scalars {
		m[s.Key()] = []any{runjson.Value(s.Last.Value), s.Last.Step}
	}
	return m
}

// allJSON returns all that is known of the scalars, by key: of first, last, max and min the value and its step.
func (res results) allJSON() map[string]any {
	if !res.whole {
		return nil
	}
	point := func(p scalars.Point) any { return []any{runjson.Value(p.Value), p.Step} }
	m := map[string]any{}
	for _, s := range res.scalars {
		m[s.Key()] = map[string]any{
			"avg": runjson.Value(s.Avg), "count": s.Count, "first": point(s.First), "last": point(s.Last), "max": point(s.Max),
			"min": point(s.Min), "total": runjson.Value(s.Total),
		}
	}
	return m
}

// addTo adds the attributes to those of the run, which they replace.
func (res results) addTo(attrs map[string]any) map[string]any {
	maps.Copy(attrs, res.attrs)
	return attrs
}
