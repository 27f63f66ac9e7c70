package screen

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"guild/runs/console"
)

// Styles that every terminal has. Colours are those of its own palette of 16, which its user can read; NO_COLOR leaves them out.
var (
	Bold    = lipgloss.NewStyle().Bold(true)
	Reverse = lipgloss.NewStyle().Reverse(true)
)

// Fit returns a text that takes exactly width cells of the terminal: cut, or with blanks behind it. Control characters are escaped, see
// console.Line, so that what comes from files cannot command the terminal. Escape sequences are to be added afterwards.
func Fit(text string, width int) string {
	text = Cut(text, width)
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// Cut returns as much of a text as has room in width cells of the terminal. Control characters are escaped as by Fit.
func Cut(text string, width int) string {
	text = console.Line(text)
	if len(text) <= width { // no character has more cells than bytes
		return text
	}
	return ansi.Truncate(text, max(0, width), "")
}

// Typed returns a text after a key was pressed at its end. Other keys than those of characters and for editing change nothing.
func Typed(text, key string) string {
	switch {
	case key == "backspace":
		return withoutLast(text)
	case key == "ctrl+u":
		return ""
	case key == "space":
		return text + " "
	case utf8.RuneCountInString(key) == 1, strings.ContainsFunc(key, func(r rune) bool { return r >= utf8.RuneSelf }): // names are of ASCII
		return Pasted(text, key)
	}
	return text
}

// Pasted returns a text after another one was put to its end. Line breaks and tabs become blanks, and control characters are dropped.
func Pasted(text, more string) string {
	more = strings.Join(strings.Fields(more), " ")
	return text + strings.Map(func(r rune) rune {
		if s := string(r); console.Line(s) != s {
			return -1
		}
		return r
	}, more)
}

// withoutLast removes what a reader sees as the last character, such as a letter with its accents.
func withoutLast(text string) string {
	for at := 0; at < len(text); {
		first, _ := ansi.FirstGraphemeCluster(text[at:], ansi.GraphemeWidth)
		if at+len(first) >= len(text) {
			return text[:at]
		}
		at += len(first)
	}
	return ""
}
