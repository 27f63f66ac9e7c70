package opdef

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// MaxTrials bounds the number of trials of one batch, so that a slip of the pen does not fill the disk.
const MaxTrials = 100_000

// IsBatch tells whether the values stand for several runs: any of them is a list.
func IsBatch(vals Values) bool {
	for _, v := range vals {
		if _, ok := v.([]any); ok {
			return true
		}
	}
	return false
}

// ErrTooManyTrials is the error of a batch beyond MaxTrials.
var ErrTooManyTrials = errors.New("a batch of this size is refused")

// Trials returns the values of each run of a batch: every combination of the elements of the lists. Names count in
// ascending order, the last one fastest, and each list keeps its order; an element that is listed twice runs twice.
func Trials(vals Values) ([]Values, error) {
	names := slices.Sorted(maps.Keys(vals))
	total := 1
	var lists []string
	for _, name := range names {
		if list, ok := vals[name].([]any); ok {
			lists = append(lists, name)
			if total *= len(list); total > MaxTrials {
				return nil, fmt.Errorf("%w: more than %d trials", ErrTooManyTrials, MaxTrials)
			}
		}
	}
	trials := make([]Values, total)
	for i := range trials {
		trial, rest := maps.Clone(vals), i
		for _, name := range slices.Backward(lists) {
			list := vals[name].([]any)
			trial[name] = list[rest%len(list)]
			rest /= len(list)
		}
		trials[i] = trial
	}
	return trials, nil
}
