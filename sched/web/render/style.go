package render

import (
	"strconv"
	"strings"
)

// style is a style of terminal text. Colours are those of a terminal with sixteen, counted from 1; 0 is none.
type style struct {
	bold, dim, italic, underline, inverse bool
	front, back                           int
}

// class returns the style as class names: b, d, i, u and v, f0 to f15 for the colour, g0 to g15 for the background.
func (s style) class() string {
	var names []string
	for _, part := range []struct {
		on   bool
		name string
	}{{s.bold, "b"}, {s.dim, "d"}, {s.italic, "i"}, {s.underline, "u"}, {s.inverse, "v"}} {
		if part.on {
			names = append(names, part.name)
		}
	}
	if s.front > 0 {
		names = append(names, "f"+strconv.Itoa(s.front-1))
	}
	if s.back > 0 {
		names = append(names, "g"+strconv.Itoa(s.back-1))
	}
	return strings.Join(names, " ")
}

// apply applies the parameters of a sequence that sets the style (SGR).
func (s *style) apply(params string) {
	list := strings.FieldsFunc(strings.ReplaceAll(params, "::", ":"), func(c rune) bool { return c == ';' || c == ':' })
	if len(list) == 0 {
		*s = style{}
		return
	}
	for i := 0; i < len(list); i++ {
		n, err := strconv.Atoi(list[i])
		if err != nil {
			return
		}
		switch {
		case n == 0:
			*s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.dim = true
		case n == 3:
			s.italic = true
		case n == 4:
			s.underline = true
		case n == 7:
			s.inverse = true
		case n == 22:
			s.bold, s.dim = false, false
		case n == 23:
			s.italic = false
		case n == 24:
			s.underline = false
		case n == 27:
			s.inverse = false
		case n >= 30 && n <= 37:
			s.front = n - 29
		case n >= 40 && n <= 47:
			s.back = n - 39
		case n >= 90 && n <= 97:
			s.front = n - 81
		case n >= 100 && n <= 107:
			s.back = n - 91
		case n == 39:
			s.front = 0
		case n == 49:
			s.back = 0
		case n == 38 || n == 48:
			colour, used := extended(list[i+1:])
			if used == 0 {
				return
			}
			i += used
			if n == 38 {
				s.front = colour
			} else {
				s.back = colour
			}
		}
	}
}

// extended parses a colour of 256 or of three components, and returns the nearest of sixteen, and the number of parameters it used.
func extended(list []string) (colour, used int) {
	number := func(i int) int {
		if i >= len(list) {
			return -1
		}
		n, err := strconv.Atoi(list[i])
		if err != nil || n > 255 {
			return -1
		}
		return n
	}
	switch n := number(1); {
	case number(0) == 5 && n >= 0 && n < 16:
		return n + 1, 2
	case number(0) == 5 && n >= 232:
		grey := 8 + 10*(n-232)
		return nearest(grey, grey, grey), 2
	case number(0) == 5 && n >= 0:
		step := func(v int) int { return []int{0, 95, 135, 175, 215, 255}[v] }
		return nearest(step((n-16)/36), step((n-16)/6%6), step((n-16)%6)), 2
	case number(0) == 2 && n >= 0 && number(2) >= 0 && number(3) >= 0:
		return nearest(n, number(2), number(3)), 4
	}
	return 0, 0
}

var sixteen = [16][3]int{{0, 0, 0}, {170, 0, 0}, {0, 170, 0}, {170, 85, 0}, {0, 0, 170}, {170, 0, 170}, {0, 170, 170}, {170, 170, 170},
	{85, 85, 85}, {255, 0, 0}, {0, 255, 0}, {255, 255, 0}, {0, 0, 255}, {255, 0, 255}, {0, 255, 255}, {255, 255, 255}}

func nearest(r, g, b int) int {
	best, least := 0, 1<<30
	for i, c := range sixteen {
		if d := (c[0]-r)*(c[0]-r) + (c[1]-g)*(c[1]-g) + (c[2]-b)*(c[2]-b); d < least {
			best, least = i, d
		}
	}
	return best + 1
}
