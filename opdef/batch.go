package opdef

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/search"
)

// MaxTrials is the largest number of trials of one batch. It keeps a typing mistake from filling the disk.
const MaxTrials = 100_000

// DefaultMaxTrials is the number of trials of an optimizer that would otherwise never stop.
const DefaultMaxTrials = 20

// Batch describes the trials of a batch.
type Batch struct {
	Values Values   // of all flags; trials take the elements of a list, and values from a SearchSpace
	User   Values   // those of them that the user set; they override the values of rows
	Rows   []Values // of batch files; no rows mean one row without values
}

// Is reports whether there can be several trials: a value is a list or a search space, or there are rows.
func (b *Batch) Is() bool {
	for _, v := range b.Values {
		switch v.(type) {
		case []any, flagvalue.SearchSpace:
			return true
		}
	}
	return len(b.Rows) > 0
}

// Searches reports whether any value is a search space.
func (b *Batch) Searches() bool {
	for _, v := range b.Values {
		if _, ok := v.(flagvalue.SearchSpace); ok {
			return true
		}
	}
	return false
}

// ErrTooManyTrials is the error of a batch with more than MaxTrials trials.
var ErrTooManyTrials = errors.New("a batch of this size is refused")

// grid is all combinations of the elements of the lists in one row of values.
type grid struct {
	vals  Values
	lists []string // names, sorted
	size  int
}

func newGrid(vals Values) (grid, error) {
	g := grid{vals: vals, size: 1}
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		list, ok := vals[name].([]any)
		if !ok {
			continue
		}
		g.lists = append(g.lists, name)
		if g.size *= len(list); g.size > 1<<40 {
			return g, fmt.Errorf("%w: it has more combinations of values than can be counted", ErrTooManyTrials)
		}
	}
	return g, nil
}

// at returns combination i, which is below size. The last name changes fastest; the elements of a list keep their order.
func (g grid) at(i int) Values {
	trial := maps.Clone(g.vals)
	for _, name := range slices.Backward(g.lists) {
		list := g.vals[name].([]any)
		trial[name] = list[i%len(list)]
		i /= len(list)
	}
	return trial
}

// grids returns the grid of each row and the number of their combinations.
func (b *Batch) grids() (grids []grid, total int, err error) {
	rows := b.Rows
	if len(rows) == 0 {
		rows = []Values{nil}
	}
	for _, row := range rows {
		vals := Values{} // a damaged batch may have none
		maps.Copy(vals, b.Values)
		maps.Copy(vals, row)
		maps.Copy(vals, b.User)
		g, err := newGrid(vals)
		if err != nil {
			return nil, 0, err
		}
		grids = append(grids, g)
		total += g.size
	}
	return grids, total, nil
}

// Count returns the number of trials that Grid returns. most limits it; 0 means no limit.
func (b *Batch) Count(most int) (int, error) {
	_, total, err := b.grids()
	if most > 0 {
		total = min(total, most)
	}
	if err == nil && total > MaxTrials {
		err = fmt.Errorf("%w: more than %d trials; --max-trials takes some of them at random", ErrTooManyTrials, MaxTrials)
	}
	return total, err
}

// Grid returns the values of each trial: for each row, every combination of the elements of the lists. A search space is replaced by a
// random value; the first trial has its initial value. An element that is listed twice gives two trials. If there are more than most
// trials, most of them are chosen at random; 0 means no limit.
func (b *Batch) Grid(most int, seed int64) ([]Values, error) {
	count, err := b.Count(most)
	if err != nil {
		return nil, err
	}
	grids, total, err := b.grids()
	if err != nil {
		return nil, err
	}
	rng := search.Rand(seed, 0)
	trials := make([]Values, 0, count)
	before := 0 // combinations of earlier rows
	for _, i := range chosen(rng, total, count) {
		for i-before >= grids[0].size {
			before += grids[0].size
			grids = grids[1:]
		}
		trials = append(trials, grids[0].at(i-before))
	}
	return trials, drawSpaces(trials, rng)
}

// chosen returns count different random numbers from 0 to total-1, in ascending order.
func chosen(rng *rand.Rand, total, count int) []int {
	picked := make([]int, 0, count)
	if count == total {
		for i := range total {
			picked = append(picked, i)
		}
		return picked
	}
	seen := make(map[int]bool, count)
	for i := total - count; i < total; i++ { // Floyd's algorithm
		n := rng.IntN(i + 1)
		if seen[n] {
			n = i
		}
		seen[n] = true
		picked = append(picked, n)
	}
	slices.Sort(picked)
	return picked
}

// drawSpaces replaces the search spaces in trials by random values.
func drawSpaces(trials []Values, rng *rand.Rand) error {
	initial := map[string]bool{} // flags whose initial value is used by a trial
	for _, vals := range trials {
		for _, name := range slices.Sorted(maps.Keys(vals)) {
			s, ok := vals[name].(flagvalue.SearchSpace)
			if !ok {
				continue
			}
			d, err := s.Dim(name)
			if err != nil {
				return err
			}
			vals[name] = d.Sample(rng)
			if d.Initial != nil && !initial[name] {
				vals[name], initial[name] = d.Initial, true
			}
		}
	}
	return nil
}

// NoDimsError is the error of a search whose flags have neither a list nor a search space.
type NoDimsError struct{ Values Values }

func (e *NoDimsError) Error() string {
	return fmt.Sprintf("flags for batch (%s) do not contain any search dimensions", strings.Join(flagvalue.FormatAssignments(e.Values, false), ", "))
}

// Dims returns what an optimizer searches: the search spaces, and the lists as choices, in the order of the names of their flags. The
// error is a *NoDimsError if there are none.
func (b *Batch) Dims() ([]search.Dim, error) {
	var dims []search.Dim
	for _, name := range slices.Sorted(maps.Keys(b.Values)) {
		switch v := b.Values[name].(type) {
		case []any:
			if len(v) > 0 {
				dims = append(dims, search.Dim{Flag: name, Choices: v})
			}
		case flagvalue.SearchSpace:
			d, err := v.Dim(name)
			if err != nil {
				return nil, err
			}
			dims = append(dims, d)
		}
	}
	if len(dims) == 0 {
		return nil, &NoDimsError{b.Values}
	}
	return dims, nil
}

// Random returns the values of n trials, drawn at random from Dims. The first trial has the initial values.
func (b *Batch) Random(n int, seed int64) ([]Values, error) {
	dims, err := b.Dims()
	if err != nil {
		return nil, err
	}
	if n > MaxTrials {
		return nil, fmt.Errorf("%w: more than %d trials", ErrTooManyTrials, MaxTrials)
	}
	rng := search.Rand(seed, 0)
	trials := make([]Values, n)
	for i := range trials {
		trials[i] = maps.Clone(b.Values)
		for _, d := range dims {
			trials[i][d.Flag] = d.Sample(rng)
			if i == 0 && d.Initial != nil {
				trials[i][d.Flag] = d.Initial
			}
		}
	}
	return trials, nil
}
