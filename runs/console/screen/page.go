package screen

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"guild/runs/console"
)

// Page is a text on the whole screen that is scrolled by keys.
type Page struct {
	text  []string // its lines
	lines []string // as they show: long ones in several
	width int      // for which lines were made
	at    int      // the first line that shows
	room  int      // lines that show
}

// NewPage returns a page of a text, from its start.
func NewPage(text string) Page {
	return Page{text: strings.Split(strings.TrimRight(text, "\n"), "\n")}
}

// Press handles a key. left says that it leaves the page.
func (p *Page) Press(key string) (left bool) {
	switch key {
	case "q", "esc", "enter", "?":
		return true
	}
	p.at = max(0, p.at+Step(key, p.room, max(len(p.text), len(p.lines)))) // Lines sees to the end
	return false
}

// Lines returns what shows on a screen of some width with room for some lines.
func (p *Page) Lines(width, room int) []string {
	p.room = max(1, room)
	if width = max(1, width); width != p.width {
		p.width, p.lines = width, nil
		for _, line := range p.text {
			p.lines = append(p.lines, Wrap(line, width)...)
		}
	}
	p.at = max(0, min(p.at, len(p.lines)-p.room))
	return p.lines[p.at:min(len(p.lines), p.at+p.room)]
}

// Status says where in the text the screen is.
func (p *Page) Status() string {
	return fmt.Sprintf("line %d of %d   q back", min(p.at+1, len(p.lines)), len(p.lines))
}

// Step returns by how many items a key moves in a list of all items, of which a page is on the screen.
func Step(key string, page, all int) int {
	switch key {
	case "up", "k":
		return -1
	case "down", "j":
		return 1
	case "pgup", "ctrl+b":
		return -max(page, 1)
	case "pgdown", "ctrl+f", "space":
		return max(page, 1)
	case "home", "g":
		return -all
	case "end", "G":
		return all
	}
	return 0
}

// Wrap returns a text as lines that have room in width cells of the terminal. Control characters are escaped as by Fit.
func Wrap(text string, width int) []string {
	lines := strings.Split(ansi.Wrap(console.Line(text), width, ""), "\n")
	for i, line := range lines {
		lines[i] = Cut(line, width) // a character may be wider than all the room
	}
	return lines
}
