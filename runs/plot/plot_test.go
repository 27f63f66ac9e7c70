package plot

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func lineOf(name string, n int, y func(x float64) float64) Line {
	l := Line{Name: name}
	for i := range n {
		l.X, l.Y = append(l.X, float64(i)), append(l.Y, y(float64(i)))
	}
	return l
}

// TestPicture compares a plot with one that was checked by eye.
func TestPicture(t *testing.T) {
	got := strings.Join(Draw([]Line{
		lineOf("falling", 11, func(x float64) float64 { return 10 - x }),
		lineOf("constant", 11, func(float64) float64 { return 2 }),
	}, Options{Width: 40, Height: 8, Title: "loss"}), "\n")
	lines := strings.Split(got, "\n")
	if lines[0] != "loss" || !strings.HasPrefix(lines[1], "10┤⠉") || !strings.HasSuffix(lines[6], "a") || !strings.HasSuffix(lines[5], "b") {
		t.Errorf("the plot is\n%s", got)
	}
	if lines[7] != "  └"+strings.Repeat("─", 37) || strings.Join(strings.Fields(lines[8]), " ") != "0 5 10" {
		t.Errorf("the axis is\n%s\n%s", lines[7], lines[8])
	}
	if lines[9] != "  a  falling" || lines[10] != "  b  constant" {
		t.Errorf("the legend is\n%s\n%s", lines[9], lines[10])
	}
}

// TestValues: values that have no place on an axis, and values at the limits of numbers.
func TestValues(t *testing.T) {
	tests := []struct {
		name  string
		line  Line
		o     Options
		title string
		y     []string // labels from top to bottom
	}{
		{"nothing", Line{}, Options{}, "t", nil},
		{"NaN only", lineOf("", 2, func(float64) float64 { return math.NaN() }), Options{}, "t (2 value(s) without a place left out)", nil},
		{"one value", lineOf("", 1, func(float64) float64 { return 5 }), Options{}, "t", []string{"5.5", "4.5"}},
		{"zeros", lineOf("", 3, func(float64) float64 { return 0 }), Options{}, "t", []string{"1", "-1"}},
		{"a gap", Line{X: []float64{0, 1, 2}, Y: []float64{1, math.Inf(1), 3}}, Options{}, "t (1 value(s) without a place left out)", []string{"3", "1"}},
		{"powers of ten", lineOf("", 5, func(x float64) float64 { return math.Pow(10, x) }), Options{LogY: true}, "t", []string{"1e+04", "1"}},
		{"a logarithm of zero", lineOf("", 3, func(x float64) float64 { return x }), Options{LogY: true}, "t (1 value(s) without a place left out)", []string{"2", "1"}},
		{"steps from 0 on a logarithmic axis", lineOf("", 3, func(x float64) float64 { return x }), Options{LogX: true}, "t (1 value(s) without a place left out)", []string{"2", "1"}},
		{"smoothed", Line{X: []float64{0, 1}, Y: []float64{0, 3}}, Options{Smooth: 0.5}, "t (smoothed 0.5)", []string{"2", "0"}},
		{"the largest numbers", Line{X: []float64{0, 1}, Y: []float64{-math.MaxFloat64, math.MaxFloat64}}, Options{}, "t", []string{"1.798e+308", "-1.798e+308"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Title = "t"
			lines := Draw([]Line{tt.line}, tt.o)
			if lines[0] != tt.title {
				t.Errorf("title %q, want %q", lines[0], tt.title)
			}
			var labels []string
			for _, l := range lines[1:] {
				if text, _, ok := strings.Cut(l, "┤"); ok {
					labels = append(labels, strings.TrimSpace(text))
				}
			}
			if strings.Join(labels, " ") != strings.Join(tt.y, " ") {
				t.Errorf("labels %q, want %q, of\n%s", labels, tt.y, strings.Join(lines, "\n"))
			}
		})
	}
}

// TestColor: each line has its own colour, and no line is wider than the plot.
func TestColor(t *testing.T) {
	up, down := lineOf("up", 50, func(x float64) float64 { return x }), lineOf("down", 50, func(x float64) float64 { return -x })
	text := strings.Join(Draw([]Line{up, down}, Options{Width: 50, Height: 12, Color: true}), "\n")
	for _, want := range []string{"\x1b[36m", "\x1b[33m", "\x1b[36m──\x1b[0m up", "\x1b[33m──\x1b[0m down"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, line := range Draw([]Line{up, down}, Options{Width: 50, Height: 12}) {
		if n := utf8.RuneCountInString(line); n > 50 {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}
