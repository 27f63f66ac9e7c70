package compare

import (
	"fmt"
	"testing"
	"time"

	"guild/runs/values"
)

func TestRoundedText(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{0.123456, "0.123456"}, {0.1234567, "0.123457"}, {-0.1234567, "-0.123457"}, {1.5, "1.5"}, {100.0, "100.0"}, {1.23456789e-7, "1.23457e-07"},
		{1.2e30, "1.2e+30"}, {12345.678912345, "12345.678912"}, {false, "no"}, {"0.12345678", "0.12345678"}, {"", ""},
	} {
		if got := Text(tt.v); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.v, got, tt.want)
		}
	}
}

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

// TestQualifiers: each qualifier of a scalar, with and without its step.
func TestQualifiers(t *testing.T) {
	b := world(t)[1] // loss: 3 at step 1, 1 at step 4
	for _, tt := range []struct {
		column string
		want   any
	}{
		{"loss", 1.0}, {"last loss", 1.0}, {"first loss", 3.0}, {"min loss", 1.0}, {"max loss", 3.0}, {"avg loss", 2.0}, {"total loss", 4.0},
		{"count loss", 2}, {"loss step", 4}, {"first loss step", 1}, {"min loss step", 4}, {"max loss step", 1},
		{"min", nil}, {"nothing step", nil}, {"=loss", nil}, {".loss", nil}, {"scalar:loss", 1.0}, {"flag:x10", 1}, {"attr:label", "run b"},
	} {
		if got := columns(t, tt.column)[0].Of(values.Of(b)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.column, got, tt.want)
		}
	}
}
