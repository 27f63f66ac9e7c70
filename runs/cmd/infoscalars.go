package cmd

import (
	"fmt"
	"maps"
	"strings"

	"guild/runs"
	"guild/runs/scalars"
)

// results are what the run's operation reported: scalars, in order, and attributes. What a damaged file still has is shown.
type results struct {
	scalars []*scalars.Summary
	attrs   map[string]any
}

// readResults reads the event files of a run. Scalars of the system are left out, and attributes that guild itself sets.
func readResults(r *runs.Run) results {
	res := results{attrs: map[string]any{}}
	all, _ := scalars.Read(r)
	for _, s := range all {
		if !strings.HasPrefix(s.Tag, "sys/") {
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

// write writes the scalars with their last values.
func (res results) write(b *strings.Builder) {
	writeField(b, 0, "scalars", "")
	for _, s := range res.scalars {
		fmt.Fprintf(b, "  %s: %s\n", s.Key(), s.Last)
	}
}

// json is the scalars for programs: by key, the last value and its step.
func (res results) json() map[string]any {
	m := map[string]any{}
	for _, s := range res.scalars {
		m[s.Key()] = []any{runs.JSONValue(s.Last.Value), s.Last.Step}
	}
	return m
}

// addTo adds the attributes to those of the run, in place of which they come.
func (res results) addTo(attrs map[string]any) map[string]any {
	maps.Copy(attrs, res.attrs)
	return attrs
}
