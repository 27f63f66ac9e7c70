package scalars

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/runs"
)

// Point is a value at a step.
type Point struct {
	Value float64
	Step  int64
}

// Summary describes all values of one tag in one directory of a run.
type Summary struct {
	Prefix string // directory of the event files, relative to the run, with slashes; empty for the run directory itself
	Tag    string
	First  Point // the first value with the lowest step
	Last   Point // the last value with the highest step
	Min    Point // NaN only if all values are NaN
	Max    Point // NaN only if all values are NaN
	Total  float64
	Avg    float64
	Count  int
}

// Key returns the name of the scalar that users see: its tag, or if the event file is in a subdirectory other than .guild, the
// directory, # and the tag.
func (s *Summary) Key() string { return key(s.Prefix, s.Tag) }

func key(dir, tag string) string {
	if dir == "" || dir == ".guild" {
		return tag
	}
	return dir + "#" + tag
}

// IsSystem reports whether the scalar is about the run's use of system resources.
func (s *Summary) IsSystem() bool { return strings.HasPrefix(s.Tag, SystemPrefix) }

// String formats the value for display.
func (p Point) String() string { return fmt.Sprintf("%s (step %d)", Text(p.Value), p.Step) }

// Text returns a value with six decimals. One that is so small that six decimals would show less than four of its digits is shown with an
// exponent, unless six decimals show all of it.
func Text(v float64) string {
	fixed := strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'f', 6, 64), "+"))
	if v == 0 || !(math.Abs(v) < 1e-3) {
		return fixed
	}
	if shown, err := strconv.ParseFloat(fixed, 64); err == nil && shown == v {
		return fixed
	}
	return strconv.FormatFloat(v, 'e', 6, 64)
}

func (s *Summary) add(p Point) {
	if s.Count == 0 {
		s.First, s.Last, s.Min, s.Max = p, p, p, p
	}
	if p.Step < s.First.Step {
		s.First = p
	}
	if p.Step >= s.Last.Step {
		s.Last = p
	}
	if p.Value < s.Min.Value || math.IsNaN(s.Min.Value) {
		s.Min = p
	}
	if p.Value > s.Max.Value || math.IsNaN(s.Max.Value) {
		s.Max = p
	}
	s.Count++
	s.Total += p.Value
	s.Avg = s.Total / float64(s.Count)
}

// Read summarises the scalars in all event files of a run, those that guild wrote from the output and those that the operation wrote, and
// in other files of metrics, see package metrics. They are sorted by prefix and tag. If there is an error, which wraps ErrDamaged if a file
// is damaged, the result has the scalars that could be read.
func Read(r runs.Viewer) ([]*Summary, error) {
	c, err := readAll(r.AsView())
	return c.summaries, err
}

// Attrs returns the attributes that the operation logged or printed, by key. With an error, it returns what can be read.
func Attrs(r runs.Viewer) (map[string]string, error) {
	c, err := readAll(r.AsView())
	return c.attrs, err
}

func readAll(r *runs.View) (contents, error) {
	if c, ok := cached(r); ok {
		return c, nil
	}
	type id struct{ dir, tag string }
	found, attrs := map[id]*Summary{}, map[string]string{}
	w := newDependencies(r)
	err := each(w, func(dir string, ofAttrs bool, e event, v value) {
		switch {
		case ofAttrs && v.isText:
			attrs[key(dir, strings.TrimSuffix(v.tag, "/text_summary"))] = v.text
		case !ofAttrs && !v.isText:
			s := found[id{dir, v.tag}]
			if s == nil {
				s = &Summary{Prefix: dir, Tag: v.tag}
				found[id{dir, v.tag}] = s
			}
			s.add(Point{v.scalar, e.step})
		}
	})
	list := slices.SortedFunc(maps.Values(found), func(a, b *Summary) int {
		return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.Tag, b.Tag))
	})
	c := contents{list, attrs}
	if err == nil {
		w.cache(c)
	}
	return c, err
}
