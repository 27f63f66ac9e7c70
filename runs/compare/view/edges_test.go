package view

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"guild/runs/compare"
	"guild/runs/console/screen"
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

// TestWidths: a screen shows as many columns as fit, cuts only the first one after the ids, and never has a line that is too long.
func TestWidths(t *testing.T) {
	for width, want := range map[int]string{23: "run    loss    label\n", 20: "run    loss\n", 13: "run    loss\n", 9: "run    lo\n", 2: "ru\n"} {
		v := newView(1)
		if got := screenOf(v, width, 3); !strings.HasPrefix(got, want) {
			t.Errorf("width %d:\n%s", width, got)
		}
		for i, line := range strings.Split(v.Screen(width, 3), "\n") {
			if w := ansi.StringWidth(line); w > width {
				t.Errorf("width %d: line %d has %d", width, i, w)
			}
		}
	}
}

// TestHeading: the heading of the column under the cursor stands out.
func TestHeading(t *testing.T) {
	for keys, want := range map[string]string{"": "run", "l": "loss", "l l": "label"} {
		v := newView(1)
		press(v, keys)
		head, _, _ := strings.Cut(v.Screen(40, 4), "\n")
		for i, h := range v.table.Header {
			if got := strings.Contains(head, screen.Reverse.Render(screen.Fit(h, v.widths[i]))); got != (h == want) {
				t.Errorf("%q: %s is under the cursor: %t", keys, h, got)
			}
		}
	}
}

// TestManyColumns: the list of columns scrolls with its cursor.
func TestManyColumns(t *testing.T) {
	v := newView(0)
	v.SetTable(&compare.Table{Header: []string{"run", "a", "b", "c", "d", "e"}})
	_ = v.Screen(20, 5)
	press(v, "c j j j")
	if got := screenOf(v, 20, 5); !strings.HasSuffix(got, "\n[x] b\n[x] c\n>[x] d\n0 of 0 runs   ? keys\n") {
		t.Errorf("%s", got)
	}
	press(v, "j j j j space k")
	if got := screenOf(v, 20, 5); !strings.HasSuffix(got, "\n[x] b\n[x] c\n>[x] d\n0 of 0 runs   ? keys\n") {
		t.Errorf("%s", got)
	}
}

// TestSortByRun: the ids are a column like others.
func TestSortByRun(t *testing.T) {
	v := newView(3)
	press(v, "2")
	if got := screenOf(v, 40, 5); !strings.HasPrefix(got, "run ↓  loss    label\n>c      1.0     number 2\nb ") {
		t.Errorf("%s", got)
	}
}

// TestCursorOnHiddenColumn: a column can go while the cursor is on it, and the table can change before the list of columns is left.
func TestCursorOnHiddenColumn(t *testing.T) {
	v := newView(2)
	press(v, "l l c j space")
	v.SetTable(table(2))
	press(v, "q")
	if v.heading() != "loss" {
		t.Errorf("the cursor is on %q", v.heading())
	}
	press(v, "h")
	if v.heading() != "run" {
		t.Errorf("one column to the left is %q", v.heading())
	}
}

// TestFewerRuns: what the screen shows stays within the runs that are left, and the last screen is full.
func TestFewerRuns(t *testing.T) {
	v := newView(9)
	_ = v.Screen(40, 5)
	press(v, "end")
	if got := screenOf(v, 10, 5); !strings.HasPrefix(got, "run    los\ng      3.0\nh      2.0\n>i") {
		t.Errorf("%s", got)
	}
	v.SetTable(table(4))
	if got := screenOf(v, 10, 5); !strings.HasPrefix(got, "run    los\nb      3.0\nc      2.0\n>d") {
		t.Errorf("%s", got)
	}
	v.SetTable(table(0))
	if got := screenOf(v, 10, 3); got != "run    los\n\n0 of 0 run\n" || v.current() != nil {
		t.Errorf("%q", got)
	}
}
