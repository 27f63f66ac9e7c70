package compare

import (
	"fmt"
	"testing"
	"time"

	"guild/runs/values"
)

// TestOrderOfTimes sorts durations and moments as numbers, with numbers, and keeps equal ones in their order.
func TestOrderOfTimes(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, tt := range []struct {
		name    string
		keys    []any
		highest bool
		want    string
	}{
		{"durations", []any{values.Duration(10 * time.Second), values.Duration(9 * time.Second), 9.5}, false, "[1 2 0]"},
		{"moments", []any{values.Moment(now.Add(time.Microsecond)), values.Moment(now), nil}, false, "[1 0 2]"},
		{"moments, latest first", []any{nil, values.Moment(now), values.Moment(now.Add(time.Second))}, true, "[2 1 0]"},
		{"equal", []any{1, 1.0, true, 0}, false, "[3 0 1 2]"},
		{"equal, highest first", []any{1, 1.0, true, 0}, true, "[0 1 2 3]"},
		{"none", nil, false, "[]"},
	} {
		if got := Order(tt.keys, tt.highest); fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}
