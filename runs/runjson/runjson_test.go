package runjson

import (
	"encoding/json"
	"math"
	"testing"
)

func TestValue(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{3.0, "3.0"}, {-0.5, "-0.5"}, {1e300, "1.0e+300"}, {1e-7, "1.0e-07"}, {3, "3"}, {"3.0", `"3.0"`}, {nil, "null"}, {math.NaN(), `"NaN"`},
		{[]any{1.0, map[string]any{"x": 2.0}}, `[1.0,{"x":2.0}]`},
	} {
		got, err := json.Marshal(Value(tt.v))
		if err != nil || string(got) != tt.want {
			t.Errorf("%#v: %s, %v; want %s", tt.v, got, err, tt.want)
		}
	}
}
