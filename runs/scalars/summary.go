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

// Point is a value with its step.
type Point struct {
	Value float64
	Step  int64
}

// Summary describes all values of one tag in one directory of a run.
type Summary struct {
	Prefix string // directory of the event files, relative to the run with slashes: empty for the run directory itself
	Tag    string
	First  Point // the first value with the lowest step
	Last   Point // the last value with the highest step
	Min    Point // NaN only where all values are
	Max    Point // likewise
	Total  float64
	Avg    float64
	Count  int
}

// Key is the name of the scalar for people: its tag, with directory and # in front where it is not one of the run directory
// or of the run's own files.
func (s *Summary) Key() string { return key(s.Prefix, s.Tag) }

func key(dir, tag string) string {
	if dir == "" || dir == ".guild" {
		return tag
	}
	return dir + "#" + tag
}

// String is the value and its step as people see them.
func (p Point) String() string { return fmt.Sprintf("%s (step %d)", Text(p.Value), p.Step) }

// Text is a value with six decimals. One that is so small that six decimals would show less than four of its digits is shown with an
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

// Read summarises the scalars of all event files of a run, of the run's own as of those that the operation wrote, in the order
// of prefix and tag. With an error, which wraps ErrDamaged where a file is damaged, it returns what can be read.
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
	err := each(w, func(dir string, ofAttrs bool, step int64, v value) {
		switch {
		case ofAttrs && v.isText:
			attrs[key(dir, strings.TrimSuffix(v.tag, "/text_summary"))] = v.text
		case !ofAttrs && !v.isText:
			s := found[id{dir, v.tag}]
			if s == nil {
				s = &Summary{Prefix: dir, Tag: v.tag}
				found[id{dir, v.tag}] = s
			}
			s.add(Point{v.scalar, step})
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
