package console

import (
	"fmt"
	"strings"
)

// Color is a colour of text on a terminal, as the parameter of the escape sequence that selects it. The terminal says how it looks, so that
// it can be read on a light and on a dark background.
type Color string

// The colours.
const (
	NoColor Color = ""
	Red     Color = "31"
	Green   Color = "32"
	Yellow  Color = "33"
	Blue    Color = "34"
	Cyan    Color = "36"
	Dim     Color = "2"
)

// Part is a text in a colour.
type Part struct {
	Text  string
	Color Color
}

// Partf returns a formatted text without a colour.
func Partf(format string, args ...any) Part { return Part{Text: fmt.Sprintf(format, args...)} }

// Print writes texts to Out, in their colours if it shows colours. Control characters are escaped, as Printf does.
func (c *Console) Print(parts ...Part) {
	var all strings.Builder
	for _, p := range parts {
		text := Text(p.Text)
		if c.Color {
			text = paint(text, p.Color)
		}
		all.WriteString(text)
	}
	c.write(c.Out, all.String())
}

// paint returns text in a colour.
func paint(text string, color Color) string {
	if color == NoColor || text == "" {
		return text
	}
	return "\x1b[" + string(color) + "m" + text + "\x1b[m"
}

// wantsColor reports whether a terminal shows colours and the user wants them, see https://no-color.org.
func wantsColor(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && getenv("TERM") != ""
}
