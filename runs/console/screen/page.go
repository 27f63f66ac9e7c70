package screen

import (
	"fmt"
	"strings"
)

// Page is a text on the whole screen that is scrolled by keys.
type Page struct {
	lines []string
	at    int // the first line that shows
	room  int // lines that show
}

// NewPage returns a page of a text, from its start.
func NewPage(text string) Page {
	return Page{lines: strings.Split(strings.TrimRight(text, "\n"), "\n")}
}

// Press handles a key. left says that it leaves the page.
func (p *Page) Press(key string) (left bool) {
	switch key {
	case "q", "esc", "enter", "?":
		return true
	}
	p.at = max(0, min(p.at+Step(key, p.room, len(p.lines)), len(p.lines)-p.room))
	return false
}

// Lines returns what shows on a screen of some width with room for some lines.
func (p *Page) Lines(width, room int) []string {
	p.room = max(1, room)
	p.at = max(0, min(p.at, len(p.lines)-p.room))
	shown := make([]string, 0, p.room)
	for _, line := range p.lines[p.at:min(len(p.lines), p.at+p.room)] {
		shown = append(shown, Cut(line, width))
	}
	return shown
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
