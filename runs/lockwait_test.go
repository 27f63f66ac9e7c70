package runs

import (
	"errors"
	"fmt"
	"testing"
)

// TestWhileLookedAt waits for processes that only look at the run, and for no others.
func TestWhileLookedAt(t *testing.T) {
	other := errors.New("other")
	busy := fmt.Errorf("lock: %w", ErrBusy)
	for _, tt := range []struct {
		answers []error // the last one is repeated
		want    error
		calls   int
	}{
		{[]error{nil}, nil, 1},
		{[]error{busy, busy, nil}, nil, 3},
		{[]error{busy, other}, other, 2},
		{[]error{other}, other, 1},
		{[]error{busy}, busy, lookTries + 1},
	} {
		calls := 0
		err := whileLookedAt(func() error {
			calls++
			return tt.answers[min(calls, len(tt.answers))-1]
		})
		if !errors.Is(err, tt.want) || calls != tt.calls {
			t.Errorf("%v: %v after %d calls, want %v after %d", tt.answers, err, calls, tt.want, tt.calls)
		}
	}
}
