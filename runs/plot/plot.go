// Package plot draws lines in text, with the dots of braille characters: each character has two by four of them.
//
// The dots come from the package runes of ntcharts. The charts of ntcharts are not used: they bring version 1 of Bubble Tea, which asks
// the terminal for its colours at every start of the program.
package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/NimbleMarkets/ntcharts/canvas/runes"
)

// Line is a line of a plot: its points are in the order in which they are connected.
type Line struct {
	Name string
	X, Y []float64
}

// Options control the layout of a plot.
type Options struct {
	Width, Height int     // in characters, with axes and without title and legend
	LogX, LogY    bool    // logarithmic axes, which leave out values that are not above 0
	Smooth        float64 // weight of earlier values in each value, from 0 to less than 1
	Color         bool    // escape sequences distinguish the lines; otherwise a letter at the end of each line does
	Title         string
}

// Minimum sizes of a plot.
const (
	LeastWidth  = 30
	LeastHeight = 5
)

// colors are escape sequences that are readable on light and dark terminals.
var colors = []string{"36", "33", "35", "32", "34", "31"}

// Draw returns the lines of text of a plot: title, plot, axis and, for several lines, a legend.
func Draw(lines []Line, o Options) []string {
	o.Width, o.Height = max(o.Width, LeastWidth), max(o.Height, LeastHeight)
	shown := make([]Line, len(lines))
	x, y := newRange(), newRange()
	left := 0
	for i, l := range lines {
		shown[i] = l.prepared(o, &left)
		x.add(shown[i].X)
		y.add(shown[i].Y)
	}
	title := o.Title
	if o.Smooth > 0 {
		title += fmt.Sprintf(" (smoothed %g)", o.Smooth)
	}
	if left > 0 {
		title += fmt.Sprintf(" (%d value(s) without a place left out)", left)
	}
	if x.empty() || y.empty() {
		return []string{title, "  no values"}
	}
	x.widen()
	y.widen()
	labels := newLabels(y, o)
	c := newCanvas(o.Width-labels.width-1, o.Height-2)
	for i, l := range shown {
		c.draw(l, x, y, i)
	}
	if !o.Color && len(lines) > 1 {
		for i, l := range shown {
			c.mark(l, x, y, letter(i))
		}
	}
	out := []string{title}
	for row := range c.rows {
		out = append(out, labels.at(row)+c.text(row, o.Color))
	}
	out = append(out, strings.Repeat(" ", labels.width)+"└"+strings.Repeat("─", c.columns))
	out = append(out, strings.Repeat(" ", labels.width+1)+xLabels(x, c.columns, o.LogX))
	if len(lines) > 1 {
		out = append(out, legend(lines, o.Color)...)
	}
	return out
}

// legend returns a line for each line of the plot.
func legend(lines []Line, color bool) []string {
	var out []string
	for i, l := range lines {
		mark := letter(i) + " "
		if color {
			mark = paint("──", i)
		}
		out = append(out, "  "+mark+" "+l.Name)
	}
	return out
}

func letter(i int) string { return string(rune('a' + i%26)) }

func paint(text string, line int) string {
	return "\x1b[" + colors[line%len(colors)] + "m" + text + "\x1b[0m"
}

// prepared returns the line as it is drawn: smoothed, and on the scale of the axes. Values that cannot be drawn become NaN, and left counts
// them.
func (l Line) prepared(o Options, left *int) Line {
	n := min(len(l.X), len(l.Y))
	p := Line{Name: l.Name, X: make([]float64, n), Y: make([]float64, n)}
	smoothed, weight := 0.0, 0.0
	for i := range n {
		x, y := l.X[i], l.Y[i]
		if finite(y) && o.Smooth > 0 {
			smoothed = o.Smooth*smoothed + (1-o.Smooth)*y
			weight = o.Smooth*weight + 1 - o.Smooth
			y = smoothed / weight
		}
		if o.LogX {
			x = log(x)
		}
		if o.LogY {
			y = log(y)
		}
		if !finite(x) || !finite(y) {
			*left++
			x, y = math.NaN(), math.NaN()
		}
		p.X[i], p.Y[i] = x, y
	}
	return p
}

func log(v float64) float64 {
	if v <= 0 {
		return math.NaN()
	}
	return math.Log10(v)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// span is the range of an axis.
type span struct{ from, to float64 }

func newRange() span { return span{math.Inf(1), math.Inf(-1)} }

func (s *span) add(values []float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			s.from, s.to = min(s.from, v), max(s.to, v)
		}
	}
}

func (s span) empty() bool { return s.from > s.to }

// widen gives a constant value some room.
func (s *span) widen() {
	if s.to-s.from > 0 {
		return
	}
	by := math.Abs(s.from) / 10
	if by == 0 {
		by = 1
	}
	s.from, s.to = s.from-by, s.to+by
}

// place returns where a value is among n dots. The range is halved first, for the difference of two large numbers may be infinite.
func (s span) place(v float64, n int) int {
	at := (v/2 - s.from/2) / (s.to/2 - s.from/2)
	return max(0, min(n-1, int(math.Round(at*float64(n-1)))))
}

