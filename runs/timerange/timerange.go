package timerange

import (
	"fmt"
	"time"
)

// Range is a span of time that includes Start and excludes End. If one of them is the zero time, the range is open on that side.
type Range struct {
	Start, End time.Time
}

// Contains reports whether t is in the range.
func (r Range) Contains(t time.Time) bool {
	return (r.Start.IsZero() || !t.Before(r.Start)) && (r.End.IsZero() || t.Before(r.End))
}

// Parse parses a range relative to the time now, in now's time zone. The error is a *SyntaxError.
func Parse(text string, now time.Time) (Range, error) {
	words, err := split(text)
	if err != nil {
		return Range{}, err
	}
	p := &parser{text: text, words: words, now: now}
	r, err := p.rangeOf()
	if err != nil {
		return Range{}, err
	}
	if w := p.peek(); w.kind != end {
		return Range{}, p.unexpected()
	}
	return r, nil
}

// SyntaxError says at which position a range of time is wrong.
type SyntaxError struct {
	Text   string
	Pos    int // byte offset in Text, from 0
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("time range %q: %s at position %d (such as 'today', 'last 2 hours', 'after 2026-05-01 14:00')",
		e.Text, e.Reason, e.Pos)
}

type parser struct {
	text  string
	words []word
	at    int
	now   time.Time
}

func (p *parser) peek() word { return p.words[p.at] }

// take consumes the next word if it is of the kind.
func (p *parser) take(k kind) (word, bool) {
	w := p.peek()
	if w.kind != k {
		return w, false
	}
	p.at++
	return w, true
}

// keyword consumes the next word if it equals text.
func (p *parser) keyword(text string) bool {
	w := p.peek()
	if w.kind != name || w.text != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) fail(w word, reason string) error {
	return &SyntaxError{Text: p.text, Pos: w.pos, Reason: reason}
}

func (p *parser) unexpected() error {
	w := p.peek()
	if w.kind == end {
		return p.fail(w, "something is missing")
	}
	return p.fail(w, fmt.Sprintf("unexpected '%s'", w.text))
}

func (p *parser) rangeOf() (Range, error) {
	switch {
	case p.keyword("before"):
		r, err := p.point()
		return Range{End: r.Start}, err
	case p.keyword("after"):
		r, err := p.point()
		if r.End.IsZero() {
			return Range{Start: r.Start}, err
		}
		return Range{Start: r.End}, err
	case p.keyword("between"):
		return p.between()
	case p.keyword("last"):
		return p.last()
	}
	if isUnitRange(p.peek()) {
		return p.unitRange()
	}
	at, whole, err := p.datetime()
	if err != nil {
		return Range{}, err
	}
	return Range{at, whole.after(at, 1)}, nil
}

// between parses two points, in either order, and returns the range between them.
func (p *parser) between() (Range, error) {
	a, err := p.point()
	if err != nil {
		return Range{}, err
	}
	if !p.keyword("and") {
		return Range{}, p.unexpected()
	}
	b, err := p.point()
	if err != nil {
		return Range{}, err
	}
	if b.Start.Before(a.Start) {
		a, b = b, a
	}
	if b.End.IsZero() {
		b.End = b.Start
	}
	return Range{a.Start, b.End}, nil
}

// point parses a unit, or a date and time; the latter has a zero End.
func (p *parser) point() (Range, error) {
	if isUnitRange(p.peek()) {
		return p.unitRange()
	}
	at, _, err := p.datetime()
	return Range{Start: at}, err
}

func (p *parser) last() (Range, error) {
	n, counted := p.take(number)
	u, ok := p.take(unitWord)
	if !ok {
		return Range{}, p.unexpected()
	}
	count := 1
	switch {
	case counted:
		count = n.n[0]
	case u.unit >= week:
		return u.unit.around(p.now, -1), nil
	}
	return Range{Start: u.unit.after(p.now, -count)}, nil
}

func isUnitRange(w word) bool {
	return w.kind == number || w.kind == name && (w.text == "today" || w.text == "yesterday" || w.text == "this")
}

func (p *parser) unitRange() (Range, error) {
	switch {
	case p.keyword("today"):
		return day.around(p.now, 0), nil
	case p.keyword("yesterday"):
		return day.around(p.now, -1), nil
	case p.keyword("this"):
		u, ok := p.take(unitWord)
		if !ok {
			return Range{}, p.unexpected()
		}
		return u.unit.around(p.now, 0), nil
	}
	n, _ := p.take(number)
	u, ok := p.take(unitWord)
	if !ok || !p.keyword("ago") {
		return Range{}, p.unexpected()
	}
	return u.unit.around(p.now, -n.n[0]), nil
}

// datetime parses a date and time. The unit is the precision of the text: a day for a date, a minute for HH:MM.
func (p *parser) datetime() (time.Time, unit, error) {
	year, month, dayOfMonth := p.now.Date()
	whole := day
	d, dated := p.take(date)
	if dated {
		switch len(d.n) {
		case 3:
			year, month, dayOfMonth = d.n[0], time.Month(d.n[1]), d.n[2]
			if d.digits == 2 {
				year += p.now.Year() / 100 * 100
			}
		default:
			month, dayOfMonth = time.Month(d.n[0]), d.n[1]
		}
	}
	var h, m, s int
	t, timed := p.take(clock)
	if timed {
		h, m, whole = t.n[0], t.n[1], minute
		if len(t.n) == 3 {
			s, whole = t.n[2], second
		}
	}
	if !dated && !timed {
		return time.Time{}, 0, p.unexpected()
	}
	at := time.Date(year, month, dayOfMonth, h, m, s, 0, p.now.Location())
	// time.Date normalises the 31st of April to the 1st of May; reject such dates.
	if at.Month() != month || at.Day() != dayOfMonth && dated {
		return time.Time{}, 0, p.fail(d, fmt.Sprintf("no such day '%s'", d.text))
	}
	if h > 23 || m > 59 || s > 59 {
		return time.Time{}, 0, p.fail(t, fmt.Sprintf("no such time '%s'", t.text))
	}
	return at, whole, nil
}
