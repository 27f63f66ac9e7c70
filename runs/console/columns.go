package console

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Columns returns how many columns of a terminal a line takes. Chinese characters and most emoji take two, accents none.
func Columns(line string) int {
	for i := range len(line) {
		if line[i] >= utf8.RuneSelf {
			return ansi.StringWidth(line)
		}
	}
	return len(line)
}

// Pad returns the blanks that fill a line up to a number of columns.
func Pad(line string, columns int) string { return strings.Repeat(" ", max(0, columns-Columns(line))) }

// CutMiddle shortens a line to at most the given number of columns. An ellipsis stands for what is missing in its middle.
func CutMiddle(line string, columns int) string {
	all := Columns(line)
	if all <= columns {
		return line
	}
	if columns <= 0 {
		return ""
	}
	left := columns / 2
	right := columns - 1 - left
	end := ansi.TruncateLeft(line, all-right, "")
	for Columns(end) > right { // it began within a wide character
		end = ansi.TruncateLeft(line, all-right+1, "")
		right--
	}
	return strings.TrimRight(ansi.Truncate(line, left, ""), " ") + "…" + strings.TrimLeft(end, " ")
}

// CutEnd shortens a line to at most the given number of columns. An ellipsis stands for the missing end.
func CutEnd(line string, columns int) string {
	if Columns(line) <= columns {
		return line
	}
	return ansi.Truncate(line, max(0, columns), "…")
}