func (s span) value(share float64) float64 { return s.from*(1-share) + s.to*share }

// yLabels are the labels of the y axis: numbers beside some rows.
type yLabels struct {
	texts map[int]string
	width int
	rows  int
}

func newLabels(y span, o Options) yLabels {
	l := yLabels{texts: map[int]string{}, rows: o.Height - 2}
	const apart = 4 // rows
	ticks := max(2, (l.rows-1)/apart+1)
	for i := range ticks {
		row := i * (l.rows - 1) / (ticks - 1)
		text := number(y.value(1-float64(row)/float64(l.rows-1)), o.LogY)
		l.texts[row] = text
		l.width = max(l.width, len(text))
	}
	return l
}

func (l yLabels) at(row int) string {
	text, ok := l.texts[row]
	axis := "│"
	if ok {
		axis = "┤"
	}
	return strings.Repeat(" ", l.width-len(text)) + text + axis
}

// xLabels returns the first, the middle and the last number of the x axis.
func xLabels(x span, width int, logarithmic bool) string {
	first, middle, last := number(x.from, logarithmic), number(x.value(0.5), logarithmic), number(x.to, logarithmic)
	text := first
	if at := (width - len(middle)) / 2; at > len(first) && at+len(middle) < width-len(last) {
		text += strings.Repeat(" ", at-len(text)) + middle
	}
	return text + strings.Repeat(" ", max(1, width-len(text)-len(last))) + last
}

func number(v float64, logarithmic bool) string {
	if logarithmic {
		v = math.Pow(10, v)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// canvas has the dots of all lines and, for each character, the line that was drawn last.
type canvas struct {
	columns, rows int
	cells         [][]rune
	line          [][]int
	marks         map[[2]int]string // letters, by row and column
}

func newCanvas(columns, rows int) *canvas {
	c := &canvas{columns: columns, rows: rows, marks: map[[2]int]string{}}
	for range rows {
		c.cells = append(c.cells, make([]rune, columns))
		c.line = append(c.line, make([]int, columns))
	}
	return c
}

// Dots of a braille character.
const (
	dotsWide = 2
	dotsHigh = 4
)

func (c *canvas) draw(l Line, x, y span, index int) {
	w, h := c.columns*dotsWide, c.rows*dotsHigh
	grid := runes.NewPatternDotsGrid(w, h)
	connected := false
	var px, py int
	for i := range l.X {
		if math.IsNaN(l.Y[i]) {
			connected = false
			continue
		}
		qx, qy := x.place(l.X[i], w), h-1-y.place(l.Y[i], h)
		if connected {
			connect(px, py, qx, qy, grid.Set)
		} else {
			grid.Set(qx, qy)
		}
		px, py, connected = qx, qy, true
	}
	for row, line := range grid.BraillePatterns() {
		for column, r := range line {
			if r == runes.BrailleBlockOffset { // no dot
				continue
			}
			c.cells[row][column] = runes.CombineBraillePatterns(c.cells[row][column], r)
			c.line[row][column] = index
		}
	}
}

// connect sets the dots of a line between two dots.
func connect(x, y, toX, toY int, set func(x, y int)) {
	steps := max(abs(toX-x), abs(toY-y))
	if steps == 0 {
		set(x, y)
		return
	}
	for i := range steps + 1 {
		share := float64(i) / float64(steps)
		set(x+int(math.Round(share*float64(toX-x))), y+int(math.Round(share*float64(toY-y))))
	}
}

func abs(n int) int { return max(n, -n) }

// mark puts a letter where the line ends.
func (c *canvas) mark(l Line, x, y span, letter string) {
	for i := len(l.X) - 1; i >= 0; i-- {
		if !math.IsNaN(l.Y[i]) {
			column, row := x.place(l.X[i], c.columns*dotsWide)/dotsWide, (c.rows*dotsHigh-1-y.place(l.Y[i], c.rows*dotsHigh))/dotsHigh
			c.marks[[2]int{row, column}] = letter
			return
		}
	}
}

// text returns a row with the colours of its lines.
func (c *canvas) text(row int, color bool) string {
	var b strings.Builder
	for column := 0; column < c.columns; {
		if m, ok := c.marks[[2]int{row, column}]; ok {
			b.WriteString(m)
			column++
			continue
		}
		end := column
		var part []rune
		for end < c.columns && (c.cells[row][end] == 0) == (c.cells[row][column] == 0) && c.line[row][end] == c.line[row][column] && c.marks[[2]int{row, end}] == "" {
			r := c.cells[row][end]
			if r == 0 {
				r = ' '
			}
			part = append(part, r)
			end++
		}
		text := string(part)
		if color && c.cells[row][column] != 0 {
			text = paint(text, c.line[row][column])
		}
		b.WriteString(text)
		column = end
	}
	if color {
		return b.String()
	}
	return strings.TrimRight(b.String(), " ")
}
