package view

import (
	"strings"
	"testing"
)

// TestEdges: the cursor stays on the table at each edge.
func TestEdges(t *testing.T) {
	for _, tt := range []struct{ keys, run, heading string }{
		{"k k", "a", "run"}, {"end j j", "c", "run"}, {"h h", "a", "run"}, {"l l l l", "a", "label"}, {"end home", "a", "run"}, {"pgdown", "c", "run"},
		{"end pgup", "a", "run"}, {"l right left", "a", "loss"}, {"down up", "a", "run"},
	} {
		v := newView(3)
		_ = v.Screen(40, 8)
		press(v, tt.keys)
		if got := v.current(); got.ID != tt.run || v.heading() != tt.heading {
			t.Errorf("%s: on %s, %s; want %s, %s", tt.keys, got.ID, v.heading(), tt.run, tt.heading)
		}
	}
}

// TestHiddenColumns: the column of ids cannot be hidden, and the choice of columns stays within its list.
func TestHiddenColumns(t *testing.T) {
	v := newView(2)
	press(v, "x")
	if got := screenOf(v, 40, 4); !strings.HasPrefix(got, "run    loss    label\n") {
		t.Errorf("the ids can be hidden:\n%s", got)
	}
	press(v, "c k k space a end j x")
	_ = v.Screen(40, 6)
	press(v, "q")
	if got := screenOf(v, 40, 4); !strings.HasPrefix(got, "run    loss\n") {
		t.Errorf("the last column is not the one that is hidden:\n%s", got)
	}
	press(v, "l l l x X")
	if got := screenOf(v, 40, 4); !strings.HasPrefix(got, "run    loss    label\n") {
		t.Errorf("not all columns show again:\n%s", got)
	}
}
