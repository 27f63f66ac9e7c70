package view

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/console/screen"
)

// table returns n runs with ids a, b, ..., a falling loss, and a label.
func table(n int) *compare.Table {
	t := &compare.Table{Header: []string{"run", "loss", "label"}}
	for i := range n {
		id := string(rune('a' + i))
		t.Runs = append(t.Runs, &runs.View{ID: id})
		t.Rows = append(t.Rows, []any{id, float64(n - i), fmt.Sprintf("number\t%d", i)})
	}
	return t
}

func newView(n int) *View {
	v := &View{Live: true, Detail: func(r *runs.Run) string { return "id: " + r.ID + "\nmore\n" }}
	v.SetTable(table(n))
	return v
}

func press(v *View, keys string) Action {
	var last Action
	for key := range strings.FieldsSeq(keys) {
		last = v.Press(key)
	}
	return last
}

// screenOf returns the screen without styles and trailing blanks; the line under the cursor begins with >.
func screenOf(v *View, width, height int) string {
	var b strings.Builder
	lines := strings.Split(v.Screen(width, height), "\n")
	for i, line := range lines {
		text := strings.TrimRight(ansi.Strip(line), " ")
		if i < len(lines)-1 && line == screen.Reverse.Render(ansi.Strip(line)) {
			text = ">" + text
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		keys, want string
	}{
		{"", "run    loss    label\n>a      3.0     number 0\nb      2.0     number 1\nc      1.0     number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"j j j k", "run    loss    label\na      3.0     number 0\n>b      2.0     number 1\nc      1.0     number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"l 1", "run    loss ↑  label\n>c      1.0     number 2\nb      2.0     number 1\na      3.0     number 0\n\n3 of 3 runs   by loss ↑   ? keys  q quit\n"},
		{"l 1 end 2", "run    loss ↓  label\na      3.0     number 0\nb      2.0     number 1\n>c      1.0     number 2\n\n3 of 3 runs   by loss ↓   ? keys  q quit\n"},
		{"l 1 0 u", "run    loss    label\n>a      3.0     number 0\nb      2.0     number 1\nc      1.0     number 2\n\n3 of 3 runs   not updated   ? keys  q qu\n"},
		{"/ R space 2", "run    loss    label\n>c      1.0     number 2\n\n\n\n/R 2\n"},
		{"/ 2 enter", "run    loss    label\n>b      2.0     number 1\nc      1.0     number 2\n\n\n2 of 3 runs   with 2   ? keys  q quit\n"},
		{"/ 2 esc", "run    loss    label\n>a      3.0     number 0\nb      2.0     number 1\nc      1.0     number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"/ z enter enter x", "run    loss    label\n\n\n\n\n0 of 3 runs   with z   ? keys  q quit\n"},
		{"l x", "run    label\n>a      number 0\nb      number 1\nc      number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"l x X x", "run    label\n>a      number 0\nb      number 1\nc      number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"c space down", "Columns: space shows or hides one, a sho\n[ ] loss\n>[x] label\n\n\n3 of 3 runs   ? keys  q quit\n"},
		{"c space down space enter", "run\n>a\nb\nc\n\n3 of 3 runs   ? keys  q quit\n"},
		{"j enter", "id: b\nmore\n\n\n\nline 1 of 2   q back\n"},
		{"j enter q", "run    loss    label\na      3.0     number 0\n>b      2.0     number 1\nc      1.0     number 2\n\n3 of 3 runs   ? keys  q quit\n"},
		{"f l r", "run    loss    label\n>a      3.0     number 0\nb      2.0     number 1\nc      1.0     number 2\n\nfilter: lr\n"},
	} {
		v := newView(3)
		if action := press(v, tt.keys); action != None {
			t.Errorf("%s: action %d", tt.keys, action)
		}
		if d := cmp.Diff(tt.want, screenOf(v, 40, 6)); d != "" {
			t.Errorf("%s: %s", tt.keys, d)
		}
	}
}

func TestActions(t *testing.T) {
	for keys, want := range map[string]Action{"q": Quit, "ctrl+c": Quit, "? q": None, "enter ctrl+c": Quit, "/ q": None, "r": Reload, "f a enter": Reload, "f a esc": None} {
		v := newView(3)
		if got := press(v, keys); got != want {
			t.Errorf("%s: action %d, want %d", keys, got, want)
		}
		if want := map[bool]string{true: "a"}[keys == "f a enter"]; v.Expr != want {
			t.Errorf("%s: expression %q", keys, v.Expr)
		}
	}
}

// TestPages: more runs and columns than fit.
func TestPages(t *testing.T) {
	v := newView(10)
	want := "run    label\nf      number 5\ng      number 6\n>h      number 7\n10 of 10 runs   ?\n"
	_ = v.Screen(17, 5)
	press(v, "pgdown pgdown l l j")
	if d := cmp.Diff(want, screenOf(v, 17, 5)); d != "" {
		t.Error(d)
	}
	press(v, "home h")
	want = "run    loss\n>a      10.0\nb      9.0\nc      8.0\n10 of 10 runs   ?\n"
	if d := cmp.Diff(want, screenOf(v, 17, 5)); d != "" {
		t.Error(d)
	}
	press(v, "end / number space 2 enter") // fewer runs: the first run is in the first line again
	if got := screenOf(v, 17, 5); !strings.HasPrefix(got, "run    loss\n>c") {
		t.Errorf("%s", got)
	}
	press(v, "? end")
	if got := screenOf(v, 80, 5); !strings.Contains(got, "leave what is in front") {
		t.Errorf("the end of the help does not show:\n%s", got)
	}
	_ = v.Screen(1, 1)
}

// TestGoTo: the cursor on a column makes it visible, however narrow the screen is.
func TestGoTo(t *testing.T) {
	v := newView(1)
	if got := screenOf(v, 14, 3); strings.Contains(got, "label") {
		t.Fatalf("the screen has room for everything:\n%s", got)
	}
	v.GoTo("none")
	v.GoTo("label")
	if got := screenOf(v, 14, 3); !strings.HasPrefix(got, "run    label\n") {
		t.Errorf("the column is not on the screen:\n%s", got)
	}
}

// TestSetTable: the cursor stays in place when runs come and go.
func TestSetTable(t *testing.T) {
	v := newView(3)
	press(v, "l l j")
	next := table(4)
	next.Header = []string{"run", "new", "label"}
	next.Rows, next.Runs = next.Rows[1:], next.Runs[1:]
	v.SetTable(next)
	if got := v.current(); got.ID != "b" || v.heading() != "label" {
		t.Errorf("cursor on %v, %s", got, v.heading())
	}
	v.Fail(errors.New("no\n  way"))
	if got := screenOf(v, 40, 3); !strings.HasSuffix(got, "\nno way\n") {
		t.Errorf("%q", got)
	}
	v.SetTable(&compare.Table{Header: []string{}})
	if got := press(v, "j l 1 x c space enter enter"); got != None || v.current() != nil {
		t.Errorf("%d, %v", got, v.current())
	}
	_ = v.Screen(40, 5)
}
