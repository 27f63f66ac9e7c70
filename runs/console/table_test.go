package console

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	rows := [][]string{{"1", "train.py", "completed", "lr=0.1 data=a-file-with-a-name-that-is-far-longer-than-the-terminal-is-wide.csv"},
		{"2", "模型", "error (lost)", "lr=1"}, {"10"}}
	look := Look{Flexible: []int{1, 3}, Color: func(column int, word string) Color {
		if column == 2 && word == "error" {
			return Red
		}
		return NoColor
	}}
	for _, tt := range []struct {
		name string
		look Look
		con  *Console
		want string
	}{
		{"no look", Look{}, &Console{Terminal: true, Color: true}, `1   train.py  completed     lr=0.1 data=a-file-with-a-name-that-is-far-longer-than-the-terminal-is-wide.csv
2   模型      error (lost)  lr=1
10
`},
		{"no terminal", look, &Console{}, `1   train.py  completed     lr=0.1 data=a-file-with-a-name-that-is-far-longer-than-the-terminal-is-wide.csv
2   模型      error (lost)  lr=1
10
`},
		{"terminal without colours", look, &Console{Terminal: true}, `1   train.py  completed     lr=0.1 data=a-file-with-a-…-the-terminal-is-wide.csv
2   模型      error (lost)  lr=1
10
`},
		{"terminal", look, &Console{Terminal: true, Color: true},
			"1   train.py  completed     lr=0.1 data=a-file-with-a-…-the-terminal-is-wide.csv\n" +
				"2   模型      \x1b[31merror\x1b[m (lost)  lr=1\n10\n"},
		{"too narrow", Look{Flexible: []int{1}}, &Console{Terminal: true},
			"1   tra…py  completed     lr=0.1 data=a-file-with-a-name-that-is-far-longer-tha…\n2   模型    error (lost)  lr=1\n10\n"},
		{"too narrow, wrapped", Look{Flexible: []int{1}, Wraps: true}, &Console{Terminal: true},
			"1   tra…py  completed     lr=0.1 data=a-file-with-a-name-that-is-far-longer-than-the-terminal-is-wide.csv\n" +
				"2   模型    error (lost)  lr=1\n10\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			tt.con.Out = &out
			tt.con.Listing(rows, tt.look) // a writer without a size is 80 columns wide
			if d := cmp.Diff(tt.want, out.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		widths   []int
		flexible []int
		limit    int
		want     []int
	}{
		{[]int{10, 20, 30}, []int{1, 2}, 64, []int{10, 20, 30}}, // all fit
		{[]int{10, 20, 30}, []int{1, 2}, 60, []int{10, 20, 26}}, // the widest is narrowed
		{[]int{10, 20, 30}, []int{1, 2}, 40, []int{10, 13, 13}}, // both are narrowed
		{[]int{10, 20, 30}, []int{2}, 40, []int{10, 20, 6}},     // down to the least width
	} {
		got := append([]int{}, tt.widths...)
		fit(got, tt.flexible, tt.limit)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%v in %d columns: %s", tt.widths, tt.limit, d)
		}
	}
}

func TestWantsColor(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm"}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
		{nil, false},
	} {
		if got := wantsColor(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: %v", tt.env, got)
		}
	}
}
