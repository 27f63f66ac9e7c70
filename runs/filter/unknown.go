package filter

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"guild/runs/values"
)

// nameUse takes note of whether runs have what an expression names. It is used by several goroutines.
type nameUse struct {
	text         string // as it was written
	asked, found atomic.Bool
}

func (u *nameUse) note(found bool) {
	// Most calls find nothing to change, and a write would make the processors wait for each other.
	if !u.asked.Load() {
		u.asked.Store(true)
	}
	if found && !u.found.Load() {
		u.found.Store(true)
	}
}

// UnknownNameError says that no run has what an expression names, of all that were asked for it. It is an ErrNoMatch.
type UnknownNameError struct{ Name string }

func (e *UnknownNameError) Error() string {
	return fmt.Sprintf("no run has anything named '%s'", e.Name)
}

// Hint is what can be named.
func (e *UnknownNameError) Hint() string {
	return "An expression names attributes, flags and scalars of runs: 'guild runs info RUN' shows those of a run."
}

// Is makes it an ErrNoMatch.
func (e *UnknownNameError) Is(target error) bool { return target == ErrNoMatch }

// UnknownName is the error that the filter names what none of the runs has that were asked; nil where that is not so.
func (f *Filter) UnknownName() error {
	if f.expr == nil {
		return nil
	}
	for _, u := range f.expr.names {
		if u.asked.Load() && !u.found.Load() && !everyRunMayHave(strings.TrimPrefix(u.text, "attr:")) {
			return &UnknownNameError{u.text}
		}
	}
	return nil
}

// everyRunMayHave tells the attributes that a run has, or gets when somebody labels it or it ends.
func everyRunMayHave(name string) bool {
	return values.IsCore(name) || slices.Contains([]string{"comments", "exit_status", "label", "marked", "tags"}, name)
}

// otherLanguage says how something is written here that other languages write as the token that is not expected, and perhaps the
// one before it.
func (p *exprParser) otherLanguage(t token) string {
	before := ""
	if p.at > 0 {
		before = p.list[p.at-1].text
	}
	switch {
	case t.text == "=" && before == "=":
		return "for 'equal' write a single ="
	case t.text == "=" && before != "":
		return "an operator is one of = != < <= > >="
	case strings.HasPrefix(t.text, "&&"):
		return "write 'and'"
	case strings.HasPrefix(t.text, "||"):
		return "write 'or'"
	case strings.EqualFold(t.text, "like") || t.text == "~":
		return "write 'contains'"
	}
	return ""
}
