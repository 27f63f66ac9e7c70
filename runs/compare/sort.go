package compare

import (
	"cmp"
	"math"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/values"
)

// sort sorts the rows as the options say.
func (t *Table) sort(read []*values.Values, o Options) error {
	by := cmp.Or(o.Min, o.Max)
	if by == "" {
		return nil
	}
	keys := make([]any, len(t.Rows))
	if i := slices.Index(t.Header, by); i >= 0 {
		for row := range keys {
			keys[row] = t.Rows[row][i]
		}
	} else {
		columns, err := Parse(by)
		if err != nil {
			return err
		}
		for row := range keys {
			keys[row] = columns[0].Of(read[row])
		}
	}
	order := Order(keys, o.Min == "")
	rows, list := make([][]any, len(order)), make([]*runs.View, len(order))
	for to, from := range order {
		rows[to], list[to] = t.Rows[from], t.Runs[from]
	}
	t.Rows, t.Runs = rows, list
	return nil
}

// Sort returns the runs sorted by a column, the lowest or the highest value first. Runs without a value come last.
func Sort[R runs.Viewer](list []R, by Column, highest bool) []R {
	keys := make([]any, len(list))
	runs.Each(len(list), func(i int) { keys[i] = by.Of(values.Of(list[i])) })
	sorted := make([]R, len(list))
	for to, from := range Order(keys, highest) {
		sorted[to] = list[from]
	}
	return sorted
}

// Order returns the indexes of keys, sorted by value. The sort is stable; nil and NaN come last in both directions.
func Order(keys []any, highest bool) []int {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		ka, kb := keyOf(keys[a]), keyOf(keys[b])
		if ka.none() || kb.none() {
			return cmp.Compare(ka.kind, kb.kind)
		}
		if highest {
			ka, kb = kb, ka
		}
		return cmp.Or(cmp.Compare(ka.kind, kb.kind), cmp.Compare(ka.number, kb.number), cmp.Compare(ka.text, kb.text))
	})
	return order
}

// sortKey defines an order on values of all types: the empty text, then numbers, times and durations, then other texts.
type sortKey struct {
	kind   int
	number float64
	text   string
}

const noKey = 9

func (k sortKey) none() bool { return k.kind == noKey }

func keyOf(v any) sortKey {
	number := func(f float64) sortKey { return sortKey{kind: 1, number: f} }
	switch v := v.(type) {
	case nil:
		return sortKey{kind: noKey}
	case bool:
		if v {
			return number(1)
		}
		return number(0)
	case int:
		return number(float64(v))
	case float64:
		if math.IsNaN(v) {
			return sortKey{kind: noKey}
		}
		return number(v)
	case values.Duration:
		return number(time.Duration(v).Seconds())
	case values.Moment:
		return number(float64(time.Time(v).UnixMicro()))
	case string:
		if v == "" {
			return sortKey{}
		}
		return sortKey{kind: 2, text: v}
	}
	return sortKey{kind: 3, text: Text(v)}
}
