package pyyaml

import "testing"

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{nil, nil, true},
		{[]string{"a"}, []any{"a"}, true},
		{map[string]any{"x": 1, "y": 2}, map[string]int{"y": 2, "x": 1}, true},
		{1, 1.0, false},
		{1, "1", false},
		{func() {}, func() {}, false},
	} {
		if got := Equal(tt.a, tt.b); got != tt.want {
			t.Errorf("%v and %v: %v", tt.a, tt.b, got)
		}
	}
}
