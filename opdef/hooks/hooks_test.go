package hooks

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	tests := []struct {
		settings map[string]any
		want     Hooks
		err      string // part of it
	}{
		{map[string]any{"python": map[string]any{}}, Hooks{}, ""},
		{map[string]any{"on-end": "a", "on-fail": []any{"b", "c"}, "hook-time-limit": 5}, Hooks{End: []string{"a"}, Fail: []string{"b", "c"}, TimeLimit: 5}, ""},
		{map[string]any{"on-start": 3}, Hooks{}, "on-start: 3 is not a shell command"},
		{map[string]any{"on-start": []any{true}}, Hooks{}, "on-start: true is not a shell command"},
		{map[string]any{"hook-time-limit": 0}, Hooks{}, "from 1 to"},
		{map[string]any{"hook-time-limit": "1m"}, Hooks{}, "1m is no number of whole seconds"},
	}
	for _, tt := range tests {
		got, err := Read(tt.settings)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v: %s", tt.settings, diff)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%v: error %v, want %q", tt.settings, err, tt.err)
		}
	}
}

func TestLimit(t *testing.T) {
	if got := Limit(Hooks{}, Hooks{}); got != DefaultTimeLimit {
		t.Errorf("nobody says it: %v", got)
	}
	if got := Limit(Hooks{TimeLimit: 3}, Hooks{TimeLimit: 7}, Hooks{}); got != 7*time.Second {
		t.Errorf("the last that says it: %v", got)
	}
}

func TestWith(t *testing.T) {
	was := Hooks{Start: []string{"a"}, End: []string{"b"}, Fail: []string{"c"}, TimeLimit: 4}
	got := was.With(Hooks{End: []string{""}, Fail: []string{"d", "e"}})
	if diff := cmp.Diff(Hooks{Start: []string{"a"}, Fail: []string{"d", "e"}, TimeLimit: 4}, got); diff != "" {
		t.Error(diff)
	}
}
