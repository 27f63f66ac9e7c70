package filter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/runs/pyyaml"
	"guild/runs/timerange"
	"guild/runs/values"
)

// node is a part of an expression that is true or false for a run.
type node interface {
	holds(*values.Values) bool
}

type (
	anyOf    []node
	allOf    []node
	negation struct{ node }
	constant bool

	comparison struct {
		name   valueName
		op     tokenKind
		want   term
		moment *timerange.Range // set where the value is a time
	}
	membership struct {
		name valueName
		list []term
	}
	within struct {
		name valueName
		span *timerange.Range
	}
	contains struct {
		name valueName
		want term
	}
)

// term is a value in an expression: nil, bool, float64, string or, with the terms in list, []any.
type term struct {
	val  any
	text string // as the user wrote it
	list []term // nil if the term is not a list
}

func (t term) isText() bool {
	_, text := t.val.(string)
	_, number := t.val.(float64)
	return text || number
}

// valueName is the name of a value of a run.
type valueName struct {
	kind string // attr, flag or scalar; if empty, the first that exists of an attribute, a flag, a logged attribute and a scalar
	name string
	use  *nameUse
}

func newName(text string) valueName {
	n := valueName{name: text, use: &nameUse{text: text}}
	if kind, name, ok := strings.Cut(text, ":"); ok {
		switch kind {
		case "attr", "flag", "scalar":
			n.kind, n.name = kind, name
		}
	}
	return n
}

// isTime reports whether the value is a point in time in every run that has it.
func (n valueName) isTime() bool {
	return (n.kind == "" || n.kind == "attr") && (n.name == "started" || n.name == "stopped")
}

// of returns the value that a run has under this name, or nil.
func (n valueName) of(v *values.Values) any {
	val := n.find(v)
	n.use.note(val != nil)
	return val
}

// is reports whether the value that a run has under this name is the one that is wanted. An operation is called by its own name, or by the
// full one that listings show, such as resnet:train.
func (n valueName) is(v *values.Values, have any, want term) bool {
	return equal(have, want) || n.name == "op" && (n.kind == "" || n.kind == "attr") && equal(v.Attr("operation"), want)
}

// find looks in the recorded attributes and flags first, since logged attributes and scalars require reading event files.
func (n valueName) find(v *values.Values) any {
	switch n.kind {
	case "attr":
		return v.Attr(n.name)
	case "flag":
		return v.Flag(n.name)
	case "":
		for _, ask := range [...]func(*values.Values, string) any{(*values.Values).Recorded, (*values.Values).Flag, (*values.Values).Attr} {
			if val := ask(v, n.name); val != nil {
				return val
			}
		}
	}
	if s := v.Scalar(n.name); s != nil {
		return s.Last.Value
	}
	return nil
}

func negate(n node, negated bool) node {
	if negated {
		return negation{n}
	}
	return n
}

func (list anyOf) holds(v *values.Values) bool {
	return slices.ContainsFunc(list, func(n node) bool { return n.holds(v) })
}

func (list allOf) holds(v *values.Values) bool {
	return !slices.ContainsFunc(list, func(n node) bool { return !n.holds(v) })
}

func (n negation) holds(v *values.Values) bool { return !n.node.holds(v) }

func (c constant) holds(*values.Values) bool { return bool(c) }

func (c comparison) holds(v *values.Values) bool {
	have := c.name.of(v)
	if m, ok := have.(values.Moment); ok && c.moment != nil {
		return compareMoment(time.Time(m), c.op, *c.moment)
	}
	switch c.op {
	case "=":
		return c.name.is(v, have, c.want)
	case "!=", "<>":
		return !c.name.is(v, have, c.want)
	}
	order, ok := compare(have, c.want)
	return ok && holdsOrder(c.op, order)
}

func holdsOrder(op tokenKind, order int) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// compareMoment compares a time with a whole span: later than a day means after the end of that day.
func compareMoment(t time.Time, op tokenKind, span timerange.Range) bool {
	before := !span.Start.IsZero() && t.Before(span.Start)
	after := !span.Contains(t) && !before
	switch op {
	case "=":
		return !before && !after
	case "!=", "<>":
		return before || after
	case "<":
		return before
	case "<=":
		return !after
	case ">":
		return after
	}
	return !before
}

func (m membership) holds(v *values.Values) bool {
	have := m.name.of(v)
	return slices.ContainsFunc(m.list, func(t term) bool { return m.name.is(v, have, t) })
}

func (w within) holds(v *values.Values) bool {
	m, ok := w.name.of(v).(values.Moment)
	return ok && w.span.Contains(time.Time(m))
}

func (c contains) holds(v *values.Values) bool {
	have := c.name.of(v)
	if list, ok := have.([]any); ok {
		has := func(t term) bool {
			return slices.ContainsFunc(list, func(item any) bool { return equal(item, t) })
		}
		if c.want.list != nil {
			return !slices.ContainsFunc(c.want.list, func(t term) bool { return !has(t) })
		}
		return has(c.want)
	}
	if !truth(have) || c.want.list != nil {
		return false
	}
	return strings.Contains(strings.ToLower(text(have)), strings.ToLower(c.want.text))
}

// truth converts a value to true or false: nil, zero and empty values are false.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	f, ok := number(v)
	return !ok || f != 0
}

// equal reports whether a run's value equals a term. A text equals a number that is written the same way, because ids and labels
// can look like numbers. A truth value equals the words for it, because listings print yes and no.
func equal(have any, want term) bool {
	if s, ok := have.(string); ok {
		_, isNumber := want.val.(float64)
		return s == want.val || isNumber && s == want.text
	}
	if b, ok := have.(bool); ok {
		if word, ok := want.val.(string); ok {
			return pyyaml.DecodeScalar(word) == any(b)
		}
	}
	if list, ok := have.([]any); ok {
		return want.list != nil && slices.EqualFunc(list, want.list, equal)
	}
	if have == nil || want.val == nil {
		return have == nil && want.val == nil && want.list == nil
	}
	order, ok := compare(have, want)
	return ok && order == 0
}

// compare orders a run's value and a term; ok is false if their types cannot be ordered.
func compare(have any, want term) (order int, ok bool) {
	if s, isText := have.(string); isText {
		w, ok := want.val.(string)
		return cmp.Compare(s, w), ok
	}
	a, ok := number(have)
	if !ok {
		return 0, false
	}
	b, ok := number(want.val)
	if a != a || b != b { // NaN has no order
		return 0, false
	}
	return cmp.Compare(a, b), ok
}

// number converts a value to a float: true and false are 1 and 0, a duration is its seconds.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case values.Duration:
		return time.Duration(v).Seconds(), true
	}
	return pyyaml.Number(v)
}

// text formats a value for display.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return pyyaml.FormatFloat(v)
	case int:
		return strconv.Itoa(v)
	case interface{ String() string }:
		return v.String()
	}
	data, err := pyyaml.Encode(v)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
