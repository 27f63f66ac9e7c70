package filter

import (
	"slices"
	"strings"

	"guild/runs"
)

// Filter is a conjunction of conditions. The zero Filter lets every run pass.
type Filter struct {
	conditions []func(*runs.View) bool
	expr       *Expr // the expression among the conditions, or nil
}

// And adds a condition. Add cheap conditions first: conditions after the first that fails are not evaluated.
func (f *Filter) And(condition func(*runs.View) bool) {
	f.conditions = append(f.conditions, condition)
}

// Empty reports whether every run passes.
func (f *Filter) Empty() bool { return len(f.conditions) == 0 }

// Match reports whether the run passes.
func (f *Filter) Match(r runs.Viewer) bool {
	v := r.AsView()
	for _, holds := range f.conditions {
		if !holds(v) {
			return false
		}
	}
	return true
}

// Apply returns those of all that pass the filter, in their order.
func Apply[R runs.Viewer](f *Filter, all []R) []R {
	if f.Empty() {
		return all
	}
	passes := make([]bool, len(all))
	runs.Each(len(all), func(i int) { passes[i] = f.Match(all[i]) })
	var pass []R
	for i, r := range all {
		if passes[i] {
			pass = append(pass, r)
		}
	}
	return pass
}

func matchLabel(label string, wanted []string) bool {
	return slices.ContainsFunc(wanted, func(w string) bool {
		if w == "-" {
			return label == ""
		}
		return strings.Contains(label, w)
	})
}

func matchTags(tags, wanted []string) bool {
	return slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(tags, w) })
}

func matchComments(comments []runs.Comment, wanted []string) bool {
	return slices.ContainsFunc(comments, func(c runs.Comment) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(c.Body, w) })
	})
}
