package filter

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"guild/runs/values"
)

// nameUse records whether any run has the value that a name in an expression refers to. It may be used by several goroutines.
type nameUse struct {
	text         string // as the user wrote it
	asked, found atomic.Bool
}

func (u *nameUse) note(found bool) {
	// Load before Store: almost all calls change nothing, and a write would invalidate the other processors' caches.
	if !u.asked.Load() {
		u.asked.Store(true)
	}
	if found && !u.found.Load() {
		u.found.Store(true)
	}
}

// UnknownNameError says that none of the runs that were tested has a value of this name. It matches ErrNoMatch.
type UnknownNameError struct{ Name string }

func (e *UnknownNameError) Error() string {
	return fmt.Sprintf("no run has anything named '%s'", e.Name)
}

// Hint says what a name can refer to.
func (e *UnknownNameError) Hint() string {
	return "An expression names attributes, flags and scalars of runs: 'guild runs info RUN' shows those of a run."
}

// Is makes errors.Is report a match with ErrNoMatch.
func (e *UnknownNameError) Is(target error) bool { return target == ErrNoMatch }

// UnknownName returns an *UnknownNameError if none of the tested runs has a value that the filter names, or nil.
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

// everyRunMayHave reports whether any run can have the attribute, now or once it is labelled or has ended.
func everyRunMayHave(name string) bool {
	return values.IsCore(name) || slices.Contains([]string{"comments", "exit_status", "label", "marked", "tags"}, name)
}

// otherLanguage returns what to write in place of an operator of another language, such as && or ==. t is the unexpected token.
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
